import { afterAll, beforeAll, describe } from 'vitest';
import { openPostgres } from '../../../src/connectors/postgres/postgres-connector.ts';
import { connectorConformance } from '../../conformance/connector-conformance.ts';
import {
  type PostgresCluster,
  postgresBinaries,
  startPostgres,
} from '../../servers/postgres-cluster.ts';
import { addressOf, identities, wait } from '../../servers/postgres-identities.ts';

describe.skipIf(postgresBinaries === undefined)('a PostgreSQL server', () => {
  let cluster: PostgresCluster;

  beforeAll(async () => {
    cluster = await startPostgres();
    await identities(cluster);
  });
  afterAll(() => cluster.stop());

  connectorConformance({
    name: 'postgres',
    schema: 'public',
    written: { text: 'varchar', double: 'float8', moment: 'timestamp', zoned: 'timestamptz' },
    told: { bigint: 'bigint', integer: 'integer', text: 'character varying' },
    endlessSql: 'select count(*) from generate_series(1, 1000000000000)',
    rowsSql: (count) => `select generate_series(0::bigint, ${count - 1}) as n`,
    catalog: { estimatesRows: true },
    transactions: {},
    async open() {
      const connector = await openPostgres({
        name: 'test',
        reader: addressOf(cluster, 'reader'),
        writer: addressOf(cluster, 'writer'),
        sleep: wait,
      });
      const as = (changes: object) => () =>
        openPostgres({
          name: 'test',
          reader: { ...addressOf(cluster, 'reader'), ...changes },
          sleep: wait,
        });
      const says = /did not let the reader \w+ sign in; check what warehouse\.postgres\.reader /;
      return {
        connector,
        waysIn: {
          'a secret that is wrong': { open: as({ password: () => 'wrong-secret' }), says },
          'somebody nobody knows': { open: as({ user: 'nobody' }), says },
          'a host where nobody listens': {
            open: as({ port: 1 }),
            says: /nothing listens at \S+:1; check warehouse\.postgres\.host and port/,
          },
        },
        close: () => connector.close(),
      };
    },
  });
});
