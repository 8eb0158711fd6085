import { expect } from 'vitest';
import { openBigquery } from '../../../src/connectors/bigquery/bigquery-connector.ts';
import { connectorConformance } from '../../conformance/connector-conformance.ts';
import { startBigquery } from '../../servers/bigquery-server.ts';
import { targetOf } from '../../servers/bigquery-target.ts';

const MILLION = 'unnest(generate_array(1, 1000000))';

connectorConformance({
  name: 'bigquery',
  schema: 'shop',
  written: { text: 'string', double: 'float64', moment: 'datetime', zoned: 'timestamp' },
  told: { bigint: 'INT64', integer: 'INT64', text: 'STRING' },
  isWide: true,
  endlessSql: `select sum(a * b) as n from ${MILLION} as a, ${MILLION} as b`,
  rowsSql: (count) => `select n from unnest(generate_array(0, ${count - 1})) as n`,
  catalog: {
    onlyPrimaryKeys: true,
    async make({ connector, people }) {
      for (const sql of [
        "create table shop.customers (id int64 not null, `First Name` string not null, primary key (id) not enforced) options (description = 'who buys')",
        'create table shop.orders (id int64, customer_id int64, foreign key (customer_id) references shop.customers (id) not enforced)',
        "create view shop.named as select 1 as a, ';' as b union all select 2, 'it\\'s'",
      ]) {
        await connector.execute(sql, { purpose: 'build' });
      }
      await people?.("insert into shop.customers values (1, 'a')");
    },
  },
  transactions: { refusesDdlAs: 'CONNECTOR_BAD_SQL' },
  async open() {
    const server = await startBigquery();
    const connector = await openBigquery(targetOf(server));
    const as = (changes: object) => () => openBigquery({ ...targetOf(server), ...changes });
    const says = /sign in.*warehouse\.bigquery/;
    return {
      connector,
      waysIn: {
        'a secret that is wrong': {
          open: as({ reader: { keyFile: server.keyFileOf('wrong-secret') } }),
          says,
        },
        'somebody nobody knows': {
          open: as({ reader: { keyFile: server.keyFileOf('stranger') } }),
          says,
        },
        'a host where nobody listens': {
          open: as({ apiEndpoint: 'http://127.0.0.1:9' }),
          says: /nothing listens at 127\.0\.0\.1:9; check warehouse\.bigquery/,
        },
      },
      people: (sql) => server.people(sql),
      received: () => server.jobs().length,
      async expectStopped() {
        const job = server.jobs().at(-1);
        await job?.done;
        expect(job?.problem?.reason).toBe('stopped');
      },
      async close() {
        await connector.close();
        await server.stop();
      },
    };
  },
});
