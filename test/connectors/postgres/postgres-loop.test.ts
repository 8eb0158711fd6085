import { afterAll, beforeAll, describe } from 'vitest';
import { loopConformance } from '../../conformance/loop-conformance.ts';
import type { LoopSubject } from '../../conformance/loop-world.ts';
import { nativeConformance } from '../../conformance/native-conformance.ts';
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

  const subject: LoopSubject = {
    name: 'postgres',
    schema: 'public',
    types: { text: 'text', bigint: 'bigint', sumOfMoney: 'numeric' },
    open: () => ownDatabase(cluster),
  };
  loopConformance(subject);
  nativeConformance({
    ...subject,
    native: { kind: 'materialized view', key: ['region'] },
    refused: {
      // Every region has as many orders.
      native: { kind: 'materialized view', key: ['orders'] },
      because: /could not create unique index/,
    },
    // Whoever reads it gets an error from then on.
    alter: (table) => `reset role; refresh materialized view ${table} with no data`,
  });
});
