import { expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/base/clock.ts';
import { relationId } from '../../../src/base/relation.ts';
import { snowflakeAccount } from '../../servers/snowflake-account.ts';

const NOON = Date.parse('2026-03-20T12:00:00Z');

it('tells the credits materialized views were kept with as work, by version, those it knows nothing of left out', async () => {
  const account = await snowflakeAccount();
  const connector = await account.open();
  const [kept, gone] = ['KEPT__V1', 'GONE__V1'].map((name) =>
    relationId({ schema: 'GOLD_DATA', name }),
  ) as [ReturnType<typeof relationId>, ReturnType<typeof relationId>];
  try {
    const used = (credits: string, at: string, where = "'GOLD_DATA', 'SHOP'") =>
      account.server.sql(`insert into "SNOWFLAKE"."ACCOUNT_USAGE"."MATERIALIZED_VIEW_REFRESH_HISTORY"
        values ('${at}:00+00', timestamptz '${at}:00+00' + interval 1 hour, '${credits}', 'KEPT__V1', ${where})`);
    await used('0.25', '2026-03-19 12:00');
    await used('0.5', '2026-03-20 11:00');
    await used('7', '2026-03-20 12:00');
    await used('7', '2026-03-20 11:00', "'GOLD_DATA', 'OTHER'");
    await used('7', '2026-03-20 11:00', "'ELSEWHERE', 'SHOP'");

    const hours = { purpose: 'catalog', from: NOON - DAY_MS, to: NOON } as const;
    expect([...((await connector.readRefreshBills?.([kept, gone], hours)) ?? [])]).toEqual([
      [kept, { cpuMs: 0.75 * HOUR_MS }],
    ]);
    expect((await connector.readRefreshBills?.([], hours))?.size).toBe(0);
  } finally {
    await connector.close();
    await account.server.stop();
  }
});
