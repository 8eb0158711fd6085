import { afterAll, beforeAll, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/base/clock.ts';
import { relationId } from '../../../src/base/relation.ts';
import type { Connector } from '../../../src/connectors/connector.ts';
import { type SnowflakeAccount, snowflakeAccount } from '../../servers/snowflake-account.ts';

const NOON = Date.parse('2026-03-20T12:00:00Z');
const SALES = relationId({ schema: 'GOLD_DATA', name: 'SALES__V1' });

let account: SnowflakeAccount;
let connector: Connector;

beforeAll(async () => {
  account = await snowflakeAccount();
  connector = await account.open();
  const refreshed = async (query: string, at: string, trigger: string, credits: number) => {
    const usage = '"SNOWFLAKE"."ACCOUNT_USAGE"';
    const moment = `timestamptz '2026-03-${at}:00+00'`;
    await account.server.sql(
      `insert into ${usage}."DYNAMIC_TABLE_REFRESH_HISTORY" values (${moment}, '${trigger}', '${query}', 'SALES__V1', 'GOLD_DATA', 'SHOP')`,
    );
    await account.server.sql(
      `insert into ${usage}."QUERY_ATTRIBUTION_HISTORY" values ('${query}', 'WH', ${moment}, ${moment}, 'h', ${credits}, 0)`,
    );
  };
  await refreshed('q1', '19 13:00', 'SCHEDULED', 0.25);
  await refreshed('q2', '20 11:00', 'SCHEDULED', 0.5);
  await refreshed('q3', '20 11:30', 'MANUAL', 7);
  await refreshed('q4', '20 12:00', 'SCHEDULED', 7);
});
afterAll(async () => {
  await connector.close();
  await account.server.stop();
});

it('what the account refreshed by itself is on the bill of a dynamic table, and what we had refreshed is not', async () => {
  const hours = { purpose: 'catalog', from: NOON - DAY_MS, to: NOON } as const;

  const bills = await connector.readRefreshBills?.([SALES], hours);

  expect([...(bills ?? [])]).toEqual([[SALES, { cpuMs: 0.75 * HOUR_MS }]]);
});
