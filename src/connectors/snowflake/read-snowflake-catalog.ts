import { type RelationId, relationId } from '../../base/relation.ts';
import { cellText } from '../cell-text.ts';
import type { CallOptions, CatalogRelation, Cell, QueryResult, Session } from '../connector.ts';
import { hasBareNames, viewDefinition } from './view-definition.ts';

/**
 * Tables, views and what they are made of, from the database's information schema, without latency: a few statements, whatever
 * the number of relations. Ids leave the session's own database out.
 *
 * Rows and bytes are exact. Keys and references are declared, never enforced: claims to be checked. A view that names relations
 * of its own schema without saying so has no definition here, unless that schema is the session's.
 */
export async function readSnowflakeCatalog(
  session: Session,
  options: CallOptions,
): Promise<readonly CatalogRelation[]> {
  const ask = (sql: string) => session.query(sql, options);
  const columns = grouped(await ask(COLUMNS), (row) => ({
    name: row('column_name'),
    type: typeOf(row),
    notNull: row('is_nullable') === 'NO',
  }));
  const keys = [
    ...keysOf(await ask('show primary keys in database'), true),
    ...keysOf(await ask('show unique keys in database'), false),
  ];
  const references = referencesOf(await ask('show imported keys in database'));
  const definitions = new Map(
    (await ask(VIEWS)).rows.map(([schema, name, text]) => [idOf(schema, name), cellText(text)]),
  );
  const { rows } = await ask(RELATIONS);
  return rows.map(([schema, name, kind, rowCount, bytes, comment, createdAt, ownSchema]) => {
    const id = idOf(schema, name);
    const isView = cellText(kind).includes('VIEW');
    const own = columns.get(id) ?? [];
    const definition = isView
      ? viewDefinition(
          definitions.get(id) ?? '',
          own.map((column) => column.name),
        )
      : undefined;
    const isComplete =
      definition !== undefined && (schema === ownSchema || !hasBareNames(definition));
    return {
      id,
      kind: isView ? ('view' as const) : ('table' as const),
      columns: own,
      keys: keys
        .filter((key) => key.of === id)
        .map(({ columns: names, primary }) => ({ columns: names, primary })),
      foreignKeys: references
        .filter((reference) => reference.of === id)
        .map(({ of: _of, ...reference }) => reference),
      ...(isView || rowCount === null ? {} : { rows: Number(rowCount) }),
      ...(isView || bytes === null ? {} : { bytes: Number(bytes) }),
      ...(isComplete ? { definitionSql: definition } : {}),
      ...(typeof comment === 'string' && comment !== '' ? { comment } : {}),
      ...(createdAt === null ? {} : { createdAt: Number(createdAt) }),
    };
  });
}

const PEOPLES = "table_schema <> 'INFORMATION_SCHEMA'";

const RELATIONS = `select table_schema, table_name, table_type, row_count, bytes, comment, date_part('epoch_millisecond', created), current_schema()
from information_schema.tables
where ${PEOPLES} and table_type <> 'TEMPORARY TABLE'
order by table_schema, table_name`;

const COLUMNS = `select table_schema as "table_schema", table_name as "table_name", column_name as "column_name", data_type as "data_type",
  is_nullable as "is_nullable", numeric_precision as "precision", numeric_scale as "scale", character_maximum_length as "length"
from information_schema.columns where ${PEOPLES}
order by table_schema, table_name, ordinal_position`;

const VIEWS = `select table_schema, table_name, view_definition from information_schema.views where ${PEOPLES}`;

type Named = (column: string) => string;

/** Rows by column name: SHOW has columns we do not ask for, in an order of its own. */
function namedRows({ columns, rows }: QueryResult): readonly Named[] {
  const places = new Map(columns.map(({ name }, at) => [name, at]));
  return rows.map((row) => (column) => cellText(row[places.get(column) ?? -1]));
}

function grouped<Value>(
  result: QueryResult,
  read: (row: Named) => Value,
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

function typeOf(row: Named): string {
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

function inOrder(result: QueryResult): readonly Named[] {
  return namedRows(result).toSorted(
    (a, b) => Number(a('key_sequence')) - Number(b('key_sequence')),
  );
}

function idOf(schema: Cell | undefined, name: Cell | undefined): RelationId {
  return relationId({ schema: cellText(schema), name: cellText(name) });
}
