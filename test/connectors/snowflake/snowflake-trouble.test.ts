import { diagnoseSnowflake } from '../../../src/connectors/snowflake/diagnose.ts';
import { troubleConformance } from '../../conformance/trouble-conformance.ts';
import { snowflakeAccount } from '../../servers/snowflake-account.ts';
import { besideAccount, SNOWFLAKE } from './loop-subject.ts';

/** The account of the world that is open. */
let account: Awaited<ReturnType<typeof snowflakeAccount>>;

troubleConformance({
  ...SNOWFLAKE,
  async open() {
    account = await snowflakeAccount();
    return await besideAccount(account);
  },
  // Hidden and missing are told alike.
  deniedAs: 'CONNECTOR_RELATION_MISSING',
  async revoke() {
    account.server.denied.add('PUBLIC.ORDERS AS O');
    return async () => account.server.denied.clear();
  },
  waysIn: [
    [
      'a proxy that asks who we are',
      () => {
        account.server.faults.add({ on: 'login', kind: 'status', status: 407, times: 20 });
        return account.open({ writer: undefined });
      },
      'CONNECTOR_UNREACHABLE',
    ],
  ],
  clocks: ({ connector }, skewMs) =>
    diagnoseSnowflake(
      {
        reader: {
          database: 'SHOP',
          role: 'GOLDSMITH_READER',
          warehouse: 'GOLDSMITH_WH',
          ask: (sql) => connector.query(sql, { purpose: 'catalog' }),
        },
      },
      { schemas: [], adoptable: [], writes: false, now: () => Date.now() - skewMs },
    ),
});
