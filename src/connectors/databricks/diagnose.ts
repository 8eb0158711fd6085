import type { RelationId } from '../../base/relation.ts';
import { cellText } from '../cell-text.ts';
import type { Finding, Needs, QueryResult } from '../connector.ts';
import { ConnectorError } from '../connector-error.ts';
import { diagnoseHash } from './diagnose-hash.ts';
import { diagnoseAdoptable, diagnoseReadingOwn } from './diagnose-own.ts';
import { diagnoseSystem } from './diagnose-system.ts';
import { listedDependents } from './listed-dependents.ts';
import { databricksNames, idOf } from './names.ts';

type Ask = (sql: string) => Promise<QueryResult>;

interface Identities {
  readonly reader: Ask;
  /** Absent where nothing is written. */
  readonly writer?: Ask;
}

interface Asked extends Needs {
  /** The reader, and the writer where there is one. */
  readonly users: readonly string[];
  readonly now: () => number;
}

/** Looks whether both identities may do what they will have to; what is missing comes as the statements that grant it. Changes nothing. */
export async function diagnoseDatabricks(
  ask: Identities,
  needs: Asked,
): Promise<readonly Finding[]> {
  const [reader = '', writer] = needs.users;
  const findings = [
    await sources(ask.reader, { user: reader, who: 'the reader', schemas: needs.schemas }),
    await clock(ask.reader, needs.now),
    ...(needs.history === undefined
      ? []
      : [
          await history(ask.reader, { relation: needs.history, user: reader, now: needs.now }),
          await diagnoseHash(ask.reader),
          await diagnoseSystem({
            who: 'the reader',
            user: reader,
            ask: ask.reader,
            relation: 'system.compute.warehouse_events',
            tells: 'when a warehouse was up',
            without: 'what it was billed while nothing ran is not told apart',
          }),
        ]),
  ];
  if (!needs.writes) {
    return findings;
  }
  if (ask.writer === undefined || writer === undefined) {
    return [
      ...findings,
      bad('warehouse.databricks.writer is not set, so nothing can be built', []),
    ];
  }
  return [
    ...findings,
    await sources(ask.writer, { user: writer, who: 'the writer', schemas: needs.schemas }),
    await makes(ask.writer, {
      user: writer,
      schemas: needs.schemas,
      keptIn: needs.makes?.find(({ kinds }) => kinds.includes('materialized view'))?.schema,
    }),
    await diagnoseReadingOwn(ask.reader, { user: reader, schemas: shown(needs) }),
    ...(await adoptables(ask.writer, { user: writer, views: needs.adoptable })),
    await diagnoseSystem({
      who: 'the writer',
      user: writer,
      ask: ask.writer,
      relation: listedDependents.name,
      tells: 'what reads a mart from other catalogs',
      without:
        'readers of marts in other catalogs are not seen, and beside views whose text it does not see nothing is published',
    }),
  ];
}

/** The ledger is read by who writes it. */
function shown({ schemas, makes = [] }: Pick<Needs, 'schemas' | 'makes'>): readonly string[] {
  const ours = makes.filter(({ isOursAlone }) => isOursAlone === true);
  return schemas.filter((one) => !ours.some(({ schema }) => schema === one));
}

function good(detail: string): Finding {
  return { ok: true, isWarning: false, detail, remedy: [] };
}

function bad(detail: string, remedy: readonly string[]): Finding {
  return { ok: false, isWarning: false, detail, remedy };
}

function odd(detail: string, remedy: readonly string[] = []): Finding {
  return { ok: true, isWarning: true, detail, remedy };
}

/** The information schema shows an identity what it may at least see, be it by BROWSE. */
async function sources(
  ask: Ask,
  {
    user,
    who,
    schemas,
  }: {
    readonly user: string;
    readonly who: string;
    /** Goldsmith's own. */
    readonly schemas: readonly string[];
  },
): Promise<Finding> {
  const { rows } = await ask(`select current_catalog() as catalog, count(*) as n
from information_schema.tables where table_schema <> 'information_schema'`);
  const [catalog, relations] = rows[0] ?? [];
  const name = databricksNames.quote(cellText(catalog));
  const remedy = [
    `grant use catalog, use schema, select on catalog ${name} to ${databricksNames.quote(user)};`,
  ];
  if (Number(relations) === 0) {
    return bad(`${who} ${user} sees no relation in ${cellText(catalog)}`, remedy);
  }
  const sees = `${who} ${user} sees ${cellText(relations)} relations in ${cellText(catalog)}`;
  const hidden = await notReadable(ask, schemas);
  return hidden === undefined ? good(sees) : odd(`${sees} and may not read ${hidden}`, remedy);
}

async function adoptables(
  ask: Ask,
  { user, views }: { readonly user: string; readonly views: readonly RelationId[] },
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const view of views) {
    findings.push(await diagnoseAdoptable(ask, { user, view }));
  }
  return findings;
}

/** One of other people's that is seen need not be one that may be read: the first is tried. */
async function notReadable(ask: Ask, schemas: readonly string[]): Promise<RelationId | undefined> {
  const own = schemas.map((schema) => databricksNames.text(schema.toLowerCase())).join(', ');
  const others = own === '' ? '' : ` and table_schema not in (${own})`;
  const { rows } = await ask(`select table_schema, table_name from information_schema.tables
where table_catalog = current_catalog() and table_type = 'MANAGED'${others} order by 1, 2 limit 1`);
  const [found] = rows;
  if (found === undefined) {
    return undefined;
  }
  const one = idOf(found[0], found[1]);
  try {
    await ask(`select * from ${databricksNames.relation(one)} limit 0`);
    return undefined;
  } catch (error) {
    if (!(error instanceof ConnectorError) || !UNREADABLE.has(error.code)) {
      throw error;
    }
    return one;
  }
}

