import type { Readable } from 'node:stream';
import type {
  Column,
  Connection,
  FileAndStageBindStatement,
  RowStatement,
  SnowflakeError,
} from 'snowflake-sdk';
import type { Cell } from '../connector.ts';
import { AS_TEXT, cellReader } from './cells.ts';

/** A statement under way, whose answer may be waited for, read and cancelled. */
export interface SentStatement {
  readonly answered: Promise<RowStatement>;
  /** Asks the server to stop it; never rejects. */
  cancel(): void;
}

export interface StatementToSend {
  readonly sql: string;
  /** Session parameters for this statement alone. */
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
}

/**
 * Sends one statement. The driver sends it again under the same request id where the answer was lost, and the server carries
 * a request id out once.
 */
export function sendStatement(
  connection: Connection,
  { sql, parameters }: StatementToSend,
): SentStatement {
  const answer = Promise.withResolvers<RowStatement>();
  const complete = (
    error: SnowflakeError | undefined,
    statement: RowStatement | FileAndStageBindStatement,
  ) => (error ? answer.reject(error) : answer.resolve(statement));
  const statement = connection.execute({
    sqlText: sql,
    parameters: { ...parameters },
    streamResult: true,
    fetchAsString: [...AS_TEXT],
    rowMode: 'array',
    complete,
  });
  answer.promise.catch(ignoreSinceAwaited);
  return { answered: answer.promise, cancel: () => statement.cancel(ignoreSinceWatched) };
}

/** Rows as cells, so many at a time; the driver holds a few chunks ahead of the reader. */
export async function* rowsOf(
  rows: Readable,
  { columns, size }: { readonly columns: readonly Column[]; readonly size: number },
): AsyncGenerator<readonly (readonly Cell[])[]> {
  const readers = columns.map(cellReader);
  let batch: (readonly Cell[])[] = [];
  for await (const row of rows as AsyncIterable<readonly unknown[]>) {
    batch.push(readers.map((read, at) => read(row[at])));
    if (batch.length >= size) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) {
    yield batch;
  }
}

function ignoreSinceAwaited(): void {
  // Whoever waits for the answer gets the error.
}

function ignoreSinceWatched(): void {
  // The watchdog gives up on a server that does not answer.
}
