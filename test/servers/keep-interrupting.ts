import type { DuckDBConnection } from '@duckdb/node-api';

/**
 * Stops what runs on a connection. DuckDB forgets an interrupt that comes before its statement has started, so it
 * is repeated until the work has settled.
 */
export function keepInterrupting(connection: DuckDBConnection, work: Promise<unknown>): void {
  connection.interrupt();
  const repeater = setInterval(() => connection.interrupt(), 20);
  const stop = () => clearInterval(repeater);
  work.then(stop, stop);
}
