import type { DuckDBConnection } from '@duckdb/node-api';
import { lastTwoOf } from './snowflake-names.ts';
import { recognise, upperCased } from './snowflake-sql.ts';
import { DATABASE } from './snowflake-world.ts';

const DYNAMIC = `"${DATABASE}"."SNOW_INFORMATION".own_dynamic`;

/** A statement about dynamic tables. */
export type DynamicStatement =
  | {
      readonly kind: 'create';
      readonly name: string;
      readonly options: string;
      readonly query: string;
    }
  | { readonly kind: 'comment'; readonly name: string; readonly comment: string }
  | { readonly kind: 'refresh' | 'suspend' | 'resume' | 'drop' | 'ddl'; readonly name: string };

const NAME = String.raw`((?:"(?:[^"]|"")*"|[A-Z0-9_$]+)(?:\.(?:"(?:[^"]|"")*"|[A-Z0-9_$]+))*)`;

export function recogniseDynamic(text: string): DynamicStatement | undefined {
  const sql = upperCased(text).trim();
  const created = new RegExp(
    `^CREATE (?:TRANSIENT )?DYNAMIC TABLE ${NAME}((?:'(?:[^']|'')*'|(?!\\bAS\\b)[^'])*)\\bAS\\b`,
  ).exec(sql);
  if (created !== null) {
    const [all, name = '', options = ''] = created;
    return { kind: 'create', name, options, query: sql.slice(all.length) };
  }
  const altered = new RegExp(`^ALTER DYNAMIC TABLE ${NAME} (REFRESH|SUSPEND|RESUME)$`).exec(sql);
  if (altered !== null) {
    const [, name = '', verb = ''] = altered;
    const kind = verb.toLowerCase();
    return kind === 'refresh' || kind === 'suspend' ? { kind, name } : { kind: 'resume', name };
  }
  const said = new RegExp(`^ALTER DYNAMIC TABLE ${NAME} SET COMMENT = ('(?:[^']|'')*')$`).exec(sql);
  if (said !== null) {
    const [, name = '', comment = ''] = said;
    return { kind: 'comment', name, comment };
  }
  const dropped = new RegExp(`^DROP DYNAMIC TABLE ${NAME}$`).exec(sql)?.[1];
  if (dropped !== undefined) {
    return { kind: 'drop', name: dropped };
  }
  const ddl = /^SELECT GET_DDL\('DYNAMIC_TABLE', '((?:[^']|'')*)'\)/.exec(sql)?.[1];
  return ddl === undefined ? undefined : { kind: 'ddl', name: ddl };
}

/** Says why Snowflake would not make it; nothing where it would. */
export function whyNotMade({
  options,
  query,
}: Extract<DynamicStatement, { readonly kind: 'create' }>): string | undefined {
  if (!/\bWAREHOUSE = ("[^"]+"|\w+)/.test(options)) {
    return 'Missing option(s): [WAREHOUSE]';
  }
  const lag = Number(/\bTARGET_LAG = '(\d+) seconds'/i.exec(options)?.[1] ?? 0);
  if (lag < 60) {
    return `Invalid value for target lag '${lag} seconds'. Must be at least 60 seconds`;
  }
  const strange = NOT_BY_CHANGES.find((each) => each.test(query));
  return /\bREFRESH_MODE = INCREMENTAL\b/.test(options) && strange !== undefined
    ? `Dynamic Tables with refresh mode INCREMENTAL do not support ${strange.source}`
    : undefined;
}

/** What its incremental refresh does not take. */
const NOT_BY_CHANGES: readonly RegExp[] = [
  /\bLIMIT\b/,
  /\bEXISTS\b/,
  /\bIN\s*\(\s*SELECT\b/,
  /\b(ROLLUP|CUBE|GROUPING SETS)\b/,
  /\b(MINUS|EXCEPT|INTERSECT)\b/,
  /\bUNPIVOT\b/,
  /\b(RANDOM|UUID_STRING|CURRENT_USER)\b/,
];

/** A dynamic table is a table here, with the query it is refreshed by beside it. */
export async function makeDynamic(
  connection: DuckDBConnection,
  {
    statement: { name, options, query },
    typed,
  }: {
    readonly statement: Extract<DynamicStatement, { readonly kind: 'create' }>;
    readonly typed: string;
  },
): Promise<void> {
  const found = recognise(query.trim());
  const sql = found.kind === 'run' ? found.sql : query;
  await connection.run(`create table ${name} as ${sql}`);
  const comment = /\bCOMMENT\s*=\s*('(?:[^']|'')*')/.exec(options)?.[1];
  if (comment !== undefined) {
    await connection.run(`comment on table ${name} is ${comment}`);
  }
  const [schema, bare] = lastTwoOf(name);
  await connection.run(
    `insert into ${DYNAMIC} values (${text(schema)}, ${text(bare)}, ${text(typed)}, ${text(sql)}, '{"state":"ACTIVE"}', 'SUCCEEDED')`,
  );
}

