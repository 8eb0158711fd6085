import { openDuckdb } from '../../../src/connectors/duckdb/duckdb-connector.ts';
import { pruneConformance } from '../../conformance/prune-conformance.ts';

pruneConformance({
  name: 'duckdb',
  schema: 'main',
  types: { text: 'VARCHAR', bigint: 'BIGINT', sumOfMoney: 'DECIMAL(38,2)' },
  async open() {
    const connector = await openDuckdb({
      name: 'test',
      path: ':memory:',
      memoryLimit: '256MB',
      threads: 2,
    });
    return {
      connector,
      people: async (sql) => {
        await connector.execute(sql, { purpose: 'build' });
      },
      close: () => connector.close(),
    };
  },
});
