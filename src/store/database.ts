import { asStoreError } from './store-error.ts';

/** What a cell of the state can hold. */
export type StoredValue = string | number | bigint | null | Uint8Array;

export type StoredRow = Readonly<Record<string, StoredValue>>;

/** A prepared statement. Its errors are `StoreError`s. */
export interface PreparedStatement {
  /** Returns how many rows it changed. */
  run(...values: readonly StoredValue[]): number;
  get(...values: readonly StoredValue[]): StoredRow | undefined;
  all(...values: readonly StoredValue[]): readonly StoredRow[];
  iterate(...values: readonly StoredValue[]): Iterable<StoredRow>;
  /** Rows as lists of their cells: half the time of `iterate`, for the tables that have a million. */
  cells(...values: readonly StoredValue[]): Iterable<readonly StoredValue[]>;
}

/** The state's database, as the rest of this folder sees it. */
export interface Database {
  readonly path: string;
  prepare(sql: string): PreparedStatement;
  exec(sql: string): void;
  /** All or nothing. Inside another one it is part of that one. */
  transaction<Result>(work: () => Result): Result;
  close(): void;
}

/** The part of SQLite's driver that is used. */
export interface SqliteDriver {
  prepare(sql: string): SqliteStatement;
  exec(sql: string): void;
  close(): void;
}

interface SqliteStatement {
  run(...values: StoredValue[]): { readonly changes: number | bigint };
  get(...values: StoredValue[]): Record<string, StoredValue> | undefined;
  all(...values: StoredValue[]): Record<string, StoredValue>[];
  iterate(...values: StoredValue[]): Iterable<unknown>;
  setReturnArrays(isArrays: boolean): void;
}

export function wrapDriver(driver: SqliteDriver, path: string): Database {
  let depth = 0;

  function guarded<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw asStoreError(error, path);
    }
  }

  return {
    path,
    prepare: (sql) =>
      wrapStatement(
        guarded(() => driver.prepare(sql)),
        { path, guarded },
      ),
    exec: (sql) => guarded(() => driver.exec(sql)),
    transaction(work) {
      if (depth > 0) {
        return work();
      }
      guarded(() => driver.exec('begin immediate'));
      depth += 1;
      try {
        const result = work();
        guarded(() => driver.exec('commit'));
        return result;
      } catch (error) {
        rollBack(driver);
        throw error;
      } finally {
        depth -= 1;
      }
    },
    close: () => guarded(() => driver.close()),
  };
}

interface StatementParts {
  readonly path: string;
  readonly guarded: <Result>(work: () => Result) => Result;
}

function wrapStatement(
  statement: SqliteStatement,
  { path, guarded }: StatementParts,
): PreparedStatement {
  return {
    run: (...values) => guarded(() => Number(statement.run(...values).changes)),
    get: (...values) => guarded(() => statement.get(...values)),
    all: (...values) => guarded(() => statement.all(...values)),
    *cells(...values) {
      try {
        statement.setReturnArrays(true);
        yield* statement.iterate(...values) as Iterable<readonly StoredValue[]>;
      } catch (error) {
        throw asStoreError(error, path);
      }
    },
    *iterate(...values) {
      try {
        statement.setReturnArrays(false);
        yield* statement.iterate(...values) as Iterable<StoredRow>;
      } catch (error) {
        throw asStoreError(error, path);
      }
    },
  };
}

/** SQLite has rolled back by itself after some errors (disk full); then there is nothing to do, and the first error counts. */
function rollBack(driver: SqliteDriver): void {
  try {
    driver.exec('rollback');
  } catch (error) {
    if (!String(error).includes('no transaction is active')) {
      throw error;
    }
  }
}
