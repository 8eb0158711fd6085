import { type RelationId, relationParts } from '../../base/relation.ts';
import { cellText } from '../cell-text.ts';
import type { Finding, QueryResult, SchemaNeed } from '../connector.ts';
import { ConnectorError } from '../connector-error.ts';
import { quoteName, quoteRelation } from '../quote.ts';
import { isHidden } from './hidden.ts';
import { named } from './named.ts';
import { namedRows } from './named-rows.ts';
import { lostWhenReplaced } from './policies.ts';
import { textLiteral } from './text-literal.ts';

interface Maker {
  readonly role: string;
  readonly ask: (sql: string) => Promise<QueryResult>;
}

/**
 * Looks whether the role may make what it will have to in these schemas, by itself, by a role it was granted or by one everybody has,
 * and gives the grants that are missing, no others.
 */
export async function diagnoseSchemas(
  maker: Maker,
  needs: readonly SchemaNeed[],
): Promise<readonly Finding[]> {
  const { role, ask } = maker;
  const { rows } = await ask(
    'select schema_name, current_database() from information_schema.schemata',
  );
  const seen = new Set(rows.map(([name]) => cellText(name)));
  const database = quoteName(cellText(rows[0]?.[1]));
  const findings: Finding[] = [];
  for (const [name, rights] of rightsBySchema(needs)) {
    const schema = `${database}.${quoteName(name)}`;
    const grant = (missing: readonly string[]) =>
      `grant ${missing.join(', ').toLowerCase()} on schema ${schema} to role ${quoteName(role)};`;
    if (!seen.has(name)) {
      const detail = `the writer ${role} sees no schema ${name} (names are as stored: usually capitals)`;
      const remedy = [`create schema if not exists ${schema};`, grant(rights)];
      findings.push({ ok: false, isWarning: false, detail, remedy });
      continue;
    }
    const held = await rightsOn(maker, schema);
    const missing = held.has('OWNERSHIP') ? [] : rights.filter((right) => !held.has(right));
    const isWorkable = missing.every((right) => DISPENSABLE.has(right));
    const instead = isWorkable ? ', so no mart is kept as one there' : '';
    findings.push(
      missing.length === 0
        ? good(`the writer may ${rights.join(', ').toLowerCase()} in the schema ${name}`)
        : {
            ok: isWorkable,
            isWarning: isWorkable,
            detail: `the writer ${role} lacks ${missing.join(', ')} on the schema ${name}${instead}`,
            remedy: [grant(missing)],
          },
    );
  }
  return findings;
}

/**
 * A view can only be replaced by who owns it: those to be taken over that others own, with the statement that hands each over; and those
 * that would lose policies or tags, which nobody takes over.
 */
export async function diagnoseAdoptable(
  { role, ask }: Maker,
  relations: readonly RelationId[],
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const relation of relations) {
    const { rows } = await ask(
      `select table_owner, is_role_in_session(table_owner) from information_schema.tables where ${named(relation)} and table_type like '%VIEW%'`,
    );
    const [owner, isOurs] = rows[0] ?? [];
    if (owner !== undefined && isOurs !== true) {
      findings.push({
        ok: true,
        isWarning: true,
        detail: `the writer ${role} does not own ${relation}, ${cellText(owner)} does, so it cannot take it over`,
        remedy: [
          `grant ownership on view ${quoteRelation(relation)} to role ${quoteName(role)} copy current grants;`,
        ],
      });
    }
    const lost = owner === undefined ? [] : await ownOf(ask, relation);
    if (lost.length > 0) {
      findings.push({
        ok: true,
        isWarning: true,
        detail: `${relation} has of its own: ${lost.join(', ')}; replacing the view would take that off, so it is not taken over: take it off, or the view out of marts.adoptable`,
        remedy: [],
      });
    }
  }
  return findings;
}

/** Policies and tags, told at once or hours late. Where neither the functions nor the account's views tell, the grant that is missing is told elsewhere. */
async function ownOf(ask: Maker['ask'], view: RelationId): Promise<readonly string[]> {
  const words = new Set<string>();
  for (const { now, late } of lostWhenReplaced(view)) {
    for (const sql of late === undefined ? [now] : [now, late]) {
      for (const [word] of (await unlessRefused(ask, sql))?.rows ?? []) {
        words.add(cellText(word));
      }
    }
  }
  return [...words];
}

async function unlessRefused(ask: Maker['ask'], sql: string): Promise<QueryResult | undefined> {
  try {
    return await ask(sql);
  } catch (error) {
    if (
      isHidden(error) ||
      (error instanceof ConnectorError && error.code === 'CONNECTOR_BAD_SQL')
    ) {
      return undefined;
    }
    throw error;
  }
}

/** Where a mart is not kept so, it is a table; accounts of the Standard edition have no materialized views to grant. */
const DISPENSABLE: ReadonlySet<string> = new Set([
  'CREATE DYNAMIC TABLE',
  'CREATE MATERIALIZED VIEW',
]);

function good(detail: string): Finding {
  return { ok: true, isWarning: false, detail, remedy: [] };
}

/** A schema that stands for several things needs what all of them do. */
function rightsBySchema(needs: readonly SchemaNeed[]): ReadonlyMap<string, readonly string[]> {
  const rights = new Map<string, readonly string[]>();
  for (const { schema, kinds } of needs) {
    const { name } = relationParts(schema);
    const before = rights.get(name) ?? ['USAGE'];
    const own = kinds.map((kind) => `CREATE ${kind.toUpperCase()}`);
    rights.set(name, [...new Set([...before, ...own])]);
  }
  return rights;
}

/** A schema that may not be looked at gives nothing. */
async function rightsOn({ ask }: Maker, schema: string): Promise<ReadonlySet<string>> {
  const grants = await shown(ask, schema);
  const grantees = [...new Set(grants.map((row) => row('grantee_name')))];
  if (grantees.length === 0) {
    return new Set();
  }
  const { rows } = await ask(
    `select ${grantees.map((name) => `is_role_in_session(${textLiteral(name)})`).join(', ')}`,
  );
  const ours = new Set(grantees.filter((_name, at) => rows[0]?.[at] === true));
  return new Set(
    grants.filter((row) => ours.has(row('grantee_name'))).map((row) => row('privilege')),
  );
}

/** To roles alone: shares and database roles are none of a session's. */
async function shown(ask: Maker['ask'], schema: string) {
  try {
    const grants = namedRows(await ask(`show grants on schema ${schema}`));
    return grants.filter((row) => row('granted_to') === 'ROLE');
  } catch (error) {
    if (!isHidden(error)) {
      throw error;
    }
    return [];
  }
}