/** All or nothing, as a refresh is. */
export async function refreshDynamic(connection: DuckDBConnection, name: string): Promise<void> {
  const [schema, bare] = lastTwoOf(name);
  const found = await connection.runAndReadAll(`select query from ${DYNAMIC} where ${named(name)}`);
  const query = String(found.getRows()[0]?.[0] ?? '');
  const own = `"${DATABASE}"."${schema}"."${bare}"`;
  await connection.run('begin');
  try {
    await connection.run(`delete from ${own}`);
    await connection.run(`insert into ${own} ${query}`);
    await connection.run('commit');
  } catch (error) {
    await connection.run('rollback');
    await connection.run(`update ${DYNAMIC} set last_state = 'FAILED' where ${named(name)}`);
    throw error;
  }
  await connection.run(`update ${DYNAMIC} set last_state = 'SUCCEEDED' where ${named(name)}`);
}

/** What the account's scheduler does when a lag has passed: those that are suspended, or fail, stay as they are. */
export async function refreshAllDynamic(connection: DuckDBConnection): Promise<void> {
  const found = await connection.runAndReadAll(
    `select schema_name, object_name from ${DYNAMIC} where scheduling_state like '%ACTIVE%'`,
  );
  for (const [schema, name] of found.getRows()) {
    await refreshDynamic(connection, `"${String(schema)}"."${String(name)}"`).catch(ignoreFailure);
  }
}

/** It is told by the table's last state. */
function ignoreFailure(): void {}

/** Its text tells the comment too. */
export async function commentOnDynamic(
  connection: DuckDBConnection,
  { name, comment }: { readonly name: string; readonly comment: string },
): Promise<void> {
  await connection.run(`comment on table ${name} is ${comment}`);
  const ddl = (await ddlOf(connection, name)) ?? '';
  const typed = ddl.replace(/\bcomment\s*=\s*'(?:[^']|'')*'/i, () => `comment = ${comment}`);
  await connection.run(`update ${DYNAMIC} set typed = ${text(typed)} where ${named(name)}`);
}

export async function changeDynamic(
  connection: DuckDBConnection,
  { kind, name }: { readonly kind: 'suspend' | 'resume' | 'drop'; readonly name: string },
): Promise<void> {
  if (kind === 'drop') {
    await connection.run(`drop table ${name}`);
    await connection.run(`delete from ${DYNAMIC} where ${named(name)}`);
    return;
  }
  const state =
    kind === 'suspend'
      ? '{"state":"SUSPENDED","reason_code":"USER_SUSPENDED"}'
      : '{"state":"ACTIVE"}';
  await connection.run(`update ${DYNAMIC} set scheduling_state = '${state}' where ${named(name)}`);
}

export async function ddlOf(connection: DuckDBConnection, name: string): Promise<string | null> {
  const found = await connection.runAndReadAll(`select typed from ${DYNAMIC} where ${named(name)}`);
  const [row] = found.getRows();
  return row === undefined ? null : String(row[0]);
}

/** Its rows are the account's: nobody writes to it. */
export async function isDynamic(connection: DuckDBConnection, sql: string): Promise<boolean> {
  const written = new RegExp(
    `^(?:INSERT INTO|UPDATE|DELETE FROM|MERGE INTO|TRUNCATE TABLE|DROP TABLE) ${NAME}`,
  ).exec(upperCased(sql).trim())?.[1];
  return written !== undefined && (await ddlOf(connection, written)) !== null;
}

function named(name: string): string {
  const [schema, bare] = lastTwoOf(name);
  return `schema_name = ${text(schema)} and object_name = ${text(bare)}`;
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
