import { relationId } from '../../base/relation.ts';
import { cellText } from '../cell-text.ts';
import type { CallOptions, CatalogRelation, Cell, Session } from '../connector.ts';
import { datasetView, type Region, regionView } from './information-schema.ts';

/** Datasets whose keys are asked for in one statement. */
const DATASETS_AT_ONCE = 40;

/**
 * Tables, views and what they are made of, from the region's INFORMATION_SCHEMA: a fixed number of statements, and one more for
 * every 40 datasets (keys exist for one dataset at a time). Each is billed 10 MB at least.
 *
 * Rows and bytes are those of TABLE_STORAGE, seconds to minutes old. Keys and references are declared and not enforced;
 * a reference over several columns is left out, since nothing tells which column refers to which. A
 * materialized view counts as a table; a view in legacy SQL has no definition here.
 */
export async function readBigqueryCatalog(
  session: Session,
  { region, options }: { readonly region: Region; readonly options: CallOptions },
): Promise<readonly CatalogRelation[]> {
  const rowsOf = async (sql: string) => (await session.query(sql, options)).rows;
  const columns = grouped(await rowsOf(columnsSql(region)), (row) => ({
    name: cellText(row[2]),
    type: cellText(row[3]),
    notNull: row[4] === 'NO',
  }));
  const descriptions = grouped(await rowsOf(descriptionsSql(region)), (row) => cellText(row[2]));
  const views = grouped(await rowsOf(viewsSql(region)), (row) => cellText(row[2]));
  const sizes = grouped(await rowsOf(sizesSql(region)), (row) => [Number(row[2]), Number(row[3])]);
  const tables = await rowsOf(tablesSql(region));
  const datasets = [...new Set(tables.map(([schema]) => cellText(schema)))];
  const constraints: Constraint[] = [];
  for (let from = 0; from < datasets.length; from += DATASETS_AT_ONCE) {
    const some = datasets.slice(from, from + DATASETS_AT_ONCE);
    constraints.push(...(await rowsOf(constraintsSql(region, some))).map(constraintOf));
  }
  return tables.map((row): CatalogRelation => {
    const key = keyOf(row);
    const isView = row[2] === 'VIEW';
    const [rows, bytes] = sizes.get(key)?.[0] ?? [];
    const [definitionSql] = views.get(key) ?? [];
    const [comment] = descriptions.get(key) ?? [];
    const own = constraints.filter((one) => one.of === key);
    return {
      id: relationId({ schema: cellText(row[0]), name: cellText(row[1]) }),
      kind: isView ? 'view' : 'table',
      columns: columns.get(key) ?? [],
      keys: own
        .filter(({ isPrimary }) => isPrimary)
        .map((one) => ({ columns: one.columns, primary: true })),
      foreignKeys: own
        .filter(({ isPrimary, columns: names }) => !isPrimary && names.length === 1)
        .map(({ columns: names, references, referencedColumns }) => ({
          columns: names,
          references,
          referencedColumns,
        })),
      ...(isView || rows === undefined ? {} : { rows }),
      ...(isView || bytes === undefined ? {} : { bytes }),
      ...(isView && definitionSql !== undefined ? { definitionSql } : {}),
      ...(comment === undefined ? {} : { comment: unquoted(comment) }),
      createdAt: Number(row[3]),
    };
  });
}

function tablesSql(region: Region): string {
  return `select t.table_schema, t.table_name, t.table_type, unix_millis(t.creation_time)
from ${regionView(region, 'TABLES')} as t order by 1, 2`;
}

function columnsSql(region: Region): string {
  return `select c.table_schema, c.table_name, c.column_name, c.data_type, c.is_nullable
from ${regionView(region, 'COLUMNS')} as c where c.is_hidden = 'NO' order by 1, 2, c.ordinal_position`;
}

function descriptionsSql(region: Region): string {
  return `select o.table_schema, o.table_name, o.option_value
from ${regionView(region, 'TABLE_OPTIONS')} as o where o.option_name = 'description'`;
}

function viewsSql(region: Region): string {
  return `select v.table_schema, v.table_name, v.view_definition
from ${regionView(region, 'VIEWS')} as v where v.use_standard_sql = 'YES'`;
}

function sizesSql(region: Region): string {
  return `select s.table_schema, s.table_name, s.total_rows, s.total_logical_bytes
from ${regionView(region, 'TABLE_STORAGE')} as s where not s.deleted`;
}

/** A column's place in a key, and the column it refers to: the key's column of the same place. */
function constraintsSql({ project }: Region, datasets: readonly string[]): string {
  return datasets
    .map((dataset) => {
      const of = (view: string) => datasetView({ project, dataset }, view);
      return `select t.table_schema, t.table_name, t.constraint_name, t.constraint_type,
  (select string_agg(k.column_name, '\\n' order by k.ordinal_position) from ${of('KEY_COLUMN_USAGE')} as k
    where k.constraint_name = t.constraint_name and k.table_name = t.table_name),
  (select min(r.table_name) from ${of('CONSTRAINT_COLUMN_USAGE')} as r where r.constraint_name = t.constraint_name),
  (select string_agg(r.column_name, '\\n') from ${of('CONSTRAINT_COLUMN_USAGE')} as r where r.constraint_name = t.constraint_name)
from ${of('TABLE_CONSTRAINTS')} as t`;
    })
    .join('\nunion all\n');
}

interface Constraint {
  readonly of: string;
  readonly isPrimary: boolean;
  readonly columns: readonly string[];
  readonly references: ReturnType<typeof relationId>;
  readonly referencedColumns: readonly string[];
}

function constraintOf(row: readonly Cell[]): Constraint {
  const names = (cell: Cell | undefined) => cellText(cell).split('\n');
  return {
    of: keyOf(row),
    isPrimary: row[3] === 'PRIMARY KEY',
    columns: names(row[4]),
    references: relationId({ schema: cellText(row[0]), name: cellText(row[5]) }),
    referencedColumns: names(row[6]),
  };
}

/** Options come as literals of GoogleSQL, which for texts are those of JSON. */
function unquoted(literal: string): string {
  try {
    return String(JSON.parse(literal));
  } catch (error) {
    if (error instanceof SyntaxError) {
      return literal;
    }
    throw error;
  }
}

function grouped<Value>(
  rows: readonly (readonly Cell[])[],
  read: (row: readonly Cell[]) => Value,
): ReadonlyMap<string, readonly Value[]> {
  const groups = new Map<string, Value[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key) ?? [];
    group.push(read(row));
    groups.set(key, group);
  }
  return groups;
}

function keyOf([schema, name]: readonly Cell[]): string {
  return JSON.stringify([schema, name]);
}
