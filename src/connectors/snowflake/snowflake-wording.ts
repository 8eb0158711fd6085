import { quoteName } from '../quote.ts';
import { namesBy, standardStatements } from '../standard-wording.ts';
import type {
  ContentWording,
  NameWording,
  ObjectWording,
  StatementWording,
  TypedValue,
  Wording,
} from '../wording.ts';
import { accessWording } from './access-wording.ts';
import { explainWording } from './explain-wording.ts';
import { listedDependents } from './listed-dependents.ts';
import { lookupWording } from './lookup-wording.ts';
import { named } from './named.ts';
import { nativeWordings } from './native-wording.ts';
import { stagedWording } from './staged-wording.ts';
import { textLiteral } from './text-literal.ts';
import { selectOf } from './view-definition.ts';

const names: NameWording = namesBy({ quote: quoteName, text: textLiteral });

/** A comment is taken off by an empty one. Of what the account keeps itself only ALTER is documented to set one. */
const statements: StatementWording = {
  ...standardStatements(names),
  commentOn: (kind, { relation, comment = '' }) =>
    kind === 'dynamic table' || kind === 'materialized view'
      ? `alter ${kind} ${names.relation(relation)} set comment = ${textLiteral(comment)}`
      : `comment on ${kind} ${names.relation(relation)} is ${textLiteral(comment)}`,
};

const content: ContentWording = {
  rowHash: (values) => `hash(${listed(values)})`,
  relationHash: (alias) => `hash(${alias}.*)`,
  rowWeight: (values) => `(abs(hash(${listed(values)}) % 1021) + 1)`,
  isFinite: (value) => `(${value} not in ('NaN'::float, 'inf'::float, '-inf'::float))`,
  double: 'float',
  day: (value) => `date_trunc('day', ${value})`,
  repeatedKeys,
  distinctCount: (value) => `approx_count_distinct(${value})`,
  hashCanary: `hash(
  null, true, 7, -7, 7.25::number(10, 2), 7.25::number(38, 2), 0.1::float, 'seven', 'a text of more than twelve characters',
  date '2007-07-07', '07:07:07'::time, '2007-07-07 07:07:07'::timestamp_ntz, '2007-07-07 07:07:07+00'::timestamp_ltz
)::varchar`,
};

const PEOPLES = "table_schema <> 'INFORMATION_SCHEMA'";
const KIND =
  "case when table_type = 'MATERIALIZED VIEW' then 'materialized view' when table_type like '%VIEW%' then 'view' when is_dynamic = 'YES' then 'dynamic table' else 'table' end";

const objects: ObjectWording = {
  ownDatabase: 'select current_database()',
  schema: (name) =>
    `select schema_name from information_schema.schemata where catalog_name = current_database() and schema_name = ${textLiteral(name)}`,
  find: (relation) =>
    `select ${KIND}, comment from information_schema.tables where ${named(relation)}`,
  viewText: (view) => `select view_definition from information_schema.views where ${named(view)}`,
  selectOf,
  columnComments: (relation) => `select column_name, comment from information_schema.columns
where ${named(relation)} and comment is not null
order by ordinal_position`,
  views: `select table_catalog, table_schema, table_name, view_definition
from information_schema.views where ${PEOPLES}
order by table_catalog, table_schema, table_name`,
  listed: listedDependents,
  marked: (prefix) => `select table_catalog, table_schema, table_name, comment, ${KIND}
from information_schema.tables
where startswith(comment, ${textLiteral(prefix)})
order by case when table_type = 'VIEW' then 0 else 1 end, table_catalog, table_schema, table_name`,
  keptByTables: (relation) => [
    {
      what: 'constraints (keys, references)',
      sql: `select count(*) from information_schema.table_constraints where ${named(relation)}`,
    },
    {
      what: 'columns that must not be null or have a default',
      sql: `select count(*) from information_schema.columns where ${named(relation)} and (is_nullable = 'NO' or column_default is not null)`,
    },
  ],
};

export const snowflakeWording: Wording = {
  names,
  types: { text: 'varchar', integer: 'bigint' },
  statements,
  content,
  objects,
  versions: {
    statementTime: 'current_timestamp()',
    moment: (at) => `'${new Date(at).toISOString()}'::timestamp_tz`,
  },
  staged: stagedWording,
  native: nativeWordings,
  lookups: lookupWording,
  access: accessWording,
  explain: explainWording,
};

function listed(values: readonly TypedValue[]): string {
  return values.map(({ sql }) => sql).join(', ') || '1';
}

/** Distinct combinations leave out those with a NULL. */
function repeatedKeys(columns: readonly string[]): string {
  const [only, ...more] = columns;
  if (only === undefined || more.length === 0) {
    return `count(${only ?? '*'}) - count(distinct ${only ?? '1'})`;
  }
  const complete = columns.map((name) => `${name} is not null`).join(' and ');
  return `count_if(${complete}) - count(distinct ${columns.join(', ')})`;
}
