import type { Connector } from '../connector.ts';

/** A small DuckDB of our own, for files alone; whoever opens it closes it. Loaded when first asked for. */
export async function openReader(): Promise<Connector> {
  const { openDuckdb } = await import('../duckdb/duckdb-connector.ts');
  return openDuckdb({
    name: 'history reader',
    path: ':memory:',
    memoryLimit: '256MB',
    threads: 1,
    externalAccess: true,
    // A large file takes as long as its rows take to be understood.
    statementTimeoutMs: Number.POSITIVE_INFINITY,
  });
}
