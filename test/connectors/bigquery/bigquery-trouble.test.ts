import { openBigquery } from '../../../src/connectors/bigquery/bigquery-connector.ts';
import { diagnoseBigquery } from '../../../src/connectors/bigquery/diagnose.ts';
import { troubleConformance } from '../../conformance/trouble-conformance.ts';
import { type BigqueryServer, startBigquery } from '../../servers/bigquery-server.ts';
import { targetOf } from '../../servers/bigquery-target.ts';
import { BIGQUERY, besideService } from './loop-subject.ts';

/** The service of the world that is open. */
let server: BigqueryServer;

troubleConformance({
  ...BIGQUERY,
  async open() {
    server = await startBigquery();
    return await besideService(server);
  },
  deniedAs: 'CONNECTOR_PERMISSION_DENIED',
  async revoke() {
    server.deny('reader', 'from shop.orders as o');
    server.deny('writer', 'from shop.orders as o');
    return async () => server.allow();
  },
  waysIn: [
    [
      'a project that is not there',
      () => openBigquery({ ...targetOf(server), project: 'nobody' }),
      'CONNECTOR_DATABASE_MISSING',
    ],
    [
      'a proxy that asks who we are',
      async () => {
        server.faults.add({ on: 'insert', kind: 'proxy', times: 50 });
        const opened = await openBigquery(targetOf(server));
        return opened.query('select 1', { purpose: 'catalog' });
      },
      'CONNECTOR_UNREACHABLE',
    ],
  ],
  clocks: ({ connector }, skewMs) =>
    diagnoseBigquery(
      {
        reader: {
          check: async () => undefined,
          query: (sql, options) => connector.query(sql, options),
        },
        users: ['reader'],
        region: { project: server.project, location: 'EU' },
        contract: { billing: 'bytes' },
        now: () => Date.now() - skewMs,
      },
      {
        needs: { schemas: [], adoptable: [], writes: false },
        options: { purpose: 'catalog' },
      },
    ),
});
