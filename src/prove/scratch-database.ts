import type { DuckDBResultReader } from '@duckdb/node-api';

/** The rows of an answer, each value as text; NULL is `null`. */
export type AnswerRows = readonly (readonly (string | null)[])[];

/** An empty in-memory database of our own, for trying statements on made-up rows. */
export interface ScratchDatabase {
  readonly run: (sql: string) => Promise<void>;
  /** Each row as the texts of its values; NULL is `null`. */
  readonly rows: (sql: string) => Promise<AnswerRows>;
  /** The answers of a SELECT with one parameter, `$number`, for each of these, one after the other; planned once. */
  readonly rowsForEach: (sql: string, numbers: readonly number[]) => Promise<AnswerRows>;
  /** Adds rows to a temporary table whose first column is an integer and whose others are texts. */
  readonly append: (table: string, rows: Iterable<NumberedRow>) => Promise<void>;
  readonly close: () => void;
}

export interface NumberedRow {
  readonly number: number;
  readonly values: readonly (string | null)[];
}

export interface ScratchLimits {
  /** A statement that takes longer is interrupted and fails: on made-up rows a recursion may never end. */
  readonly statementMs: number;
  readonly memory: string;
}

const LIMITS: ScratchLimits = { statementMs: 10_000, memory: '512MB' };

/** Opens one in this process; nothing outside it can be read or written from it. */
export async function openScratchDatabase(
  limits: ScratchLimits = LIMITS,
): Promise<ScratchDatabase> {
  // Loaded when first asked for: beside another warehouse a daemon starts without it.
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '1',
    memory_limit: limits.memory,
    enable_external_access: 'false',
  });
  const connection = await instance.connect();

  async function withinTime<Result>(work: () => Promise<Result>): Promise<Result> {
    // Repeated: DuckDB forgets an interrupt that comes before its statement has started.
    const timer = setInterval(() => connection.interrupt(), limits.statementMs);
    try {
      return await work();
    } finally {
      clearInterval(timer);
    }
  }

  return {
    run: (sql) =>
      withinTime(async () => {
        await connection.run(sql);
      }),
    rows: (sql) => withinTime(async () => textsOf(await connection.runAndReadAll(sql))),
    async rowsForEach(sql, numbers) {
      const statement = await connection.prepare(sql);
      try {
        const index = statement.parameterIndex('number');
        const rows: AnswerRows[] = [];
        for (const number of numbers) {
          statement.bindInteger(index, number);
          rows.push(await withinTime(async () => textsOf(await statement.runAndReadAll())));
        }
        return rows.flat();
      } finally {
        statement.destroySync();
      }
    },
    async append(table, rows) {
      const appender = await connection.createAppender(table);
      for (const { number, values } of rows) {
        appender.appendInteger(number);
        for (const value of values) {
          if (value === null) {
            appender.appendNull();
          } else {
            appender.appendVarchar(value);
          }
        }
        appender.endRow();
      }
      appender.closeSync();
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

function textsOf(reader: DuckDBResultReader): AnswerRows {
  return reader
    .getRowsJson()
    .map((row) => row.map((value) => (value === null ? null : JSON.stringify(value))));
}
