import type { EpochMs } from '../../base/clock.ts';
import { type RelationId, relationId, relationParts } from '../../base/relation.ts';
import { saidOf } from '../catalog-tags.ts';
import { cellText } from '../cell-text.ts';
import type { CallOptions, CatalogRelation, Cell, Session } from '../connector.ts';
import { type KnownCatalog, readChanged } from '../known-catalog.ts';
import { datasetView, type Region, regionView } from './information-schema.ts';
import { quoteText } from './quote.ts';

/** Datasets whose keys are asked for in one statement. */
const DATASETS_AT_ONCE = 40;

/** What was read of a region. */
export type KnownBigquery = KnownCatalog<Part, readonly Constraint[]>;

interface Part {
  readonly columns: CatalogRelation['columns'];
  readonly comment: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** The text of a view in GoogleSQL. */
  readonly text: string | undefined;
}

interface CatalogLook {
  readonly session: Pick<Session, 'query'>;
  readonly region: Region;
  readonly options: CallOptions;
  readonly known: KnownBigquery | undefined;
  readonly now: EpochMs;
}

/**
 * Tables, views and what they are made of, from the region's INFORMATION_SCHEMA. Of what is defined as it was in `known`, by the
 * service's own DDL text, nothing is asked but rows and bytes: two statements. Everything is five, and one more for every 40 datasets
 * (keys exist for one dataset at a time). Each is billed 10 MB at least.
 *
 * Rows and bytes are those of TABLE_STORAGE, seconds to minutes old. Keys and references are declared and not enforced;
 * a reference over several columns is left out, since nothing tells which column refers to which. A
 * materialized view counts as a table; a view in legacy SQL has no definition here.
 */
export async function readBigqueryCatalog(
  look: CatalogLook,
): Promise<{ readonly relations: readonly CatalogRelation[]; readonly known: KnownBigquery }> {
  const { session, region, options } = look;
  const { rows: tables } = await session.query(tablesSql(region), options);
  const marks = new Map(tables.map((row) => [idOf(row), cellText(row[4])]));
  const datasets = [...new Set(tables.map(([schema]) => cellText(schema)))];
  const known = await readChanged({
    ...look,
    marks,
    read: (only) => readParts(look, { only, datasets }),
  });
  const sizes = grouped((await session.query(sizesSql(region), options)).rows, (row) => [
    Number(row[2]),
    Number(row[3]),
  ]);
  const relations = tables.map((row): CatalogRelation => {
    const id = idOf(row);
    const isView = row[2] === 'VIEW';
    const [rows, bytes] = sizes.get(id)?.[0] ?? [];
    const { columns = [], comment, labels = {}, text } = known.parts.get(id)?.part ?? {};
    const own = known.shared.filter((one) => one.of === id);
    return {
      id,
      kind: isView ? 'view' : 'table',
      columns,
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
      ...(isView && text !== undefined ? { definitionSql: text } : {}),
      ...(comment === undefined ? {} : { comment: unquoted(comment) }),
      ...(Object.keys(labels).length === 0 ? {} : { tags: labels }),
      createdAt: Number(row[3]),
    };
  });
  return { relations, known };
}

async function readParts(
  { session, region, options }: CatalogLook,
  {
    only: ids,
    datasets,
  }: { readonly only: readonly RelationId[] | undefined; readonly datasets: readonly string[] },
): Promise<{
  readonly parts: ReadonlyMap<RelationId, Part>;
  readonly shared: readonly Constraint[];
}> {
  const rowsOf = async (sql: string) => (await session.query(sql, options)).rows;
  const only = (alias: string) => (ids === undefined ? '' : ` and ${namedOneOf(ids, alias)}`);
  const columns = grouped(await rowsOf(columnsSql(region, only('c'))), (row) => ({
    name: cellText(row[2]),
    type: cellText(row[3]),
    notNull: row[4] === 'NO',
    ...saidOf(row[5]),
  }));
  const text = (row: readonly Cell[]) => cellText(row[2]);
  const saidOfTables = await rowsOf(optionsSql(region, only('o')));
  const optionOf = (name: string) =>
    grouped(
      saidOfTables.filter((row) => row[3] === name),
      text,
    );
  const [descriptions, labels] = [optionOf('description'), optionOf('labels')];
  const views = grouped(await rowsOf(viewsSql(region, only('v'))), text);
  const constraints: Constraint[] = [];
  for (let from = 0; from < datasets.length; from += DATASETS_AT_ONCE) {
    const some = datasets.slice(from, from + DATASETS_AT_ONCE);
    constraints.push(...(await rowsOf(constraintsSql(region, some))).map(constraintOf));
  }
  const parts = [...columns].map(([id, own]) => {
    const part = {
      columns: own,
      comment: descriptions.get(id)?.[0],
      labels: labelsIn(labels.get(id)?.[0] ?? ''),
      text: views.get(id)?.[0],
    };
    return [id, part] as const;
  });
  return { parts: new Map(parts), shared: constraints };
}

