import { type RelationId, relationId, relationParts } from '../../base/relation.ts';
import { bytesPerRow } from '../../cost/bytes-per-row.ts';
import { saidOf } from '../catalog-tags.ts';
import type { CallOptions, CatalogRelation, Cell, Session } from '../connector.ts';
import { qualifyViews } from './qualify-views.ts';
import { selectOfView } from './select-of-view.ts';

/**
 * All tables and views of all attached databases, those of the session's own database named without it (a DuckDB file's name
 * is its database's name, and files are renamed and copied), from DuckDB's own catalog, internal and temporary ones left out.
 *
 * Rows are counted exactly (a count over a native table reads no data: 2 ms for 3 million rows); bytes are rows times
 * the width of the columns' types, uncompressed. Give it the session of one transaction, so that all is of one moment.
 */
export async function readDuckdbCatalog(
  session: Session,
  options: CallOptions,
): Promise<readonly CatalogRelation[]> {
  const relations = new Map<string, Draft>();
  for (const row of await rowsOf(session, { sql: RELATIONS, options })) {
    const [database, schema, name, kind, sql, comment] = row.map(textOf);
    const id = relationId({ database, schema, name: name ?? '' });
    const draft: Draft = {
      id,
      kind: kind === 'view' ? 'view' : 'table',
      sql,
      comment,
      columns: [],
      keys: [],
      foreignKeys: [],
    };
    relations.set(id, draft);
  }
  for (const [database, schema, table, name, type, nullable, comment] of await rowsOf(session, {
    sql: COLUMNS,
    options,
  })) {
    draftOf(relations, [database, schema, table])?.columns.push({
      name: textOf(name) ?? '',
      type: textOf(type) ?? '',
      notNull: nullable === false,
      ...saidOf(comment),
    });
  }
  for (const row of await rowsOf(session, { sql: CONSTRAINTS, options })) {
    addConstraint(relations, row);
  }
  const all = { relations: [...relations.values()], options };
  const counts = await countRows(session, all);
  const [row] = await rowsOf(session, { sql: 'select current_database()', options });
  const own = textOf(row?.[0]) ?? '';
  const definitions = await readDefinitions(session, { ...all, own });
  return all.relations.map((draft) => finish(draft, { counts, definitions, own }));
}

interface Draft {
  readonly id: RelationId;
  readonly kind: 'table' | 'view';
  readonly sql: string | undefined;
  readonly comment: string | undefined;
  readonly columns: { name: string; type: string; notNull: boolean; comment?: string }[];
  readonly keys: { columns: readonly string[]; primary: boolean }[];
  readonly foreignKeys: {
    columns: readonly string[];
    references: RelationId;
    referencedColumns: readonly string[];
  }[];
}

const RELATIONS = `
select database_name, schema_name, table_name as name, 'table' as kind, null as sql, comment
from duckdb_tables() where not internal and not temporary
union all
select database_name, schema_name, view_name, 'view', sql, comment
from duckdb_views() where not internal and not temporary
order by all`;

const COLUMNS = `
select database_name, schema_name, table_name, column_name, data_type, is_nullable, comment
from duckdb_columns() where not internal
order by database_name, schema_name, table_name, column_index`;

const CONSTRAINTS = `
select database_name, schema_name, table_name, constraint_type, constraint_column_names, referenced_table, referenced_column_names
from duckdb_constraints() where constraint_type in ('PRIMARY KEY', 'UNIQUE', 'FOREIGN KEY')
order by database_name, schema_name, table_name, constraint_index`;

/** Tables counted in one statement. */
const COUNT_BATCH = 50;

async function rowsOf(
  session: Session,
  { sql, options }: { readonly sql: string; readonly options: CallOptions },
): Promise<QueryRows> {
  return (await session.query(sql, options)).rows;
}

type QueryRows = readonly (readonly Cell[])[];

