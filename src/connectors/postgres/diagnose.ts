import { formatDuration } from '../../base/duration.ts';
import { relationParts } from '../../base/relation.ts';
import { cellText } from '../cell-text.ts';
import type { Finding, Needs } from '../connector.ts';
import { quoteName, quoteRelation, quoteText } from '../quote.ts';
import { diagnoseHistory } from './diagnose-history.ts';
import { type Ask, bad, good, odd } from './findings.ts';
import { NAMED, named } from './named.ts';

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

/** Looks whether both identities may do what they will have to; what is missing comes as the statements that grant it. */
export async function diagnosePostgres(ask: Identities, needs: Asked): Promise<readonly Finding[]> {
  const [reader = '', writer] = needs.users;
  const findings = [
    await superuser(ask.reader, reader),
    await reads(ask.reader, { user: reader, who: 'the reader' }),
    ...(await hurries(ask.reader, { user: reader, who: 'the reader' })),
    await clock(ask.reader, needs.now),
    ...(await diagnoseHistory(ask.reader, { needs, reader })),
  ];
  if (!needs.writes) {
    return findings;
  }
  if (ask.writer === undefined || writer === undefined) {
    return [
      ...findings,
      bad('warehouse.postgres.writer is not set, so nothing can be built or published', []),
    ];
  }
  return [
    ...findings,
    await superuser(ask.writer, writer),
    await reads(ask.writer, { user: writer, who: 'the writer' }),
    ...(await hurries(ask.writer, { user: writer, who: 'the writer' })),
    await makes(ask.writer, { user: writer, needs }),
    await handsOn(ask.writer, { writer, reader }),
    ...(await takesOver(ask.writer, { writer, needs })),
  ];
}

/** A superuser may do everything, which is far more than Goldsmith needs. */
async function superuser(ask: Ask, user: string): Promise<Finding> {
  const { rows } = await ask(
    'select rolsuper from pg_catalog.pg_roles where rolname = current_user',
  );
  return rows[0]?.[0] === true
    ? odd(`${user} is a superuser, and need not be`, [`alter role ${quoteName(user)} nosuperuser;`])
    : good(`${user} is no superuser`);
}

const PEOPLES = `c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not in ('pg_catalog', 'information_schema')
  and n.nspname !~ '^pg_(toast|temp)'`;

async function reads(
  ask: Ask,
  { user, who }: { readonly user: string; readonly who: string },
): Promise<Finding> {
  const { rows } = await ask(`select n.nspname::text, count(*)::int,
  has_schema_privilege(n.oid, 'usage'), count(*) filter (where not has_table_privilege(c.oid, 'select'))::int
${NAMED} where ${PEOPLES} group by n.oid, n.nspname order by 1`);
  const hidden = rows.filter(([, , mayEnter, unread]) => mayEnter !== true || Number(unread) > 0);
  if (hidden.length === 0) {
    return good(`${who} ${user} may read every relation`);
  }
  const remedy = hidden.flatMap(([schema, , mayEnter, unread]) => {
    const name = quoteName(cellText(schema));
    return [
      ...(mayEnter === true ? [] : [`grant usage on schema ${name} to ${quoteName(user)};`]),
      ...(Number(unread) === 0
        ? []
        : [`grant select on all tables in schema ${name} to ${quoteName(user)};`]),
    ];
  });
  const schemas = hidden.map(
    ([schema, all, , unread]) => `${cellText(schema)} (${cellText(unread)} of ${cellText(all)})`,
  );
  return odd(
    `${who} ${user} may not read relations in ${schemas.join(', ')}: marts over them are refused; grant it, or leave it where that is meant`,
    remedy,
  );
}

/** A role's own limit holds whatever ours is: one of minutes ends builds and proofs that a large mart needs. */
async function hurries(
  ask: Ask,
  { user, who }: { readonly user: string; readonly who: string },
): Promise<readonly Finding[]> {
  const { rows } = await ask(
    "select reset_val::float8 from pg_catalog.pg_settings where name = 'statement_timeout'",
  );
  const limitMs = Number(rows[0]?.[0] ?? 0);
  if (limitMs === 0 || limitMs >= SHORT_MS) {
    return [];
  }
  const detail = `${who} ${user} has a statement_timeout of ${formatDuration(limitMs)} of its own: what takes longer is cancelled, builds and proofs too; raise it for this role, or leave it where that is meant`;
  return [odd(detail, [`alter role ${quoteName(user)} set statement_timeout = '1h';`])];
}

const SHORT_MS = 10 * 60_000;

