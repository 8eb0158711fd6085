import { namesBy, renamedBySelect } from '../standard-wording.ts';
import type {
  ContentWording,
  NameWording,
  ObjectWording,
  StatementWording,
  TypedValue,
  Wording,
} from '../wording.ts';
import { accessIn } from './access-wording.ts';
import { type Region, regionView } from './information-schema.ts';
import { lookupWording } from './lookup-wording.ts';
import { named } from './named.ts';
import { nativeIn } from './native-wording.ts';
import { quoteName, quoteText } from './quote.ts';
import { stagedWording } from './staged-wording.ts';

const names: NameWording = {
  ...namesBy({ quote: quoteName, text: quoteText }),
  renamed: (query) => renamedBySelect(query, quoteName),
};

/** Descriptions are the comments; a column's is set on the view, which is what readers look at. */
function statementsIn({ location }: Region): StatementWording {
  return {
    createSchema: (schema) =>
      `create schema if not exists ${quoteName(schema)} options (location = ${quoteText(location)})`,
    commentOn: (kind, { relation, comment }) =>
      `alter ${kind} ${names.relation(relation)} set options (description = ${comment === undefined ? 'null' : quoteText(comment)})`,
    commentOnColumn: (relation, { column, comment }) =>
      `alter view ${names.relation(relation)} alter column ${quoteName(column)} set options (description = ${quoteText(comment)})`,
  };
}

const content: ContentWording = {
  rowHash: (values) => hashOf(rowOf(values)),
  relationHash: (alias) => hashOf(quoteName(alias)),
  rowWeight: (values) => `(abs(mod(${hashOf(rowOf(values))}, 1021)) + 1)`,
  isFinite: (value) => `(not is_nan(${value}) and not is_inf(${value}))`,
  double: 'float64',
  day: (value) => `date(${value})`,
  repeatedKeys: (columns) => {
    const complete = columns.map((name) => `${name} is not null`).join(' and ') || 'true';
    const key = `to_json_string(struct(${columns.join(', ') || '1'}))`;
    return `countif(${complete}) - count(distinct if(${complete}, ${key}, null))`;
  },
  distinctCount: (value) => `approx_count_distinct(${value})`,
  hashCanary: `cast(${hashOf(`struct(
  cast(null as string) as c0, true, 7, -7, numeric '7.25', bignumeric '7.25', 0.1, 'seven',
  'a text of more than twelve characters', b'7', date '2007-07-07', time '07:07:07', datetime '2007-07-07 07:07:07',
  timestamp '2007-07-07 07:07:07+00', [7, 8]
)`)} as string)`,
};

/**
 * GoogleSQL's words for one region.
 */
export function bigqueryWording(
  region: Region & { readonly dataset?: string | undefined },
): Wording {
  return {
    names,
    types: { text: 'string', integer: 'int64' },
    statements: statementsIn(region),
    content,
    objects: objectsIn(region),
    versions: {
      statementTime: 'current_timestamp()',
      moment: (at) => `timestamp_millis(${Math.round(at)})`,
    },
    staged: stagedWording,
    native: [nativeIn(region)],
    lookups: lookupWording,
    access: accessIn(region),
  };
}

function objectsIn(region: Region & { readonly dataset?: string | undefined }): ObjectWording {
  const { project, dataset } = region;
  const of = (view: string, alias: string) => `${regionView(region, view)} as ${alias}`;
  const described = `(select any_value(json_value(o.option_value)) from ${of('TABLE_OPTIONS', 'o')}
  where o.table_schema = t.table_schema and o.table_name = t.table_name and o.option_name = 'description')`;
  return {
    ownDatabase: `select ${quoteText(project)}`,
    bareNames: `select ${quoteText(project)} as project, ${dataset === undefined ? 'cast(null as string)' : quoteText(dataset)} as dataset`,
    schema: (name) =>
      `select s.schema_name from ${of('SCHEMATA', 's')} where s.schema_name = ${quoteText(name)}`,
    find: (relation) =>
      `select ${KIND}, ${described} from ${of('TABLES', 't')} where ${named(relation, 't')}`,
    viewText: (view) =>
      `select v.view_definition from ${of('VIEWS', 'v')} where ${named(view, 'v')}`,
    columnComments: (relation) => `select c.column_name, c.description
from ${of('COLUMN_FIELD_PATHS', 'c')} where ${named(relation, 'c')} and c.field_path = c.column_name and c.description is not null`,
    views: `select cast(null as string), v.table_schema, v.table_name, v.view_definition
from ${of('VIEWS', 'v')} order by 2, 3`,
    marked: (
      prefix,
    ) => `select cast(null as string), t.table_schema, t.table_name, ${described} as description, ${KIND}
from ${of('TABLES', 't')} where starts_with(${described}, ${quoteText(prefix)})
order by if(t.table_type = 'VIEW', 0, 1), 2, 3`,
    keptByTables: (relation) => [
      {
        what: 'policy tags',
        sql: `select count(*) from ${of('COLUMN_FIELD_PATHS', 'c')} where ${named(relation, 'c')} and array_length(c.policy_tags) > 0`,
      },
    ],
  };
}

const KIND =
  "case t.table_type when 'VIEW' then 'view' when 'MATERIALIZED VIEW' then 'materialized view' else 'table' end";

/** A row's JSON tells NULL from an empty text and is the same for equal decimals; -0.0 and 0.0 are equal and must look so. A sum of numbers of
 * 64 bits would overflow, one of NUMERIC does not. */
function hashOf(row: string): string {
  return `cast(farm_fingerprint(to_json_string(${row})) as numeric)`;
}

/** Fields are named by their places: a struct takes over the names of columns, and a renamed column holds what it held. */
function rowOf(values: readonly TypedValue[]): string {
  const fields = values.map(({ sql, type }, at) =>
    /^FLOAT64$/i.test(type) ? `(${sql} + 0.0) as c${at}` : `${sql} as c${at}`,
  );
  return `struct(${fields.join(', ') || '1'})`;
}
