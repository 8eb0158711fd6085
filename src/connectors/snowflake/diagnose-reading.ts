import { relationParts } from '../../base/relation.ts';
import { cellText } from '../cell-text.ts';
import type { Finding, QueryResult, SchemaNeed } from '../connector.ts';
import { quoteName } from '../quote.ts';
import { isHidden } from './hidden.ts';
import { namedRows } from './named-rows.ts';

export interface Looker {
  readonly database: string;
  readonly role: string;
  readonly who: 'the reader' | 'the writer';
  readonly ask: (sql: string) => Promise<QueryResult>;
}

interface Seen {
  readonly schemas: ReadonlySet<string>;
  /** By schema and kind. */
  readonly relations: ReadonlyMap<string, Counted>;
}

interface Counted {
  readonly schema: string;
  readonly kind: 'tables' | 'views';
  readonly all: number;
  readonly unread: number;
  /** Without REFERENCES, which shows the text of a view. */
  readonly untold: number;
}

/** A role is shown the relations it has some right on. */
const RELATIONS = `select t.table_schema, case when t.table_type like '%VIEW%' then 'views' else 'tables' end as kind, count(*) as relations,
  count_if(coalesce(h.may_read, 0) = 0) as unread, count_if(coalesce(h.may_tell, 0) = 0) as untold
from information_schema.tables as t left join (
  select object_schema, object_name, max(case when privilege_type in ('SELECT', 'OWNERSHIP') then 1 else 0 end) as may_read,
    max(case when privilege_type in ('REFERENCES', 'OWNERSHIP') then 1 else 0 end) as may_tell
  from information_schema.object_privileges where is_role_in_session(grantee) group by 1, 2
) as h on h.object_schema = t.table_schema and h.object_name = t.table_name
where t.table_schema <> 'INFORMATION_SCHEMA' group by 1, 2 order by 1, 2`;

/**
 * What each may read of other people's relations, and the reader of ours. Nobody is shown what it has no right on at all, so each is
 * held against what the other is shown.
 */
export async function diagnoseReading(
  lookers: readonly Looker[],
  makes: readonly SchemaNeed[],
): Promise<readonly Finding[]> {
  const seen = new Map<Looker, Seen>();
  for (const looker of lookers) {
    seen.set(looker, await whatIsSeen(looker));
  }
  const shown = new Set([...seen.values()].flatMap(({ schemas }) => [...schemas]));
  const readBack = makes
    .filter((own) => own.isOursAlone !== true && shown.has(nameOf(own)))
    .map(nameOf);
  const peoples = [...shown].filter((schema) => !makes.some((own) => nameOf(own) === schema));
  return [...seen].map(([looker, own]) => {
    const schemas = looker.who === 'the reader' ? [...peoples, ...readBack] : peoples;
    return ofLooker({ looker, own, all: [...seen.values()], schemas });
  });
}

async function whatIsSeen({ ask }: Looker): Promise<Seen> {
  const schemata = await ask(
    "select schema_name from information_schema.schemata where schema_name <> 'INFORMATION_SCHEMA'",
  );
  const { rows } = await ask(RELATIONS);
  const counted = rows.map(
    ([schema, kind, all, unread, untold]): Counted => ({
      schema: cellText(schema),
      kind: cellText(kind) === 'views' ? 'views' : 'tables',
      all: Number(all),
      unread: Number(unread),
      untold: Number(untold),
    }),
  );
  return {
    schemas: new Set(schemata.rows.map(([name]) => cellText(name))),
    relations: new Map(counted.map((each) => [keyOf(each), each])),
  };
}

