import { quoteText } from '../quote.ts';
import {
  standardMoment,
  standardNames,
  standardRepeatedKeys,
  standardStatements,
} from '../standard-wording.ts';
import type { ContentWording, ObjectWording, TypedValue, Wording } from '../wording.ts';
import { accessWording } from './access-wording.ts';
import { keptByTables } from './kept-by-tables.ts';
import { lookupWording } from './lookup-wording.ts';
import { NAMED, named } from './named.ts';
import { nativeWording } from './native-wording.ts';

const content: ContentWording = {
  rowHash: (values) => hashOf(`row(${listed(values)})`),
  relationHash: (alias) => hashOf(`row(${alias}.*)`),
  rowWeight: (values) => `(abs(${hashOf(`row(${listed(values)})`)} % 1021) + 1)`,
  isFinite: (value) => `(${value} not in ('NaN', 'Infinity', '-Infinity'))`,
  double: 'double precision',
  day: (value) => `date_trunc('day', ${value})`,
  repeatedKeys: standardRepeatedKeys,
  distinctCount: (value) => `count(distinct ${value})`,
  hashCanary: `${hashOf(`row(
  null, true, 7::smallint, 7::integer, -7::bigint, trim_scale(7.25::numeric(10, 2)), 7.25::numeric, 0.1::real, 0.1::double precision,
  'seven'::text, 'a text of more than twelve characters'::text, '\\x07'::bytea, date '2007-07-07', time '07:07:07',
  timestamp '2007-07-07 07:07:07', timestamptz '2007-07-07 07:07:07+00', interval '7 days', array[7, null], '{"seven": 7}'::jsonb
)`)}::text`,
};

const objects: ObjectWording = {
  ownDatabase: 'select current_database()::text',
  schema: (name) =>
    `select nspname::text from pg_catalog.pg_namespace where nspname = ${quoteText(name)}`,
  find: (relation) => `select ${KIND}, pg_catalog.obj_description(c.oid, 'pg_class')
${NAMED}
where ${named(relation)} and c.relkind in ('r', 'p', 'v', 'm', 'f')`,
  viewText: (view) => `select pg_catalog.pg_get_viewdef(c.oid)
${NAMED}
where ${named(view)} and c.relkind = 'v'`,
  // The stored rule names relations and columns by their numbers.
  viewRule: (view) => `select md5(r.ev_action::text || (
  select string_agg(concat_ws(' ', a.attname, a.atttypid, a.atttypmod), ',' order by a.attnum)
  from pg_catalog.pg_attribute as a where a.attrelid = c.oid and a.attnum > 0))
${NAMED} join pg_catalog.pg_rewrite as r on r.ev_class = c.oid and r.rulename = '_RETURN'
where ${named(view)} and c.relkind = 'v'`,
  columnComments: (relation) => `select a.attname::text, pg_catalog.col_description(c.oid, a.attnum)
${NAMED} join pg_catalog.pg_attribute as a on a.attrelid = c.oid
where ${named(relation)} and a.attnum > 0 and not a.attisdropped
  and pg_catalog.col_description(c.oid, a.attnum) is not null
order by a.attnum`,
  dependents: (relation) => `with recursive ${READS},
found(id, depth) as (
  select reads.reader, 1 ${NAMED} join reads on reads.read = c.oid where ${named(relation)}
  union
  select reads.reader, depth + 1 from found join reads on reads.read = found.id
)
select null, n.nspname::text, c.relname::text
${NAMED} join found on found.id = c.oid
where not (${named(relation)})
group by n.nspname, c.relname
order by max(depth), 2, 3`,
  rebinding: {
    keptOnly: (view) => [
      {
        what: 'triggers',
        sql: `select count(*) ${NAMED} join pg_catalog.pg_trigger as t on t.tgrelid = c.oid where ${named(view)}`,
      },
      {
        what: 'rules of its own',
        sql: `select count(*) ${NAMED} join pg_catalog.pg_rewrite as r on r.ev_class = c.oid where ${named(view)} and r.rulename <> '_RETURN'`,
      },
      {
        what: 'options (security_barrier, security_invoker, check_option)',
        sql: `select count(*) ${NAMED} where ${named(view)} and c.reloptions is not null`,
      },
      {
        what: 'columns with defaults',
        sql: `select count(*) ${NAMED} join pg_catalog.pg_attrdef as d on d.adrelid = c.oid where ${named(view)}`,
      },
    ],
  },
  views: `select null, n.nspname::text, c.relname::text, pg_catalog.pg_get_viewdef(c.oid)
${NAMED}
where c.relkind in ('v', 'm') and n.nspname not in ('information_schema', 'pg_catalog')
order by 2, 3`,
  marked: (prefix) => `select null, n.nspname::text, c.relname::text, d.description, ${KIND}
${NAMED} join pg_catalog.pg_description as d
  on d.objoid = c.oid and d.classoid = 'pg_catalog.pg_class'::regclass and d.objsubid = 0
where c.relkind in ('r', 'v', 'm') and starts_with(d.description, ${quoteText(prefix)})
order by c.relkind <> 'v', 2, 3`,
  keptByTables,
};

/** Rows are told by the snapshot, but which table a view reads is not: an old transaction would read a new table as empty. */
export const postgresWording: Wording = {
  names: standardNames,
  types: { text: 'varchar', integer: 'bigint' },
  statements: standardStatements(standardNames),
  content,
  objects,
  versions: {
    statementTime: 'statement_timestamp()',
    moment: standardMoment,
    visibility: {
      transaction: 'select pg_catalog.pg_current_xact_id()::text',
      sees: (transaction) => {
        const number = `${quoteText(transaction)}::xid8`;
        return `(pg_visible_in_snapshot(${number}, pg_current_snapshot()) or pg_current_xact_id_if_assigned() is not distinct from ${number})`;
      },
    },
  },
  native: [nativeWording],
  lookups: lookupWording,
  access: accessWording,
};

const KIND =
  "case c.relkind when 'v' then 'view' when 'm' then 'materialized view' else 'table' end";

/** A view's rule depends on every relation it reads. */
const READS = `reads(reader, read) as (
  select r.ev_class, d.refobjid
  from pg_catalog.pg_depend as d join pg_catalog.pg_rewrite as r on r.oid = d.objid
  where d.classid = 'pg_catalog.pg_rewrite'::regclass and d.refclassid = 'pg_catalog.pg_class'::regclass
    and r.ev_class <> d.refobjid
)`;

/** A row's text tells NULL from an empty text, and is the same for equal values but for trailing zeros of decimals. */
function hashOf(row: string): string {
  return `pg_catalog.hashtextextended(${row}::text, 0)`;
}

function listed(values: readonly TypedValue[]): string {
  return values.map(valueOf).join(', ') || '1';
}

/** Decimals without a scale of their own keep the zeros they were computed with: 1.50 and 1.5 are equal. */
function valueOf({ sql, type }: TypedValue): string {
  return /^numeric$/i.test(type) ? `pg_catalog.trim_scale(${sql})` : sql;
}