function namedOneOf(ids: readonly RelationId[], alias: string): string {
  const pairs = ids.map((id) => {
    const { schema = '', name } = relationParts(id);
    return `(${quoteText(schema)}, ${quoteText(name)})`;
  });
  return `(${alias}.table_schema, ${alias}.table_name) in (${pairs.join(', ')})`;
}

/** The mark is another one after the table was made anew, or anything but its rows was changed: its DDL tells all of it. */
function tablesSql(region: Region): string {
  return `select t.table_schema, t.table_name, t.table_type, unix_millis(t.creation_time),
  cast(unix_millis(t.creation_time) as string) || ' ' || cast(farm_fingerprint(t.ddl) as string) as mark
from ${regionView(region, 'TABLES')} as t order by 1, 2`;
}

function columnsSql(region: Region, only: string): string {
  return `select c.table_schema, c.table_name, c.column_name, c.data_type, c.is_nullable, f.description
from ${regionView(region, 'COLUMNS')} as c left join ${regionView(region, 'COLUMN_FIELD_PATHS')} as f
  on f.table_schema = c.table_schema and f.table_name = c.table_name and f.column_name = c.column_name and f.field_path = c.column_name
where c.is_hidden = 'NO'${only} order by 1, 2, c.ordinal_position`;
}

function optionsSql(region: Region, only: string): string {
  return `select o.table_schema, o.table_name, o.option_value, o.option_name
from ${regionView(region, 'TABLE_OPTIONS')} as o where o.option_name in ('description', 'labels')${only}`;
}

function viewsSql(region: Region, only: string): string {
  return `select v.table_schema, v.table_name, v.view_definition
from ${regionView(region, 'VIEWS')} as v where v.use_standard_sql = 'YES'${only}`;
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
  readonly of: RelationId;
  readonly isPrimary: boolean;
  readonly columns: readonly string[];
  readonly references: RelationId;
  readonly referencedColumns: readonly string[];
}

function constraintOf(row: readonly Cell[]): Constraint {
  const names = (cell: Cell | undefined) => cellText(cell).split('\n');
  return {
    of: idOf(row),
    isPrimary: row[3] === 'PRIMARY KEY',
    columns: names(row[4]),
    references: relationId({ schema: cellText(row[0]), name: cellText(row[5]) }),
    referencedColumns: names(row[6]),
  };
}

/** Labels come as a literal of GoogleSQL, a list of pairs: `[STRUCT("team", "sales")]`. */
function labelsIn(literal: string): Readonly<Record<string, string>> {
  const pairs = literal.matchAll(/STRUCT\(("(?:[^"\\]|\\.)*"),\s*("(?:[^"\\]|\\.)*")\)/g);
  return Object.fromEntries(
    [...pairs].map(([, key = '', value = '']) => [unquoted(key), unquoted(value)]),
  );
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
): ReadonlyMap<RelationId, readonly Value[]> {
  const groups = new Map<RelationId, Value[]>();
  for (const row of rows) {
    const key = idOf(row);
    const group = groups.get(key) ?? [];
    group.push(read(row));
    groups.set(key, group);
  }
  return groups;
}

function idOf([schema, name]: readonly Cell[]): RelationId {
  return relationId({ schema: cellText(schema), name: cellText(name) });
}
