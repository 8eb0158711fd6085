import { DuckDBInstance } from '@duckdb/node-api';

/** An empty in-memory database of our own, for trying statements on made-up rows. */
export interface ScratchDatabase {
  readonly run: (sql: string) => Promise<void>;
  /** Each row as the texts of its values; NULL is `null`. */
  readonly rows: (sql: string) => Promise<readonly (readonly (string | null)[])[]>;
  readonly close: () => void;
}

/** Opens one in this process; nothing outside it can be read or written from it. */
export async function openScratchDatabase(): Promise<ScratchDatabase> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '1',
    enable_external_access: 'false',
  });
  const connection = await instance.connect();
  return {
    async run(sql) {
      await connection.run(sql);
    },
    async rows(sql) {
      const reader = await connection.runAndReadAll(sql);
      return reader
        .getRowsJson()
        .map((row) => row.map((value) => (value === null ? null : JSON.stringify(value))));
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
