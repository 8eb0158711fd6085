import { randomUUID } from 'node:crypto';
import type { DuckDBConnection, DuckDBInstance, DuckDBResult } from '@duckdb/node-api';
import type { Cell } from '../../src/connectors/connector.ts';
import { rowsOfChunk } from '../../src/connectors/duckdb/cells.ts';
import type { Changes } from './changes.ts';
import type { DatabricksGrants } from './databricks-grants.ts';
import { carryOutMaterialized, recogniseMaterialized } from './databricks-materialized.ts';
import type { ResultColumn } from './databricks-results.ts';
import { keyOf, recognise } from './databricks-sql.ts';
import type { Holds } from './holds.ts';
import { keepInterrupting } from './keep-interrupting.ts';

export interface StatementFailure {
  readonly sqlState: string;
  readonly message: string;
}

/** A statement under way, as the server keeps it until it is closed. */
export interface RunningStatement {
  readonly id: string;
  readonly text: string;
  readonly user: string;
  readonly startedAt: number;
  state: 'running' | 'finished' | 'cancelled' | 'failed' | 'timed-out';
  failure?: StatementFailure;
  columns: readonly ResultColumn[];
  /** Rows of the next pages; absent where the statement has no result. */
  take?: (rows: number) => Promise<{ rows: (readonly Cell[])[]; more: boolean }>;
  /** Resolves when its state will not change any more. */
  ended: Promise<void>;
  cancel(): void;
}

export interface ServerSession {
  readonly user: string;
  readonly connection: DuckDBConnection;
  readonly settings: Map<string, string>;
  readonly changes: Changes;
  readonly holds: Holds;
  readonly grants: DatabricksGrants;
  /** What DuckDB does on its connection right now, and for which statement. */
  readonly busy: Map<Promise<unknown>, RunningStatement>;
}

export async function openServerSession(
  instance: DuckDBInstance,
  {
    user,
    catalog,
    schema,
    ...kept
  }: {
    readonly user: string;
    readonly catalog: string;
    readonly schema: string;
    readonly changes: Changes;
    readonly holds: Holds;
    readonly grants: DatabricksGrants;
  },
): Promise<ServerSession> {
  const connection = await instance.connect();
  await connection.run(`use ${catalog}."${schema}"`);
  await connection.run(`set variable user = '${user}'`);
  await connection.run("set timezone = 'UTC'");
  return { user, connection, settings: new Map(), busy: new Map(), ...kept };
}

/** Stops what runs in a session, waits for its end, and closes it: DuckDB crashes where a connection is closed under its statement. */
export async function closeServerSession({ busy, connection }: ServerSession): Promise<void> {
  for (const statement of busy.values()) {
    statement.cancel();
  }
  await Promise.allSettled(busy.keys());
  connection.closeSync();
}

async function during<Result>(
  { busy }: ServerSession,
  { statement, work }: { readonly statement: RunningStatement; readonly work: Promise<Result> },
): Promise<Result> {
  busy.set(work, statement);
  try {
    return await work;
  } finally {
    busy.delete(work);
  }
}

/** Begins a statement; its state tells when it is done. */
export function startStatement(session: ServerSession, text: string): RunningStatement {
  const statement: RunningStatement = {
    id: randomUUID(),
    text,
    user: session.user,
    startedAt: Date.now(),
    state: 'running',
    columns: [],
    ended: Promise.resolve(),
    cancel() {
      if (statement.state === 'running') {
        statement.state = 'cancelled';
        keepInterrupting(session.connection, statement.ended);
      }
    },
  };
  const seconds = Number(session.settings.get('statement_timeout') ?? 0);
  const timer =
    seconds === 0
      ? undefined
      : setTimeout(() => {
          if (statement.state === 'running') {
            statement.state = 'timed-out';
            keepInterrupting(session.connection, statement.ended);
          }
        }, seconds * 1000);
  statement.ended = execute(session, statement)
    .then(
      () => {
        statement.state = statement.state === 'running' ? 'finished' : statement.state;
      },
      (error: unknown) => {
        if (statement.state === 'running') {
          statement.state = 'failed';
          statement.failure = failureOf(error);
        }
      },
    )
    .finally(() => clearTimeout(timer));
  return statement;
}

async function execute(session: ServerSession, statement: RunningStatement): Promise<void> {
  await session.holds.take(statement.text);
  await during(session, { statement, work: carryOut(session, statement) });
  const { take } = statement;
  if (take !== undefined) {
    statement.take = (rows) => during(session, { statement, work: take(rows) });
  }
}

async function carryOut(session: ServerSession, statement: RunningStatement): Promise<void> {
  const { connection, settings } = session;
  session.grants.require(session.user, statement.text);
  const [, explained] = /^(?:\s*\/\*[\s\S]*?\*\/)*\s*explain\s+([^]*)$/i.exec(statement.text) ?? [];
  if (explained !== undefined) {
    statement.columns = [{ name: 'plan', duckdbType: 'VARCHAR' }];
    const rows = [[await planOf(connection, explained)]];
    statement.take = async () => ({ rows: rows.splice(0), more: false });
    return;
  }
  const materialized = recogniseMaterialized(statement.text);
  const told = materialized && (await carryOutMaterialized(connection, materialized));
  if (told !== undefined) {
    statement.columns = ['key', 'value'].map((name) => ({ name, duckdbType: 'VARCHAR' }));
    statement.take = async () => ({ rows: [...told], more: false });
    return;
  }
  const recognised = recognise(await ofItsKind(connection, statement.text));
  if (recognised.kind === 'setting') {
    const [name = '', value = ''] = recognised.setting ?? [];
    settings.set(name, value);
    return;
  }
  if (recognised.kind === 'history') {
    const version = session.changes.lastOf(recognised.of ?? '');
    statement.columns = [{ name: 'version', duckdbType: 'BIGINT' }];
    statement.take = async () => ({ rows: [[String(version)]], more: false });
    return;
  }
  const last = recognised.sql.length - 1;
  for (const sql of recognised.sql.slice(0, last)) {
    await connection.run(sql);
  }
  const result = await connection.stream(recognised.sql[last] ?? 'select 1');
  session.changes.note(statement.text);
  const names = result.columnNames();
  const isRead = /^\s*(\/\*[\s\S]*?\*\/\s*)*(select|with|values|describe|show|explain|table)\b/i;
  const types = result.columnTypes().map(String);
  statement.columns = names.map((name, at) => ({ name, duckdbType: types[at] ?? 'VARCHAR' }));
  if (isRead.test(statement.text)) {
    statement.take = pagesOf(result, await result.fetchChunk());
    return;
  }
  const count = Number((await result.fetchChunk())?.getRows()[0]?.[0] ?? 0);
  statement.columns = [{ name: 'num_affected_rows', duckdbType: 'BIGINT' }];
  statement.take = async () => ({ rows: [[count]], more: false });
}

