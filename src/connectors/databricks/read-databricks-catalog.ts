import type { EpochMs } from '../../base/clock.ts';
import { type RelationId, relationParts } from '../../base/relation.ts';
import { type CatalogTags, ownTags, saidOf, tagsByRelation, withTags } from '../catalog-tags.ts';
import { cellText } from '../cell-text.ts';
import type { CallOptions, CatalogOptions, CatalogRelation, Cell, Session } from '../connector.ts';
import { ConnectorError } from '../connector-error.ts';
import { isKeptFromUs, type KnownCatalog, readChanged } from '../known-catalog.ts';
import { type Constraint, constraints, FOREIGN_KEYS, KEYS } from './declared-keys.ts';
import { databricksNames, idOf } from './names.ts';

/** Tables whose rows are counted by one statement: Delta answers from its log. */
const COUNTED_AT_ONCE = 50;
/** More tables than this are not asked for their size: their number alone would make a bill. */
const MOST_SIZES = 500;
/** Each table's size is a statement of its own; so many are asked at a time. */
const SIZES_AT_ONCE = 4;

/** What was read of a catalog. */
export type KnownDatabricks = KnownCatalog<Part, Shared>;

interface Part {
  readonly columns: CatalogRelation['columns'];
  /** The text of a view; absent where it is kept from us. */
  readonly text: string | undefined;
}

interface Shared {
  readonly keys: ReadonlyMap<RelationId, readonly Constraint[]>;
  readonly foreignKeys: ReadonlyMap<RelationId, readonly Constraint[]>;
  readonly tags: ReadonlyMap<RelationId, CatalogTags>;
}

interface CatalogLook {
  readonly session: Pick<Session, 'query'>;
  /** Who owns what is ours, where there is one: the text of a view is told to its owner alone. */
  readonly owner?: Pick<Session, 'query'> | undefined;
  readonly options: CatalogOptions;
  readonly known: KnownDatabricks | undefined;
  readonly now: EpochMs;
}

/**
 * Tables, views and what they are made of, from the information schema of the session's own catalog, which tells what this
 * identity may see. Columns, keys and texts of what was not altered since `known` are taken from there: but for rows and bytes
 * it is one statement then.
 *
 * Rows of Delta tables are exact, counted from their logs; bytes are those of the current version's files.
 * What we may not read has no rows and no bytes; without sizes nothing has.
 */
export async function readDatabricksCatalog(
  look: CatalogLook,
): Promise<{ readonly relations: readonly CatalogRelation[]; readonly known: KnownDatabricks }> {
  const { session } = look;
  const { withoutSizes, ...options } = look.options;
  const { rows: found } = await session.query(RELATIONS, options);
  const marks = new Map(
    found.map((row) => {
      const id = idOf(row[0], row[1]);
      const isKept = row[2] === 'view' && isKeptFromUs(look.known, id);
      return [id, isKept ? '' : cellText(row[5])];
    }),
  );
  const known = await readChanged({ ...look, marks, read: (only) => readParts(look, only) });
  const delta = found
    .filter(([, , kind, , format]) => kind === 'table' && KEPT.has(cellText(format)))
    .slice(0, withoutSizes === true ? 0 : MOST_SIZES)
    .map(([schema, name]) => idOf(schema, name));
  const rows = await countRows(session, { tables: delta, options });
  const bytes = await sizesOf(session, { tables: delta, options });
  const { keys, foreignKeys, tags } = known.shared;
  const relations = found.map(([schema, name, kind, comment]): CatalogRelation => {
    const id = idOf(schema, name);
    const [counted, size] = [rows.get(id), bytes.get(id)];
    const { columns = [], text } = known.parts.get(id)?.part ?? {};
    return {
      id,
      kind: kind === 'view' ? 'view' : 'table',
      columns: withTags(columns, tags.get(id)),
      keys: (keys.get(id) ?? []).map(({ columns: ofKey }) => ({ columns: ofKey, primary: true })),
      foreignKeys: (foreignKeys.get(id) ?? []).map(({ columns: from, to, toColumns }) => ({
        columns: from,
        references: to,
        referencedColumns: toColumns,
      })),
      ...(counted === undefined ? {} : { rows: counted }),
      ...(size === undefined ? {} : { bytes: size }),
      ...(kind === 'view' && text !== undefined
        ? { definitionSql: text.trim().replace(/;$/, '') }
        : {}),
      ...saidOf(comment),
      ...ownTags(tags.get(id)),
    };
  });
  return { relations, known };
}

async function readParts(
  { session, owner, options: { withoutSizes: _sizes, ...options } }: CatalogLook,
  ids: readonly RelationId[] | undefined,
): Promise<{ readonly parts: ReadonlyMap<RelationId, Part>; readonly shared: Shared }> {
  const rowsOf = async (sql: string) => (await session.query(sql, options)).rows;
  const only = ids === undefined ? '' : ` and ${namedOneOf(ids)}`;
  const [ofColumns, ofViews, ofOwned, ofKeys, ofForeignKeys, ofTags] = await Promise.all([
    rowsOf(columnsSql(only)),
    rowsOf(viewsSql(only)),
    owner?.query(viewsSql(only), options).then(({ rows }) => rows) ?? [],
    rowsOf(KEYS),
    rowsOf(FOREIGN_KEYS),
    rowsOf(TAGS),
  ]);
  const columns = grouped(ofColumns, (row) => ({
    name: cellText(row[2]),
    type: cellText(row[3]),
    notNull: row[4] === 'NO',
    ...saidOf(row[5]),
  }));
  const texts = new Map(
    [...ofViews, ...ofOwned].flatMap(([schema, name, text]) =>
      typeof text === 'string' ? [[idOf(schema, name), text] as const] : [],
    ),
  );
  return {
    parts: new Map(
      [...new Set([...columns.keys(), ...texts.keys()])].map((id) => [
        id,
        { columns: columns.get(id) ?? [], text: texts.get(id) },
      ]),
    ),
    shared: {
      keys: constraints(ofKeys),
      foreignKeys: constraints(ofForeignKeys),
      tags: tagsByRelation(ofTags),
    },
  };
}

