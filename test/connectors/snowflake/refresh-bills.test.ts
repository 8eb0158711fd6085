import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, handTurnedClock } from '../../../src/base/clock.ts';
import { relationId } from '../../../src/base/relation.ts';
import { nanoUsd } from '../../../src/base/usd.ts';
import type { Connector } from '../../../src/connectors/connector.ts';
import { debitRefreshes } from '../../../src/daemon/debit-refreshes.ts';
import { quietLogger } from '../../../src/daemon/logger.ts';
import { openMemory } from '../../../src/daemon/memory.ts';
import { openRunningCost } from '../../../src/daemon/running-cost.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { aMart, aVersion } from '../../builders/a-mart.ts';
import { type SnowflakeAccount, snowflakeAccount } from '../../servers/snowflake-account.ts';

const NOON = Date.parse('2026-03-20T12:00:00Z');
const KEPT = relationId({ schema: 'GOLD_DATA', name: 'KEPT__V1' });
const GONE = relationId({ schema: 'GOLD_DATA', name: 'GONE__V1' });

describe('what the account spent on keeping a version up to date', () => {
  let account: SnowflakeAccount;
  let connector: Connector;

  beforeAll(async () => {
    account = await snowflakeAccount();
    connector = await account.open();
    const used = (credits: string, at: string, where = "'GOLD_DATA', 'SHOP'") =>
      account.server.sql(`insert into "SNOWFLAKE"."ACCOUNT_USAGE"."MATERIALIZED_VIEW_REFRESH_HISTORY"
        values ('${at}:00+00', timestamptz '${at}:00+00' + interval 1 hour, '${credits}', 'KEPT__V1', ${where})`);
    await used('0.25', '2026-03-19 12:00');
    await used('0.5', '2026-03-20 11:00');
    await used('7', '2026-03-20 12:00');
    await used('7', '2026-03-20 11:00', "'GOLD_DATA', 'OTHER'");
    await used('7', '2026-03-20 11:00', "'ELSEWHERE', 'SHOP'");
  });
  afterAll(async () => {
    await connector.close();
    await account.server.stop();
  });

  it('is told as work, by version, those it knows nothing of left out', async () => {
    const hours = { purpose: 'catalog', from: NOON - DAY_MS, to: NOON } as const;
    expect([...((await connector.readRefreshBills?.([KEPT, GONE], hours)) ?? [])]).toEqual([
      [KEPT, { cpuMs: 0.75 * HOUR_MS }],
    ]);
    expect((await connector.readRefreshBills?.([], hours))?.size).toBe(0);
  });

  it.each(['materialized view', 'dynamic table'] as const)(
    'is debited to its mart a day later: a %s',
    async (kind) => {
      const store = openStore(':memory:');
      const clock = handTurnedClock(NOON);
      const memory = openMemory(store.documents);
      const log = quietLogger('silent');
      const priceNow = () => ({
        warehouse: 'snowflake' as const,
        from: '2026-01-01',
        usdPerCoreHour: 3,
        usdPerGbMonth: 0,
        line: 'capacity' as const,
        source: 'the test',
      });
      const own = { connector, store, memory, clock, log, priceNow, running: openRunningCost(0) };
      const engine = { ...own, priceCpu: () => nanoUsd(1n) };
      const mart = (table = KEPT) => {
        const definition = {
          relation: relationId({ schema: 'GOLD', name: 'KEPT' }),
          origin: 'candidate' as const,
          sql: 'select 1 as one',
          columns: [{ name: 'one', type: 'NUMBER(38,0)' }],
          sources: [],
          obligations: [],
          maxStalenessMs: DAY_MS,
        };
        const native = { kind, refreshes: 1, sinceWhole: 1 };
        return aMart(definition, { current: aVersion(definition, { table, native }) });
      };
      await debitRefreshes(engine, [mart()]);
      clock.turnTo(NOON + DAY_MS);
      await debitRefreshes(engine, [mart()]);
      expect(memory.work.list().map((work) => [work.kind, work.cpuMs])).toEqual([
        ['refresh', 0.75 * HOUR_MS],
      ]);

      // Another version stands in its place since; what it was kept with until then is billed a day later, once.
      clock.turnTo(NOON + DAY_MS + HOUR_MS);
      await debitRefreshes(engine, [mart(GONE)]);
      for (const days of [2, 3, 4]) {
        clock.turnTo(NOON + days * DAY_MS);
        await debitRefreshes(engine, [mart(GONE)]);
      }
      expect(memory.work.list().map(({ at, cpuMs }) => [at, cpuMs])).toEqual([
        [NOON - DAY_MS, 0.75 * HOUR_MS],
        [NOON, 7 * HOUR_MS],
      ]);
      expect(account.server.statements.at(-1)?.sql).not.toContain('KEPT__V1');
      store.close();
    },
  );
});
