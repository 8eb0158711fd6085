import type { RelationId } from '../../src/base/relation.ts';
import type { Connector } from '../../src/connectors/connector.ts';
import { openDuckdb } from '../../src/connectors/duckdb/duckdb-connector.ts';

/** An in-memory DuckDB after these statements. */
export async function aWarehouse(statements: readonly string[]): Promise<Connector> {
  const connector = await openDuckdb({
    name: 'test',
    path: ':memory:',
    memoryLimit: '256MB',
    threads: 2,
  });
  for (const statement of statements) {
    await connector.execute(statement, { purpose: 'build' });
  }
  return connector;
}

export function id(name: string): RelationId {
  return name as RelationId;
}
