import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Connector } from '../../../src/connectors/connector.ts';
import { type SnowflakeAccount, snowflakeAccount } from '../../servers/snowflake-account.ts';

const SHEET = 'SNOWFLAKE.ORGANIZATION_USAGE.RATE_SHEET_DAILY';
/** Account, service, rating, currency, rate, and how many days ago. */
type Rate = readonly [string, string, string, string, number, number];

describe('the prices a Snowflake account tells', () => {
  let account: SnowflakeAccount;
  let connector: Connector;

  beforeAll(async () => {
    account = await snowflakeAccount();
    connector = await account.open({ writer: undefined });
  });
  afterAll(async () => {
    await connector.close();
    await account.server.stop();
  });
  beforeEach(() => account.server.sql(`DELETE FROM ${SHEET}`));

  const told = () => connector.readPrices?.({ purpose: 'catalog' });
  async function rates(...some: readonly Rate[]): Promise<void> {
    for (const [locator, service, rated, currency, rate, ago] of some) {
      await account.server.sql(
        `INSERT INTO ${SHEET} VALUES (current_date - ${ago}, '${locator}', '${service}', '${rated}', 'consumption', false, '${currency}', ${rate})`,
      );
    }
  }

  it('are the newest of its own contract: a credit, and a terabyte in billions of bytes', async () => {
    await rates(
      ['TEST', 'WAREHOUSE_METERING', 'compute', 'USD', 2.05, 1],
      ['TEST', 'WAREHOUSE_METERING', 'compute', 'USD', 9, 3],
      ['TEST', 'STORAGE', 'storage', 'USD', 22, 1],
      ['TEST', 'SNOWPIPE', 'compute', 'USD', 7, 0],
      ['ANOTHER', 'WAREHOUSE_METERING', 'compute', 'USD', 1, 0],
    );

    expect(await told()).toEqual({
      kind: 'told',
      from: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      usdPerCoreHour: 2.05,
      usdPerGbMonth: expect.closeTo(0.02, 3),
      source: expect.stringMatching(/rate_sheet_daily .* in the last 7 days$/),
    });
  });

  it('are told with what of the credits was idle, where that may be read', async () => {
    await rates(['TEST', 'WAREHOUSE_METERING', 'compute', 'USD', 2.05, 1]);
    await account.server.sql(
      `INSERT INTO SNOWFLAKE.ACCOUNT_USAGE.WAREHOUSE_METERING_HISTORY VALUES (now() - interval 49 hour, now() - interval 48 hour, 'BI_WH', 4, 1)`,
    );

    expect(await told()).toMatchObject({
      source: expect.stringMatching(/used 4 credits, 75 % of them idle/),
    });
    account.server.denied.add('WAREHOUSE_METERING_HISTORY');
    expect(await told()).toMatchObject({
      kind: 'told',
      source: expect.stringMatching(/stands for one credit$/),
    });
    account.server.denied.clear();
  });

  it('are not used where the sheet is empty, or in another currency: the reason is told', async () => {
    expect(await told()).toMatchObject({
      kind: 'untold',
      because: expect.stringContaining('no price'),
    });
    await rates(['TEST', 'WAREHOUSE_METERING', 'compute', 'EUR', 2.05, 1]);
    expect(await told()).toMatchObject({ because: expect.stringContaining('prices in EUR') });
  });

  it('come with the grant that is missing', async () => {
    await account.server.sql(`ALTER TABLE ${SHEET} RENAME TO HIDDEN`);

    expect(await told()).toEqual({
      kind: 'untold',
      because: 'GOLDSMITH_READER may not read snowflake.organization_usage.rate_sheet_daily',
      remedy: [
        'grant database role SNOWFLAKE.ORGANIZATION_BILLING_VIEWER to role "GOLDSMITH_READER";',
      ],
    });
    await account.server.sql(
      'ALTER TABLE SNOWFLAKE.ORGANIZATION_USAGE.HIDDEN RENAME TO RATE_SHEET_DAILY',
    );
  });
});
