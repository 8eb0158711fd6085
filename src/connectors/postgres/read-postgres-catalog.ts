import { type RelationId, relationId } from '../../base/relation.ts';
import { saidOf } from '../catalog-tags.ts';
import { cellText } from '../cell-text.ts';
import type { CallOptions, CatalogRelation, Cell, Session } from '../connector.ts';
import { NAMED } from './named.ts';

/**
 * Tables, views and what they are made of, from the server's catalog: a few statements, whatever the number of relations. Names
 * in definitions are complete. Run inside one read-only transaction.
 *
 * Rows are the server's estimate (no row of an unread table is counted for us), bytes are those of the table and its long
 * values, without indexes. A partitioned table has the sums of its partitions, which are listed too.
 */
export async function readPostgresCatalog(
  session: Session,
  options: CallOptions,
): Promise<readonly CatalogRelation[]> {
  const rowsOf = async (sql: string) => (await session.query(sql, options)).rows;
  // Outside every schema a definition's names come out complete.
  await session.query("select pg_catalog.set_config('search_path', '', true)", options);
  const columns = grouped(await rowsOf(COLUMNS), (row) => ({
    name: cellText(row[1]),
    type: cellText(row[2]),
    notNull: row[3] === true,
    ...saidOf(row[4]),
  }));
  const keys = grouped(await rowsOf(KEYS), (row) => ({
    columns: names(row[1]),
    primary: row[2] === true,
  }));
  const foreignKeys = grouped(await rowsOf(FOREIGN_KEYS), (row) => ({
    columns: names(row[1]),
    references: idOf(row[2], row[3]),
    referencedColumns: names(row[4]),
  }));
  return (await rowsOf(RELATIONS)).map((row) => {
    const [oid, schema, name, kind, comment, rows, bytes, definition] = row;
    const key = Number(oid);
    return {
      id: idOf(schema, name),
      kind: kind === 'v' ? 'view' : 'table',
      columns: columns.get(key) ?? [],
      keys: keys.get(key) ?? [],
      foreignKeys: foreignKeys.get(key) ?? [],
      ...(kind === 'v' || rows === null ? {} : { rows: Number(rows) }),
      ...(kind === 'v' ? {} : { bytes: Number(bytes) }),
      ...(kind === 'v' ? { definitionSql: cellText(definition).trim().replace(/;$/, '') } : {}),
      ...(typeof comment === 'string' ? { comment } : {}),
    };
  });
}

/** Nobody's session and no extension's furniture. */
const PEOPLES = `n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and n.nspname !~ '^pg_(toast_)?temp_'
  and c.relkind in ('r', 'p', 'v', 'm', 'f')
  and not exists (
    select 1 from pg_catalog.pg_depend as e
    where e.classid = 'pg_catalog.pg_class'::regclass and e.objid = c.oid and e.deptype = 'e'
  )`;

/** A table never analyzed has -1 there; then what the activity statistics know, else, as the planner does, what its pages could hold. */
const ESTIMATED = `case
    when t.reltuples >= 0 then t.reltuples
    when pg_catalog.pg_stat_get_live_tuples(t.oid) > 0 then pg_catalog.pg_stat_get_live_tuples(t.oid)
    else ceil(pg_catalog.pg_relation_size(t.oid) / (28.0 + 8 * t.relnatts))
  end`;

const RELATIONS = `select c.oid, n.nspname::text, c.relname::text, c.relkind::text, pg_catalog.obj_description(c.oid, 'pg_class'),
  size.rows::bigint, size.bytes, case when c.relkind = 'v' then pg_catalog.pg_get_viewdef(c.oid) end
${NAMED} cross join lateral (
  select sum(${ESTIMATED}) as rows, coalesce(sum(pg_catalog.pg_table_size(t.oid)), 0) as bytes
  from pg_catalog.pg_class as t
  where t.oid = c.oid and t.relkind in ('r', 'm')
    or c.relkind = 'p' and t.relkind = 'r' and t.oid in (select relid from pg_catalog.pg_partition_tree(c.oid))
) as size
where ${PEOPLES}
order by 2, 3`;

const COLUMNS = `select c.oid, a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,
  pg_catalog.col_description(c.oid, a.attnum)
${NAMED} join pg_catalog.pg_attribute as a on a.attrelid = c.oid
where ${PEOPLES} and a.attnum > 0 and not a.attisdropped
order by c.oid, a.attnum`;

/** Unique indexes count as keys where they hold for every row at every moment: whole, over plain columns, not deferred. */
const KEYS = `select c.oid, ${namesOf('i.indkey::smallint[]', { within: 'c.oid', length: 'i.indnkeyatts' })}, i.indisprimary
${NAMED} join pg_catalog.pg_index as i on i.indrelid = c.oid
where ${PEOPLES} and i.indisunique and i.indisvalid and i.indimmediate and i.indpred is null and i.indexprs is null
order by c.oid, not i.indisprimary, i.indexrelid`;

const FOREIGN_KEYS = `select c.oid, ${namesOf('k.conkey', { within: 'c.oid' })}, rn.nspname::text, rc.relname::text,
  ${namesOf('k.confkey', { within: 'rc.oid' })}
${NAMED} join pg_catalog.pg_constraint as k on k.conrelid = c.oid
  join pg_catalog.pg_class as rc on rc.oid = k.confrelid join pg_catalog.pg_namespace as rn on rn.oid = rc.relnamespace
where ${PEOPLES} and k.contype = 'f' and k.convalidated
order by c.oid, k.oid`;

/** Column numbers as a JSON array of names, in order. */
function namesOf(
  numbers: string,
  { within, length }: { readonly within: string; readonly length?: string },
): string {
  const first = length === undefined ? '' : ` where at.position <= ${length}`;
  return `(
    select json_agg(named.attname order by at.position)::text
    from unnest(${numbers}) with ordinality as at(number, position)
      join pg_catalog.pg_attribute as named on named.attrelid = ${within} and named.attnum = at.number${first}
  )`;
}

function grouped<Value>(
  rows: readonly (readonly Cell[])[],
  read: (row: readonly Cell[]) => Value,
): ReadonlyMap<number, readonly Value[]> {
  const groups = new Map<number, Value[]>();
  for (const row of rows) {
    const key = Number(row[0]);
    const group = groups.get(key) ?? [];
    group.push(read(row));
    groups.set(key, group);
  }
  return groups;
}

function idOf(schema: Cell | undefined, name: Cell | undefined): RelationId {
  return relationId({ schema: cellText(schema), name: cellText(name) });
}

function names(cell: Cell | undefined): readonly string[] {
  return JSON.parse(cellText(cell) || '[]') as string[];
}
