import { expect } from 'vitest';
import { openDatabricks } from '../../../src/connectors/databricks/databricks-connector.ts';
import type { Credentials } from '../../../src/connectors/databricks/sign-in.ts';
import { connectorConformance } from '../../conformance/connector-conformance.ts';
import { PRINCIPALS, startDatabricks } from '../../servers/databricks-server.ts';
import { addressOn, principal, targetOn } from './open-server.ts';

const VIEW = "select 1 as a, ';' as b union all select 2, 'its'";

connectorConformance({
  name: 'databricks',
  schema: 'sales',
  written: { text: 'string', double: 'double', moment: 'timestamp' },
  told: { bigint: 'bigint', integer: 'int', text: 'string' },
  says: { unreadable: 'PARSE_SYNTAX_ERROR', misfit: 'CAST_INVALID_INPUT' },
  endlessSql: 'select count(*) from range(1000000000000)',
  rowsSql: (count) => `select * from range(${count})`,
  catalog: {
    onlyPrimaryKeys: true,
    async make({ people }) {
      for (const sql of [
        'create table sales.customers (id integer primary key, "First Name" varchar not null)',
        'create table sales."order" (id bigint, customer_id integer references sales.customers (id))',
        "insert into shop.sales.customers values (1, 'a')",
        "comment on table shop.sales.customers is 'who buys'",
        `create view shop.sales.named as ${VIEW}`,
        // A view's text is told as it was typed.
        `insert into lakehouse.unity.typed values ('sales.named', '${VIEW.replaceAll("'", "''")}')`,
      ]) {
        await people?.(sql);
      }
    },
  },
  transactions: { onlyRead: true },
  async open() {
    const server = await startDatabricks();
    const connector = await openDatabricks(targetOn(server));
    const as = (credentials: Credentials, port = server.port) => {
      const address = addressOn(server, credentials);
      const reader = { ...address, workspace: { ...address.workspace, port } };
      return () => openDatabricks(targetOn(server, { reader, writer: undefined }));
    };
    const secret = async () => 'wrong-secret';
    const { clientId } = PRINCIPALS.reader;
    return {
      connector,
      waysIn: {
        'a secret that is wrong': {
          open: as({ kind: 'oauth', clientId, secret }),
          says: /sign in.*the token endpoint answered 401/,
        },
        'somebody nobody knows': {
          open: as({ kind: 'token', token: secret }),
          says: /sign in.*HTTP 401/,
        },
        'a host where nobody listens': {
          open: as(principal('reader'), 1),
          says: /nothing listens at localhost:1; check warehouse\.databricks\.host/,
        },
      },
      people: (sql) => server.seed(sql),
      received: () => server.statements.length,
      expectStopped: () =>
        expect.poll(() => server.statements.at(-1)?.state).toMatch(/cancelled|timed-out/),
      async close() {
        await connector.close();
        await server.close();
      },
    };
  },
});
