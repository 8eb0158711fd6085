import type { EpochMs } from '../../base/clock.ts';
import { type RelationId, relationId, relationParts } from '../../base/relation.ts';
import { type CatalogTags, ownTags, saidOf, tagsByRelation, withTags } from '../catalog-tags.ts';
import { cellText } from '../cell-text.ts';
import type { CallOptions, CatalogRelation, Cell, QueryResult, Session } from '../connector.ts';
import { ConnectorError } from '../connector-error.ts';
import { isKeptFromUs, type KnownCatalog, readChanged } from '../known-catalog.ts';
import { type NamedRow, namedRows } from './named-rows.ts';
import { byTag } from './policies.ts';
import { textLiteral } from './text-literal.ts';
import { hasBareNames, viewDefinition } from './view-definition.ts';

/** What was read of a database. */
export type KnownSnowflake = KnownCatalog<Part, Shared>;

interface Part {
  readonly columns: CatalogRelation['columns'];
  /** The text of a view; empty where there is none to see. */
  readonly text: string;
}

interface Shared {
  readonly keys: readonly Key[];
  readonly references: readonly Reference[];
  readonly tags: ReadonlyMap<RelationId, CatalogTags>;
  readonly policed: ReadonlySet<RelationId>;
}

interface CatalogLook {
  readonly session: Pick<Session, 'query'>;
  readonly options: CallOptions;
  readonly known: KnownSnowflake | undefined;
  readonly now: EpochMs;
}

/**
 * Tables, views and what they are made of (a materialized view counts as a table), from the database's information schema, without latency: a few statements, whatever
 * the number of relations. Ids leave the session's own database out. Columns, keys and texts of what did not change since `known` are
 * taken from there: then it is one statement of one row a relation.
 *
 * Rows and bytes are exact. Keys and references are declared, never enforced: claims to be checked. A view that names relations
 * of its own schema without saying so has no definition here, unless that schema is the session's.
 */
export async function readSnowflakeCatalog(
  look: CatalogLook,
): Promise<{ readonly relations: readonly CatalogRelation[]; readonly known: KnownSnowflake }> {
  const { rows } = await look.session.query(RELATIONS, look.options);
  const marks = new Map(
    rows.map((row) => {
      const id = idOf(row[0], row[1]);
      const isKept = cellText(row[2]) === VIEW && isKeptFromUs(look.known, id);
      return [id, isKept ? '' : cellText(row[8])];
    }),
  );
  const known = await readChanged({ ...look, marks, read: (only) => readParts(look, only) });
  const { keys, references, tags, policed } = known.shared;
  const relations = rows.map(
    ([schema, name, kind, rowCount, bytes, comment, createdAt, ownSchema]) => {
      const id = idOf(schema, name);
      const isView = cellText(kind) === VIEW;
      const { columns = [], text = '' } = known.parts.get(id)?.part ?? {};
      const definition = isView
        ? viewDefinition(
            text,
            columns.map((column) => column.name),
          )
        : undefined;
      const isComplete =
        definition !== undefined && (schema === ownSchema || !hasBareNames(definition));
      return {
        id,
        kind: isView ? ('view' as const) : ('table' as const),
        columns: withTags(columns, tags.get(id)),
        keys: keys
          .filter((key) => key.of === id)
          .map(({ columns: names, primary }) => ({ columns: names, primary })),
        foreignKeys: references
          .filter((reference) => reference.of === id)
          .map(({ of: _of, ...reference }) => reference),
        ...(isView || rowCount === null ? {} : { rows: Number(rowCount) }),
        ...(isView || bytes === null ? {} : { bytes: Number(bytes) }),
        ...(isComplete ? { definitionSql: definition } : {}),
        ...(isView && policed.has(id) ? { hasPolicies: true as const } : {}),
        ...saidOf(comment),
        ...ownTags(tags.get(id)),
        ...(createdAt === null ? {} : { createdAt: Number(createdAt) }),
      };
    },
  );
  return { relations, known };
}

async function readParts(
  { session, options }: CatalogLook,
  ids: readonly RelationId[] | undefined,
): Promise<{ readonly parts: ReadonlyMap<RelationId, Part>; readonly shared: Shared }> {
  const ask = (sql: string) => session.query(sql, options);
  const only = ids === undefined ? '' : ` and ${namedOneOf(ids)}`;
  const columns = grouped(await ask(columnsSql(only)), (row) => ({
    name: row('column_name'),
    type: typeOf(row),
    notNull: row('is_nullable') === 'NO',
    ...saidOf(row('comment')),
  }));
  const texts = new Map(
    (await ask(viewsSql(only))).rows.map(([schema, name, text]) => [
      idOf(schema, name),
      cellText(text),
    ]),
  );
  return {
    parts: new Map(
      [...new Set([...columns.keys(), ...texts.keys()])].map((id) => [
        id,
        { columns: columns.get(id) ?? [], text: texts.get(id) ?? '' },
      ]),
    ),
    shared: {
      keys: [
        ...keysOf(await ask('show primary keys in database'), true),
        ...keysOf(await ask('show unique keys in database'), false),
      ],
      references: referencesOf(await ask('show imported keys in database')),
      tags: tagsByRelation(await unlessHidden(ask, TAGS)),
      policed: new Set(
        (await unlessHidden(ask, POLICED)).map(([schema, name]) => idOf(schema, name)),
      ),
    },
  };
}

