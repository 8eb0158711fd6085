import type { Connector } from '../connector.ts';
import { openDuckdb } from '../duckdb/duckdb-connector.ts';

/** A small DuckDB of our own, for files alone; whoever opens it closes it. */
export function openReader(): Promise<Connector> {
  return openDuckdb({
    name: 'history reader',
    path: ':memory:',
    memoryLimit: '256MB',
    threads: 1,
    externalAccess: true,
  });
}