/** Making a schema asks for the right even where the schema is there; refreshing a materialized view under its readers takes a temporary table. */
async function makes(
  ask: Ask,
  {
    user,
    needs: { schemas, makes: kinds = [] },
  }: { readonly user: string; readonly needs: Pick<Needs, 'schemas' | 'makes'> },
): Promise<Finding> {
  const { rows } = await ask(
    "select current_database()::text, has_database_privilege(current_database(), 'create'), has_database_privilege(current_database(), 'temporary')",
  );
  const [database, mayCreate, mayKeepTemporary] = rows[0] ?? [];
  const refreshes = kinds.some((each) => each.kinds.includes('materialized view'));
  const lacking = [
    ...(mayCreate === true ? [] : ['create']),
    ...(mayKeepTemporary === true || !refreshes ? [] : ['temporary']),
  ];
  const remedy = lacking.map(
    (what) => `grant ${what} on database ${quoteName(cellText(database))} to ${quoteName(user)};`,
  );
  for (const schema of new Set(schemas)) {
    const found = await ask(
      `select has_schema_privilege(oid, 'create, usage') and has_schema_privilege(oid, 'usage') from pg_catalog.pg_namespace where nspname = ${quoteText(schema)}`,
    );
    const may = found.rows[0]?.[0];
    if (may === false) {
      remedy.push(`grant create, usage on schema ${quoteName(schema)} to ${quoteName(user)};`);
    }
  }
  return remedy.length === 0
    ? good(`the writer ${user} may make what it needs in ${schemas.join(', ')}`)
    : bad(`the writer ${user} may not make what it needs in ${schemas.join(', ')}`, remedy);
}

/** What the writer makes the reader must be able to read: it proves and replays. */
async function handsOn(
  ask: Ask,
  { writer, reader }: { readonly writer: string; readonly reader: string },
): Promise<Finding> {
  const { rows } = await ask(`select distinct d.defaclobjtype::text
from pg_catalog.pg_default_acl as d, lateral aclexplode(d.defaclacl) as g
where d.defaclrole = (select oid from pg_catalog.pg_roles where rolname = ${quoteText(writer)}) and d.defaclnamespace = 0
  and (g.grantee = 0 or pg_has_role(${quoteText(reader)}, g.grantee, 'usage'))
  and (d.defaclobjtype = 'r' and g.privilege_type = 'SELECT' or d.defaclobjtype = 'n' and g.privilege_type = 'USAGE')`);
  const handed = new Set(rows.map(([kind]) => cellText(kind)));
  const remedy = [
    ...(handed.has('n') ? [] : ['usage on schemas']),
    ...(handed.has('r') ? [] : ['select on tables']),
  ].map(
    (what) =>
      `alter default privileges for role ${quoteName(writer)} grant ${what} to ${quoteName(reader)};`,
  );
  return reader === writer || remedy.length === 0
    ? good(`what the writer makes, the reader may read`)
    : bad(`what the writer ${writer} makes, the reader ${reader} may not read`, remedy);
}

/** Only an owner may replace a view or drop a table. */
async function takesOver(
  ask: Ask,
  { writer, needs }: { readonly writer: string; readonly needs: Needs },
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const relation of needs.adoptable) {
    const { rows } = await ask(
      `select pg_get_userbyid(c.relowner)::text, pg_has_role(c.relowner, 'usage'), has_schema_privilege(n.oid, 'create')
${NAMED} where ${named(relation)}`,
    );
    const [owner, isMember, mayCreate] = rows[0] ?? [];
    if (owner === undefined) {
      findings.push(odd(`${relation} is listed as adoptable and does not exist`));
      continue;
    }
    const schema = relationParts(relation).schema ?? 'public';
    const remedy = [
      ...(isMember === true
        ? []
        : [`grant ${quoteName(cellText(owner))} to ${quoteName(writer)};`]),
      ...(mayCreate === true
        ? []
        : [`grant create on schema ${quoteName(schema)} to ${quoteName(writer)};`]),
    ];
    findings.push(
      remedy.length === 0
        ? good(`the writer may take over ${relation}`)
        : bad(
            `the writer ${writer} may not take over ${quoteRelation(relation)}, which belongs to ${cellText(owner)}`,
            remedy,
          ),
    );
  }
  return findings;
}

/** The view's text is compared with the server's clock, the bound with ours. */
const MOST_SKEW_MS = 5_000;

async function clock(ask: Ask, now: () => number): Promise<Finding> {
  const before = now();
  const { rows } = await ask('select (extract(epoch from clock_timestamp()) * 1000)::float8');
  const middle = (before + now()) / 2;
  const skew = Math.round(Number(rows[0]?.[0]) - middle);
  return Math.abs(skew) <= MOST_SKEW_MS
    ? good(`clocks agree within ${Math.abs(skew)} ms`)
    : bad(
        `the server's clock is ${Math.abs(skew)} ms ${skew > 0 ? 'ahead of' : 'behind'} ours, so views would expire at the wrong moment; let both follow one time server`,
        [],
      );
}