function ofLooker({
  looker: { who, role, database },
  own,
  all,
  schemas,
}: {
  readonly looker: Looker;
  readonly own: Seen;
  readonly all: readonly Seen[];
  readonly schemas: readonly string[];
}): Finding {
  const remedy: string[] = [];
  const hidden: string[] = [];
  for (const schema of schemas) {
    const grant = (what: string) =>
      `grant ${what}schema ${quoteName(database)}.${quoteName(schema)} to role ${quoteName(role)};`;
    if (!own.schemas.has(schema)) {
      hidden.push(`${schema} (not seen)`);
      remedy.push(grant('usage on '));
      continue;
    }
    for (const kind of ['tables', 'views'] as const) {
      const {
        all: shown = 0,
        unread = 0,
        untold = 0,
      } = own.relations.get(keyOf({ schema, kind })) ?? {};
      const there = Math.max(
        ...all.map((each) => each.relations.get(keyOf({ schema, kind }))?.all ?? 0),
      );
      const missing = [
        ...(unread + there - shown > 0 ? ['select'] : []),
        ...(kind === 'views' && untold + there - shown > 0 ? ['references'] : []),
      ];
      if (missing.length > 0) {
        const most = Math.max(unread, kind === 'views' ? untold : 0) + there - shown;
        hidden.push(`${schema} (${missing.join(', ')} on ${most} of ${there} ${kind})`);
        remedy.push(grant(`${missing.join(', ')} on all ${kind} in `));
      }
    }
  }
  return hidden.length === 0
    ? { ok: true, isWarning: false, detail: `${who} may read what it is shown`, remedy: [] }
    : {
        ok: true,
        isWarning: true,
        detail: `${who} ${role} may not read all of ${hidden.join(', ')}: marts over them are refused; grant it, or leave it where that is meant`,
        remedy,
      };
}

/** What the reader needs on what the writer makes: it proves, replays and watches. */
const READS_BACK: Readonly<Record<SchemaNeed['kinds'][number], readonly string[]>> = {
  table: ['select'],
  view: ['select', 'references'],
  'dynamic table': ['select', 'monitor'],
  'materialized view': ['select', 'references'],
};

/** Whether what the writer makes from now on may be read by the reader; an account that does not show a role its grants says nothing. */
export async function diagnoseHandingOn(
  reader: Looker,
  makes: readonly SchemaNeed[],
): Promise<readonly Finding[]> {
  const found = await futureGrants(reader);
  if (found === undefined) {
    return [];
  }
  const remedy: string[] = [];
  for (const need of makes.filter(({ isOursAlone }) => isOursAlone !== true)) {
    const schema = nameOf(need);
    for (const kind of need.kinds) {
      const missing = READS_BACK[kind].filter(
        (privilege) => !found.has([privilege, kind, schema].join(' ').toUpperCase()),
      );
      if (missing.length > 0) {
        remedy.push(
          `grant ${missing.join(', ')} on future ${kind}s in schema ${quoteName(reader.database)}.${quoteName(schema)} to role ${quoteName(reader.role)};`,
        );
      }
    }
  }
  return [
    remedy.length === 0
      ? { ok: true, isWarning: false, detail: 'what the writer makes, the reader may read', remedy }
      : {
          ok: true,
          isWarning: true,
          detail: `what the writer makes from now on, the reader ${reader.role} may not read or watch by a grant of its own`,
          remedy,
        },
  ];
}

async function futureGrants({ role, ask }: Looker): Promise<ReadonlySet<string> | undefined> {
  try {
    const shown = namedRows(await ask(`show future grants to role ${quoteName(role)}`));
    return new Set(
      shown.map((row) => {
        const { schema = '' } = relationParts(row('name').replace(/<.*>$/, 'each'));
        const kind = row('grant_on').replaceAll('_', ' ');
        return [row('privilege'), kind, schema].join(' ').toUpperCase();
      }),
    );
  } catch (error) {
    if (!isHidden(error)) {
      throw error;
    }
    return undefined;
  }
}

function keyOf({ schema, kind }: Pick<Counted, 'schema' | 'kind'>): string {
  return `${kind} ${schema}`;
}

function nameOf({ schema }: SchemaNeed): string {
  return relationParts(schema).name;
}