function namedOneOf(ids: readonly RelationId[]): string {
  const pairs = ids.map((id) => {
    const { schema = '', name } = relationParts(id);
    return `(${databricksNames.text(schema)}, ${databricksNames.text(name)})`;
  });
  return `(table_schema, table_name) in (${pairs.join(', ')})`;
}

const MATERIALIZED = 'MATERIALIZED_VIEW';

const OWN = "table_catalog = current_catalog() and table_schema <> 'information_schema'";

/** What holds its rows in Delta's files. */
const KEPT = new Set(['DELTA', MATERIALIZED]);

/**
 * A materialized view is a table to whoever reads it: what it holds need not be what its query would give now. The mark is another
 * one after the relation was made anew, or its definition altered in any way.
 */
const RELATIONS = `select table_schema, table_name,
  case when table_type like '%VIEW%' and table_type <> '${MATERIALIZED}' then 'view' else 'table' end as kind,
  comment, case when table_type = '${MATERIALIZED}' then table_type else data_source_format end as kept_as,
  cast(unix_micros(created) as string) || ' ' || cast(unix_micros(last_altered) as string) || ' ' || table_type as mark
from information_schema.tables where ${OWN}
order by 1, 2`;

const columnsSql = (
  only: string,
) => `select table_schema, table_name, column_name, full_data_type, is_nullable, comment
from information_schema.columns where ${OWN}${only} order by table_schema, table_name, ordinal_position`;

const viewsSql = (only: string) => `select table_schema, table_name, view_definition
from information_schema.views where ${OWN}${only}`;

/** Tags leave no mark on what bears them. */
const TAGS = `select schema_name, table_name, cast(null as string) as column_name, tag_name, tag_value
from information_schema.table_tags where catalog_name = current_catalog()
union all
select schema_name, table_name, column_name, tag_name, tag_value
from information_schema.column_tags where catalog_name = current_catalog()`;

interface Sought {
  readonly tables: readonly RelationId[];
  readonly options: CallOptions;
}

/** One statement for many tables; where one of them may not be read, each by itself. */
async function countRows(
  session: Pick<Session, 'query'>,
  { tables, options }: Sought,
): Promise<ReadonlyMap<RelationId, number>> {
  const counts = new Map<RelationId, number>();
  const count = async (some: readonly RelationId[]): Promise<void> => {
    const sql = some
      .map((id, at) => `select ${at} as at, count(*) as n from ${databricksNames.relation(id)}`)
      .join('\nunion all\n');
    const { rows } = await session.query(sql, options);
    for (const [at, n] of rows) {
      counts.set(some[Number(at)] ?? idOf('', ''), Number(n));
    }
  };
  for (let from = 0; from < tables.length; from += COUNTED_AT_ONCE) {
    const some = tables.slice(from, from + COUNTED_AT_ONCE);
    if (!(await isReadable(() => count(some)))) {
      for (const one of some) {
        await isReadable(() => count([one]));
      }
    }
  }
  return counts;
}

async function sizesOf(
  session: Pick<Session, 'query'>,
  { tables, options }: Sought,
): Promise<ReadonlyMap<RelationId, number>> {
  const sizes = new Map<RelationId, number>();
  const waiting = [...tables];
  const askInTurn = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      const table = id;
      await isReadable(async () => {
        // Of a materialized view the account may not tell it.
        const sql = `describe detail ${databricksNames.relation(table)}`;
        const { columns, rows } = await session.query(sql, options);
        const at = columns.findIndex(({ name }) => name === 'sizeInBytes');
        const bytes = rows[0]?.[at];
        if (bytes !== undefined && bytes !== null) {
          sizes.set(table, Number(bytes));
        }
      });
    }
  };
  try {
    await Promise.all(Array.from({ length: SIZES_AT_ONCE }, askInTurn));
  } finally {
    // After a failure nobody asks on.
    waiting.length = 0;
  }
  return sizes;
}

/** Whether it went through; tables we may not read, and those dropped meanwhile, are left out. */
async function isReadable(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    const code = error instanceof ConnectorError ? error.code : undefined;
    if (code !== undefined && UNREADABLE.has(code)) {
      return false;
    }
    throw error;
  }
}

const UNREADABLE: ReadonlySet<string> = new Set([
  'CONNECTOR_PERMISSION_DENIED',
  'CONNECTOR_RELATION_MISSING',
  'CONNECTOR_BAD_SQL',
]);

function grouped<Value>(
  rows: readonly (readonly Cell[])[],
  read: (row: readonly Cell[]) => Value,
): ReadonlyMap<RelationId, readonly Value[]> {
  const groups = new Map<RelationId, Value[]>();
  for (const row of rows) {
    const key = idOf(row[0], row[1]);
    const group = groups.get(key) ?? [];
    group.push(read(row));
    groups.set(key, group);
  }
  return groups;
}
