import type { DuckDBConnection } from '@duckdb/node-api';

export async function refuseUnsafeReplay(
  _connection: DuckDBConnection,
  _sql: string,
): Promise<void> {}
