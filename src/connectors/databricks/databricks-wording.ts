import { standardStatements } from '../standard-wording.ts';
import type {
  ContentWording,
  ObjectWording,
  StatementWording,
  TypedValue,
  Wording,
} from '../wording.ts';
import { accessWording } from './access-wording.ts';
import { explainWording } from './explain-wording.ts';
import { listedDependents } from './listed-dependents.ts';
import { lookupWording } from './lookup-wording.ts';
import { databricksNames, named } from './names.ts';
import { nativeWording } from './native-wording.ts';
import { stagedWording } from './staged-wording.ts';

/** COMMENT ON knows views of both kinds as tables. */
const statements: StatementWording = {
  ...standardStatements(databricksNames),
  commentOn: (_kind, on) => standardStatements(databricksNames).commentOn('table', on),
};

const content: ContentWording = {
  // Sums of decimals have room; a sum of 64-bit integers fails where it overflows.
  rowHash: (values) => `cast(${hashOf(values)} as decimal(20, 0))`,
  relationHash: (alias) => `cast(xxhash64(to_json(struct(${alias}.*))) as decimal(20, 0))`,
  rowWeight: (values) => `(pmod(${hashOf(values)}, 1021) + 1)`,
  isFinite: (value) => `(${value} not in (double('NaN'), double('Infinity'), double('-Infinity')))`,
  double: 'double',
  day: (value) => `date_trunc('DAY', ${value})`,
  repeatedKeys(columns) {
    const [only, ...more] = columns;
    if (only === undefined || more.length === 0) {
      return `count(${only ?? '*'}) - count(distinct ${only ?? '1'})`;
    }
    // Of several columns, both leave out rows in which one is null.
    return `count(${columns.join(', ')}) - count(distinct ${columns.join(', ')})`;
  },
  distinctCount: (value) => `approx_count_distinct(${value})`,
  hashCanary: `cast(xxhash64(
  true, cast(7 as tinyint), 7, cast(-7 as bigint), cast(7.25 as decimal(10, 2)), cast(7.25 as decimal(38, 2)), cast(0.1 as float),
  cast(0.1 as double), 'seven', 'a text of more than twelve characters', X'07', date '2007-07-07', timestamp '2007-07-07 07:07:07'
) as string)`,
};

const objects: ObjectWording = {
  ownDatabase: 'select current_catalog()',
  // `current_database()` is the schema here.
  bareNames: 'select current_catalog() as own_catalog, current_schema() as own_schema',
  schema: (name) => `select schema_name from information_schema.schemata
where catalog_name = current_catalog() and schema_name = ${databricksNames.text(name.toLowerCase())}`,
  find: (relation) =>
    `select ${KIND}, comment from information_schema.tables where ${named(relation)}`,
  viewText: (view) => `select view_definition from information_schema.views where ${named(view)}`,
  columnComments: (relation) => `select column_name, comment from information_schema.columns
where ${named(relation)} and comment is not null
order by ordinal_position`,
  views: `select table_catalog, table_schema, table_name, view_definition
from information_schema.views
where table_catalog = current_catalog() and table_schema <> 'information_schema'
order by table_catalog, table_schema, table_name`,
  listed: listedDependents,
  marked: (prefix) => `select table_catalog, table_schema, table_name, comment, ${KIND}
from information_schema.tables
where startswith(comment, ${databricksNames.text(prefix)})
order by table_type <> 'VIEW', table_catalog, table_schema, table_name`,
  keptByTables: (relation) => {
    const count = (of: string, where: string) =>
      `select count(*) from information_schema.${of} where ${where}`;
    return [
      {
        what: 'constraints (keys, checks)',
        sql: count('table_constraints', named(relation)),
      },
      {
        what: 'columns that must not be null',
        sql: count('columns', `${named(relation)} and is_nullable = 'NO'`),
      },
      { what: 'row filters', sql: count('row_filters', named(relation, '')) },
      { what: 'column masks', sql: count('column_masks', named(relation, '')) },
      { what: 'tags', sql: count('table_tags', named(relation, '')) },
      {
        what: 'files of its own elsewhere, or a form other than Delta',
        sql: count(
          'tables',
          `${named(relation)} and (table_type <> 'MANAGED' or data_source_format <> 'DELTA')`,
        ),
      },
    ];
  },
};

/** Each statement reads each Delta table as of one version; nothing is one snapshot over several tables or statements. */
export const databricksWording: Wording = {
  names: databricksNames,
  types: { text: 'string', integer: 'bigint' },
  statements,
  content,
  objects,
  versions: {
    statementTime: 'current_timestamp()',
    moment: (at) => `timestamp_millis(${Math.trunc(at)})`,
  },
  staged: stagedWording,
  native: [nativeWording],
  lookups: lookupWording,
  access: accessWording,
  explain: explainWording,
};

const KIND =
  "case when table_type = 'MATERIALIZED_VIEW' then 'materialized view' when table_type like '%VIEW%' then 'view' else 'table' end";

/** The hash leaves nulls out, so each value says first whether it is one. */
function hashOf(values: readonly TypedValue[]): string {
  return `xxhash64(${values.map(({ sql }) => `${sql} is null, ${sql}`).join(', ') || '1'})`;
}