const UNREADABLE: ReadonlySet<string> = new Set([
  'CONNECTOR_PERMISSION_DENIED',
  'CONNECTOR_RELATION_MISSING',
]);

/** Where views expire by the warehouse's clock, more than this is too much. */
const MOST_SKEW_MS = 5_000;

async function clock(ask: Ask, now: () => number): Promise<Finding> {
  const before = now();
  const { rows } = await ask('select unix_millis(current_timestamp()) as at');
  const skew = Math.round(Number(rows[0]?.[0]) - (before + now()) / 2);
  return Math.abs(skew) <= MOST_SKEW_MS
    ? good(`clocks agree within ${Math.abs(skew)} ms`)
    : bad(
        `the warehouse's clock is ${Math.abs(skew)} ms ${skew > 0 ? 'ahead of' : 'behind'} ours; let this machine follow a time server`,
        [],
      );
}

const HOUR_MS = 3_600_000;
/** Three times what it takes as a rule. */
const MOST_LAG_MINUTES = 180;

async function history(
  ask: Ask,
  {
    relation,
    user,
    now,
  }: { readonly relation: string; readonly user: string; readonly now: () => number },
): Promise<Finding> {
  try {
    const since = Math.floor(now() - 24 * HOUR_MS);
    const { rows } =
      await ask(`select max(unix_millis(end_time)) as latest, count(distinct executed_by) as users
from ${relation} where start_time >= timestamp_millis(${since})`);
    const [latest, users] = rows[0] ?? [];
    if (latest === null || latest === undefined) {
      return odd(
        `${relation} tells no statement of the last day; it tells those of SQL warehouses and serverless compute only`,
      );
    }
    const lag = Math.round((now() - Number(latest)) / 60_000);
    const said = `${relation} tells statements of ${cellText(users)} users, the latest ended ${lag} minutes ago`;
    return lag <= MOST_LAG_MINUTES
      ? good(said)
      : odd(
          `${said}: either nothing ran since, or it is late; it comes within an hour as a rule, and an hour is read 90 minutes after its end`,
        );
  } catch (error) {
    return withoutHistory(error, { relation, user });
  }
}

function withoutHistory(
  error: unknown,
  { relation, user }: { readonly relation: string; readonly user: string },
): Finding {
  const code = error instanceof ConnectorError ? error.code : undefined;
  const whom = databricksNames.quote(user);
  if (code === 'CONNECTOR_PERMISSION_DENIED') {
    const isSystem = relation.toLowerCase().startsWith('system.');
    return bad(
      `the reader ${user} may not read ${relation}`,
      isSystem
        ? [
            `grant use catalog on catalog system to ${whom};`,
            `grant use schema, select on schema system.query to ${whom};`,
          ]
        : [`grant select on table ${relation} to ${whom};`],
    );
  }
  if (code === 'CONNECTOR_RELATION_MISSING') {
    return bad(
      `${relation} does not exist, so there is no history; an account admin enables the schema query of the catalog system, or grants it`,
      [
        `grant use catalog on catalog system to ${whom};`,
        `grant use schema, select on schema system.query to ${whom};`,
      ],
    );
  }
  throw error;
}

/** On a schema of its own; what it makes there it owns. */
const NEEDED = ['use schema', 'create table', 'select', 'modify'];
/** What it makes there it owns, so that these say nothing. */
const OF_ITS_OWN: ReadonlySet<string> = new Set(['select', 'modify']);
/** Besides, where the warehouse is to keep versions itself. */
const KEEPS = 'create materialized view';

/** Rights that come through groups are not told by the information schema: not seen is not missing. */
async function makes(
  ask: Ask,
  {
    user,
    schemas,
    keptIn,
  }: {
    readonly user: string;
    readonly schemas: readonly string[];
    readonly keptIn: string | undefined;
  },
): Promise<Finding> {
  const remedy: string[] = [];
  for (const schema of new Set(schemas)) {
    const text = databricksNames.text(schema.toLowerCase());
    const { rows } =
      await ask(`select s.schema_name, s.schema_owner = current_user() as is_own, p.privilege_type
from information_schema.schemata as s left join information_schema.schema_privileges as p
  on p.catalog_name = s.catalog_name and p.schema_name = s.schema_name and p.grantee = current_user()
where s.catalog_name = current_catalog() and s.schema_name = ${text}`);
    const rights = new Set(rows.map((row) => cellText(row[2]).replaceAll('_', ' ')));
    const needed = schema === keptIn ? [...NEEDED, KEEPS] : NEEDED;
    const mayMake =
      rows.some((row) => row[1] === true) ||
      rights.has('ALL PRIVILEGES') ||
      needed.every((right) => OF_ITS_OWN.has(right) || rights.has(right.toUpperCase()));
    const name = databricksNames.quote(schema);
    if (rows.length === 0) {
      remedy.push(`create schema ${name};`);
    }
    if (!mayMake) {
      const whom = databricksNames.quote(user);
      const missing = needed.filter((right) => !rights.has(right.toUpperCase()));
      remedy.push(`grant ${missing.join(', ')} on schema ${name} to ${whom};`);
    }
  }
  return remedy.length === 0
    ? good(`the writer ${user} may make what it needs in ${schemas.join(', ')}`)
    : odd(
        `the writer ${user} is not seen to be allowed what it needs in ${schemas.join(', ')}, unless by a group`,
        remedy,
      );
}
