import { type RelationId, relationParts } from '../../base/relation.ts';
import { quoteText } from '../quote.ts';
import {
  standardMoment,
  standardNames,
  standardRepeatedKeys,
  standardStatements,
} from '../standard-wording.ts';
import type { ContentWording, ObjectWording, TypedValue, Wording } from '../wording.ts';

const content: ContentWording = {
  rowHash: (values) => `hash(${listed(values)})`,
  // All columns are named as such and not by the alias, which would mean a column of that name where there is one.
  relationHash: () => 'hash(*columns(*))',
  rowWeight: (values) => `(hash(${listed(values)}) % 1021 + 1)`,
  isFinite: (value) => `isfinite(${value})`,
  double: 'double',
  day: (value) => `date_trunc('day', ${value})`,
  repeatedKeys: standardRepeatedKeys,
  distinctCount: (value) => `approx_count_distinct(${value})`,
  hashCanary: `hash(
  null, true, 7::tinyint, 7::integer, -7::bigint, 7::hugeint, 7.25::decimal(10, 2), 7.25::decimal(38, 2), 0.1::real, 0.1::double,
  'seven', 'a text of more than twelve characters', '\\x07'::blob, date '2007-07-07', time '07:07:07', timestamp '2007-07-07 07:07:07',
  timestamptz '2007-07-07 07:07:07+00', interval 7 days, [7, null], {'seven': 7}
)::varchar`,
};

const objects: ObjectWording = {
  ownDatabase: 'select current_database()',
  schema: (name) => `select schema_name from information_schema.schemata
where catalog_name = current_database() and lower(schema_name) = lower(${quoteText(name)})`,
  find: (relation) =>
    `select ${KIND}, table_comment from information_schema.tables where ${named(relation)}`,
  viewText: (view) => `select view_definition from information_schema.views where ${named(view)}`,
  columnComments: (relation) => `select column_name, column_comment from information_schema.columns
where ${named(relation)} and column_comment is not null
order by ordinal_position`,
  views: `select table_catalog, table_schema, table_name, view_definition
from information_schema.views
where table_catalog not in ('system', 'temp')
  and table_schema not in ('information_schema', 'pg_catalog')
order by table_catalog, table_schema, table_name`,
  marked: (prefix) => `select table_catalog, table_schema, table_name, table_comment, ${KIND}
from information_schema.tables
where starts_with(table_comment, ${quoteText(prefix)})
order by table_type = 'BASE TABLE', table_catalog, table_schema, table_name`,
  keptByTables: (relation) => {
    const { schema, name } = relationParts(relation);
    const among = (schemaColumn: string, nameColumn: string) =>
      `lower(${schemaColumn}) = lower(${schema === undefined ? 'current_schema()' : quoteText(schema)}) and lower(${nameColumn}) = lower(${quoteText(name)})`;
    return [
      {
        what: 'constraints (keys, checks, not null)',
        sql: `select count(*) from information_schema.table_constraints where ${among('table_schema', 'table_name')}`,
      },
      {
        what: 'indexes',
        sql: `select count(*) from pg_catalog.pg_indexes where ${among('schemaname', 'tablename')}`,
      },
      {
        what: 'columns with a default or generated',
        sql: `select count(*) from information_schema.columns where ${among('table_schema', 'table_name')} and column_default is not null`,
      },
    ];
  },
};

/** Relations have no owners; views and tables are of one snapshot, so no transaction is told to read a table it does not see. */
export const duckdbWording: Wording = {
  names: standardNames,
  types: { text: 'varchar', integer: 'bigint' },
  statements: standardStatements(standardNames),
  content,
  objects,
  versions: {
    statementTime: 'now()',
    moment: standardMoment,
    // Both branches of a UNION are bound with each use; of two texts one is. A prepared statement is bound anew where `now()` stands in it.
    chosen: ({ when, answer, otherwise }) =>
      `query(case when ${when} then ${quoteText(answer)} else ${quoteText(otherwise)} end) as answering`,
  },
};

const KIND = "case when upper(table_type) like '%VIEW%' then 'view' else 'table' end";

function listed(values: readonly TypedValue[]): string {
  return values.map(({ sql }) => sql).join(', ') || '1';
}

/** Names compare case-insensitively, as the warehouse resolves them; parts left out mean the session's own. */
function named(relation: RelationId): string {
  const { database, schema, name } = relationParts(relation);
  const part = (column: string, value: string | undefined, standard: string) =>
    `lower(${column}) = lower(${value === undefined ? standard : quoteText(value)})`;
  return [
    part('table_catalog', database, 'current_database()'),
    part('table_schema', schema, 'current_schema()'),
    part('table_name', name, "''"),
  ].join(' and ');
}
