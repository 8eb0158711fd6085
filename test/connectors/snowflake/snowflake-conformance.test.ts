import { expect } from 'vitest';
import { connectorConformance } from '../../conformance/connector-conformance.ts';
import { snowflakeAccount } from '../../servers/snowflake-account.ts';

connectorConformance({
  name: 'snowflake',
  schema: 'public',
  cased: (name) => name.toUpperCase(),
  written: { text: 'varchar', double: 'double', moment: 'timestamp', zoned: 'timestamptz' },
  told: { bigint: 'NUMBER(38,0)', integer: 'NUMBER(38,0)', text: 'VARCHAR' },
  isWide: true,
  endlessSql: 'select count(*) from range(1000000000000) as a(n) where n % 7 = 3',
  rowsSql: (count) => `select n from range(${count}) as a(n)`,
  // Our server does, where rows were deleted.
  catalog: { estimatesRows: true },
  transactions: { refusesDdlAs: 'CONNECTOR_NOT_TRANSACTIONAL', seesOthers: true },
  async open() {
    const account = await snowflakeAccount();
    const { server } = account;
    const connector = await account.open();
    const reader = (signIn: object) => ({
      role: 'GOLDSMITH_READER',
      warehouse: 'GOLDSMITH_WH',
      signIn,
    });
    const token = { method: 'token', tokenFile: account.secret('wrong-secret') };
    const as = (changes: object) => () => account.open({ writer: undefined, ...changes });
    const says = /did not let the reader \w+ sign in; check warehouse\.snowflake\.reader\.signIn/;
    return {
      connector,
      waysIn: {
        'a secret that is wrong': {
          open: as({ reader: reader({ ...token, user: 'goldsmith_reads' }) }),
          says,
        },
        'somebody nobody knows': {
          open: as({ reader: reader({ ...account.settings().reader.signIn, user: 'nobody' }) }),
          says,
        },
        'a host where nobody listens': {
          open: as({ url: 'http://127.0.0.1:9' }),
          says: /nothing listens at 127\.0\.0\.1:9; check warehouse\.snowflake\.url$/,
        },
      },
      received: () => server.statements.length,
      expectStopped: () => expect.poll(() => server.running()).toBe(0),
      async close() {
        await connector.close();
        expect(server.openSessions()).toBe(0);
        await server.stop();
      },
    };
  },
});