/** Up to two hours late. Where the reader may not see the account's views, none are told: nothing rests on them. */
const TAGS = `select object_schema, object_name, column_name, tag_name, tag_value
from snowflake.account_usage.tag_references
where object_deleted is null and object_database = current_database() and domain in ('TABLE', 'COLUMN')`;

/** What has a policy of its own, or by a tag on it or on a column; as late, and where told. What is built asks again. */
const POLICED = `select ref_schema_name, ref_entity_name
from snowflake.account_usage.policy_references
where ref_entity_domain <> 'TAG' and ref_database_name = current_database()
union
select t.object_schema, t.object_name
from snowflake.account_usage.tag_references as t
join snowflake.account_usage.policy_references as p on ${byTag('t', 'p')}
where t.object_deleted is null and t.object_database = current_database() and t.domain in ('TABLE', 'COLUMN')`;

async function unlessHidden(
  ask: (sql: string) => Promise<QueryResult>,
  sql: string,
): Promise<QueryResult['rows']> {
  try {
    return (await ask(sql)).rows;
  } catch (error) {
    if (error instanceof ConnectorError && HIDDEN.has(error.code)) {
      return [];
    }
    throw error;
  }
}

const HIDDEN: ReadonlySet<string> = new Set([
  'CONNECTOR_RELATION_MISSING',
  'CONNECTOR_PERMISSION_DENIED',
]);

function namedOneOf(ids: readonly RelationId[]): string {
  const pairs = ids.map((id) => {
    const { schema = '', name } = relationParts(id);
    return `(${textLiteral(schema)}, ${textLiteral(name)})`;
  });
  return `(table_schema, table_name) in (${pairs.join(', ')})`;
}

const PEOPLES = "table_schema <> 'INFORMATION_SCHEMA'";

/** A materialized view is kept as a table is. */
const VIEW = 'VIEW';

/** As a number: an account may write moments as days. */
function momentOf(column: string): string {
  return `date_part('epoch_millisecond', ${column})::varchar`;
}

const RELATIONS = `select table_schema, table_name, table_type, row_count, bytes, comment, date_part('epoch_millisecond', created), current_schema(),
  ${momentOf('created')} || ' ' || coalesce(${momentOf('last_ddl')}, '') || ' ' || ${momentOf('last_altered')} as mark
from information_schema.tables
where ${PEOPLES} and table_type <> 'TEMPORARY TABLE'
order by table_schema, table_name`;

const columnsSql = (
  only: string,
) => `select table_schema as "table_schema", table_name as "table_name", column_name as "column_name", data_type as "data_type",
  is_nullable as "is_nullable", comment as "comment", numeric_precision as "precision", numeric_scale as "scale", character_maximum_length as "length"
from information_schema.columns where ${PEOPLES}${only}
order by table_schema, table_name, ordinal_position`;

const viewsSql = (only: string) =>
  `select table_schema, table_name, view_definition from information_schema.views where ${PEOPLES}${only}`;

function grouped<Value>(
  result: QueryResult,
  read: (row: NamedRow) => Value,
): ReadonlyMap<RelationId, readonly Value[]> {
  const groups = new Map<RelationId, Value[]>();
  for (const row of namedRows(result)) {
    const id = idOf(row('table_schema'), row('table_name'));
    const group = groups.get(id) ?? [];
    group.push(read(row));
    groups.set(id, group);
  }
  return groups;
}

/** The longest text a column without a limit takes. */
const UNLIMITED = '16777216';

function typeOf(row: NamedRow): string {
  const type = row('data_type');
  if (type === 'NUMBER') {
    return `NUMBER(${row('precision')},${row('scale')})`;
  }
  if (type !== 'TEXT') {
    return type;
  }
  const length = row('length');
  return length === '' || length === UNLIMITED ? 'VARCHAR' : `VARCHAR(${length})`;
}

interface Key {
  readonly of: RelationId;
  readonly columns: readonly string[];
  readonly primary: boolean;
}

/** One row a column, in the key's order. */
function keysOf(result: QueryResult, primary: boolean): readonly Key[] {
  const keys = new Map<string, { of: RelationId; columns: string[]; primary: boolean }>();
  for (const row of inOrder(result)) {
    const of = idOf(row('schema_name'), row('table_name'));
    const name = `${of} ${row('constraint_name')}`;
    const key = keys.get(name) ?? { of, columns: [], primary };
    key.columns.push(row('column_name'));
    keys.set(name, key);
  }
  return [...keys.values()];
}

interface Reference {
  readonly of: RelationId;
  readonly columns: string[];
  readonly references: RelationId;
  readonly referencedColumns: string[];
}

function referencesOf(result: QueryResult): readonly Reference[] {
  const found = new Map<string, Reference>();
  for (const row of inOrder(result)) {
    const of = idOf(row('fk_schema_name'), row('fk_table_name'));
    const name = `${of} ${row('fk_name')}`;
    const references = idOf(row('pk_schema_name'), row('pk_table_name'));
    const reference = found.get(name) ?? { of, columns: [], references, referencedColumns: [] };
    reference.columns.push(row('fk_column_name'));
    reference.referencedColumns.push(row('pk_column_name'));
    found.set(name, reference);
  }
  return [...found.values()];
}

function inOrder(result: QueryResult): readonly NamedRow[] {
  return namedRows(result).toSorted(
    (a, b) => Number(a('key_sequence')) - Number(b('key_sequence')),
  );
}

function idOf(schema: Cell | undefined, name: Cell | undefined): RelationId {
  return relationId({ schema: cellText(schema), name: cellText(name) });
}