function draftOf(
  relations: ReadonlyMap<string, Draft>,
  parts: readonly (Cell | undefined)[],
): Draft | undefined {
  const [database, schema, name] = parts.map(textOf);
  return relations.get(relationId({ database, schema, name: name ?? '' }));
}

function addConstraint(relations: ReadonlyMap<string, Draft>, row: readonly Cell[]): void {
  const [database, schema, table, type, columns, referenced, referencedColumns] = row;
  const draft = draftOf(relations, [database, schema, table]);
  if (draft === undefined) {
    return;
  }
  if (type !== 'FOREIGN KEY') {
    draft.keys.push({ columns: textsOf(columns), primary: type === 'PRIMARY KEY' });
    return;
  }
  draft.foreignKeys.push({
    columns: textsOf(columns),
    references: relationId({
      database: textOf(database),
      schema: textOf(schema),
      name: textOf(referenced) ?? '',
    }),
    referencedColumns: textsOf(referencedColumns),
  });
}

async function countRows(
  session: Session,
  { relations, options }: { readonly relations: readonly Draft[]; readonly options: CallOptions },
): Promise<ReadonlyMap<string, number>> {
  const tables = relations.filter(({ kind }) => kind === 'table').map(({ id }) => id);
  const counts = new Map<string, number>();
  for (let from = 0; from < tables.length; from += COUNT_BATCH) {
    const batch = tables.slice(from, from + COUNT_BATCH);
    const sql = batch
      .map((id, index) => `select ${from + index} as at, count(*) as rows from ${quoted(id)}`)
      .join(' union all ');
    for (const [at, rows] of await rowsOf(session, { sql, options })) {
      counts.set(tables[Number(at)] ?? '', Number(rows));
    }
  }
  return counts;
}

/** Every part in quotes, since a table may be called `order`. */
function quoted(id: RelationId): string {
  const { database, schema, name } = relationParts(id);
  return [database, schema, name]
    .filter((part) => part !== undefined)
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join('.');
}

/** Views' SELECTs by id, whose names mean the same whatever the search path. */
async function readDefinitions(
  session: Session,
  {
    relations,
    own,
    options,
  }: { readonly relations: readonly Draft[]; readonly own: string; readonly options: CallOptions },
): Promise<ReadonlyMap<string, string>> {
  const views = relations.flatMap(({ id, sql, columns }) =>
    sql === undefined
      ? []
      : [
          {
            id,
            sql: selectOfView(
              sql,
              columns.map(({ name }) => name),
            ),
          },
        ],
  );
  return qualifyViews(session, {
    database: own,
    views,
    relations: relations.map(({ id }) => id),
    options,
  });
}

interface Found {
  readonly counts: ReadonlyMap<string, number>;
  readonly definitions: ReadonlyMap<string, string>;
  readonly own: string;
}

function finish(
  { id, kind, columns, keys, foreignKeys, comment }: Draft,
  { counts, definitions, own }: Found,
): CatalogRelation {
  const rows = counts.get(id);
  const definitionSql = definitions.get(id);
  return {
    id: withoutOwn(id, own),
    kind,
    columns,
    keys,
    foreignKeys: foreignKeys.map((key) => ({
      ...key,
      references: withoutOwn(key.references, own),
    })),
    ...(rows === undefined ? {} : { rows, bytes: rows * bytesPerRow(columns) }),
    ...(definitionSql === undefined ? {} : { definitionSql }),
    ...(comment === undefined ? {} : { comment }),
  };
}

function withoutOwn(id: RelationId, own: string): RelationId {
  const { database, schema, name } = relationParts(id);
  return database === own ? relationId({ schema, name }) : id;
}

function textOf(cell: Cell | undefined): string | undefined {
  return typeof cell === 'string' ? cell : undefined;
}

function textsOf(cell: Cell | undefined): readonly string[] {
  return Array.isArray(cell) ? cell.map(String) : [];
}