/** As Spark tells it: what is wrong with a statement is the answer, and no error. Nothing is carried out. */
async function planOf(connection: DuckDBConnection, text: string): Promise<string> {
  if (/^\s*(create|refresh)\s+materialized\b/i.test(text)) {
    throw new Error('a pipeline would be started: this must never be sent');
  }
  try {
    const { kind, sql } = recognise(await ofItsKind(connection, text));
    if (kind !== 'run') {
      throw new Error(`Parser Error: ${kind}`);
    }
    // What else is kept beside, comments and owners, is bound by the statement itself.
    const [first = ''] = sql.filter((each) => !/^begin$/i.test(each));
    const [, whole, part] =
      /^(?:comment\s+on\s+(?:table|view)|drop\s+materialized\s+view)\s+(\S+)|^comment\s+on\s+column\s+(\S+)\.[^.\s]+\s/i.exec(
        first,
      ) ?? [];
    const of = whole ?? part;
    await connection.run(
      `explain ${of === undefined ? first : `select * from ${of.replaceAll('`', '"')}`}`,
    );
    return '== Physical Plan ==';
  } catch (error) {
    return `Error occurred during query planning: \n${failureOf(error).message}`;
  }
}

/** COMMENT ON knows views as tables, and DuckDB does not. */
async function ofItsKind(connection: DuckDBConnection, text: string): Promise<string> {
  const [head = '', name = ''] =
    /^(?:\s*\/\*[\s\S]*?\*\/)*\s*comment\s+on\s+table\s+(\S+)/i.exec(text) ?? [];
  if (name === '') {
    return text;
  }
  const view = await connection.runAndReadAll(
    `select 1 from duckdb_views() where schema_name || '.' || view_name = '${keyOf(name)}'`,
  );
  return view.currentRowCount === 0
    ? text
    : text.replace(head, head.replace(/on\s+table/i, 'on view'));
}

type Chunk = Awaited<ReturnType<DuckDBResult['fetchChunk']>>;

function pagesOf(result: DuckDBResult, first: Chunk): NonNullable<RunningStatement['take']> {
  let next: Chunk | undefined = first;
  return async (most) => {
    const rows: (readonly Cell[])[] = [];
    while (next !== undefined && next !== null && next.rowCount > 0 && rows.length < most) {
      rows.push(...rowsOfChunk(next));
      next = await result.fetchChunk();
    }
    return { rows, more: next !== undefined && next !== null && next.rowCount > 0 };
  };
}

/** What Databricks says in such a case, by DuckDB's first words. */
const FAILURES: readonly (readonly [RegExp, string, string])[] = [
  [
    /^Catalog Error: (Table|View)[^!]*?"?([\w.]+)"? does not exist/,
    '42P01',
    'TABLE_OR_VIEW_NOT_FOUND',
  ],
  [/^\[TABLE_OR_VIEW_NOT_FOUND/, '42P01', 'TABLE_OR_VIEW_NOT_FOUND'],
  [/Parser Error/, '42601', 'PARSE_SYNTAX_ERROR'],
  [/^Conversion Error/, '22018', 'CAST_INVALID_INPUT'],
  [/^Binder Error/, '42703', 'UNRESOLVED_COLUMN.WITH_SUGGESTION'],
  [/MATERIALIZED_VIEW_NOT_INCREMENTALIZABLE/, '42601', 'MATERIALIZED_VIEW_NOT_INCREMENTALIZABLE'],
  [/MATERIALIZED_VIEW_OPERATION_NOT/, '56038', 'MATERIALIZED_VIEW_OPERATION_NOT_ALLOWED'],
  [/INSUFFICIENT_PERMISSIONS/, '42501', 'INSUFFICIENT_PERMISSIONS'],
  [/^TransactionContext Error: Conflict|^Transaction conflict/, '2D521', 'DELTA_CONCURRENT_APPEND'],
];

function failureOf(error: unknown): StatementFailure {
  const text = error instanceof Error ? error.message : String(error);
  const [form, sqlState = 'XX000', name = 'INTERNAL_ERROR'] =
    FAILURES.find(([found]) => found.test(text)) ?? [];
  if (text.startsWith('[')) {
    return { sqlState, message: `${text}. SQLSTATE: ${sqlState}` };
  }
  const object = form?.exec(text)?.[2];
  const named = /Table with name (\w+)/.exec(text)?.[1] ?? object;
  const detail = named === undefined ? text : `The table or view \`${named}\` cannot be found.`;
  return { sqlState, message: `[${name}] ${detail} SQLSTATE: ${sqlState}` };
}
