import { afterAll, beforeAll, describe } from 'vitest';
import { pruneConformance } from '../../conformance/prune-conformance.ts';
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

  pruneConformance({
    name: 'postgres',
    schema: 'public',
    types: { text: 'text', bigint: 'bigint', sumOfMoney: 'numeric' },
    open: () => ownDatabase(cluster),
  });
});
