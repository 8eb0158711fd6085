import { openDatabricks } from '../../../src/connectors/databricks/databricks-connector.ts';
import { diagnoseDatabricks } from '../../../src/connectors/databricks/diagnose.ts';
import { troubleConformance } from '../../conformance/trouble-conformance.ts';
import { type DatabricksServer, startDatabricks } from '../../servers/databricks-server.ts';
import { besideWarehouse, DATABRICKS } from './loop-subject.ts';
import { targetOn } from './open-server.ts';

/** The workspace of the world that is open. */
let server: DatabricksServer;
const REFUSED =
  "[INSUFFICIENT_PERMISSIONS] User does not have SELECT on Table ''shop.sales.orders''";

troubleConformance({
  ...DATABRICKS,
  async open() {
    server = await startDatabricks();
    return await besideWarehouse(server);
  },
  deniedAs: 'CONNECTOR_PERMISSION_DENIED',
  async revoke(world) {
    await world.people('alter table sales.orders rename to orders_hidden');
    await world.people(
      `create view sales.orders as select * from sales.orders_hidden where error('${REFUSED}') is null`,
    );
    return async () => {
      await world.people('drop view sales.orders');
      await world.people('alter table sales.orders_hidden rename to orders');
    };
  },
  waysIn: [
    [
      'a warehouse that is not there',
      () => {
        server.faults.add({ call: 'OpenSession', kind: { is: 'status', status: 404 }, times: 9 });
        return openDatabricks(targetOn(server, { writer: undefined }));
      },
      'CONNECTOR_DATABASE_MISSING',
    ],
  ],
  clocks: ({ connector }, skewMs) =>
    diagnoseDatabricks(
      { reader: (sql) => connector.query(sql, { purpose: 'catalog' }) },
      {
        schemas: [],
        adoptable: [],
        writes: false,
        users: ['goldsmith-reader'],
        now: () => Date.now() - skewMs,
      },
    ),
});
