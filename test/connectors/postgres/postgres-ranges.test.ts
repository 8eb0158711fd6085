import { afterAll, beforeAll, describe } from 'vitest';
import { rangesConformance } from '../../conformance/ranges-conformance.ts';
import {
  type PostgresCluster,
  postgresBinaries,
  startPostgres,
} from '../../servers/postgres-cluster.ts';
import { identities, ownDatabase } from '../../servers/postgres-identities.ts';

describe.skipIf(postgresBinaries === undefined)('a PostgreSQL server', () => {
  let cluster: PostgresCluster;

  beforeAll(async () => {
    cluster = await startPostgres();
    await identities(cluster);
  });
  afterAll(() => cluster.stop());

  rangesConformance({
    name: 'postgres',
    schema: 'public',
    kinds: [
      { column: 'day', type: 'date' },
      { column: 'moment', type: 'timestamp without time zone' },
      { column: 'shop_id', type: 'integer' },
    ],
    types: { text: 'text', bigint: 'bigint', sumOfMoney: 'numeric' },
    open: () => ownDatabase(cluster),
  });
});
