import { quoteName, quoteText } from '../quote.ts';

const KEY = "(userid::text || '/' || dbid::text || '/' || queryid::text)";

/** Statements of this database only, not those within functions; those whose text we may not see have no hash. */
const COUNTED =
  'queryid is not null and toplevel and dbid = (select oid from pg_catalog.pg_database where datname = current_database())';

export interface CountersView {
  /** `pg_stat_statements`, or a customer's own view with its columns, as SQL writes it. */
  readonly relation: string;
  /** Whose statements are left out. */
  readonly ownUsers: readonly string[];
}

/** Counts, milliseconds, rows, blocks, and milliseconds of waiting for files, by who ran what. */
export function countersSql(view: CountersView, columns: readonly string[]): string {
  return `select ${KEY}, sum(calls)::float8, sum(total_exec_time)::float8, sum(rows)::float8, sum(shared_blks_hit + shared_blks_read)::float8, sum(${waitingIn(columns)})::float8
from ${view.relation} where ${counted(view)} group by 1`;
}

export function textsSql({ relation }: CountersView, keys: readonly string[]): string {
  const list = keys.map(quoteText).join(', ');
  return `select ${KEY}, min(query), pg_catalog.pg_get_userbyid(userid)::text, current_database()::text
from ${relation} where ${COUNTED} and ${KEY} in (${list}) group by 1, userid`;
}

/** How many entries there are, and how many of them are told. */
export function entriesSql(view: CountersView): string {
  return `select count(*)::float8, count(*) filter (where ${counted(view)})::float8 from ${view.relation}`;
}

/** The view's columns, and the schema in which the server tells what it forgot, where there is one that we may enter. */
export function knownSql(relation: string): string {
  return `select (select pg_catalog.string_agg(a.attname, ',') from pg_catalog.pg_attribute as a
    where a.attrelid = pg_catalog.to_regclass(${quoteText(relation)}) and a.attnum > 0 and not a.attisdropped),
  (select n.nspname::text from pg_catalog.pg_extension as e join pg_catalog.pg_namespace as n on n.oid = e.extnamespace
    join pg_catalog.pg_class as c on c.relnamespace = n.oid and c.relname = 'pg_stat_statements_info'
    where e.extname = 'pg_stat_statements' and has_schema_privilege(n.oid, 'usage'))`;
}

/** Since when it counts, how often it made room by forgetting what ran least, and how many entries it holds. */
export function forgotSql(schema: string): string {
  return `select stats_reset::text, dealloc::float8, current_setting('pg_stat_statements.max', true)::float8
from ${quoteName(schema)}.pg_stat_statements_info`;
}

function counted({ ownUsers }: CountersView): string {
  const others = ownUsers.map(quoteText).join(', ');
  return others === ''
    ? COUNTED
    : `${COUNTED} and pg_catalog.pg_get_userbyid(userid)::text not in (${others})`;
}

/** Until 16 blocks of tables and indexes of all kinds are one; from 17 on those of temporary tables stand apart. All are zero while `track_io_timing` is off. */
const WAITING = [
  'blk_read_time',
  'blk_write_time',
  'shared_blk_read_time',
  'shared_blk_write_time',
  'local_blk_read_time',
  'local_blk_write_time',
  'temp_blk_read_time',
  'temp_blk_write_time',
];

function waitingIn(columns: readonly string[]): string {
  return WAITING.filter((column) => columns.includes(column)).join(' + ') || '0';
}
