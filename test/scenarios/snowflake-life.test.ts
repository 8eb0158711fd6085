import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, handTurnedClock } from '../../src/base/clock.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import type { Connector } from '../../src/connectors/connector.ts';
import { openLogger } from '../../src/daemon/logger.ts';
import { type Goldsmith, startGoldsmith } from '../../src/daemon/start-goldsmith.ts';
import type { StepOutcome } from '../../src/materializer/apply-parts.ts';
import { type SnowflakeAccount, snowflakeAccount } from '../servers/snowflake-account.ts';
import { upperCased } from '../servers/snowflake-sql.ts';
import { FIRST_DAY, LOOSE, stepsOf } from './small-world.ts';

const SHOP = [
  'create schema silver',
  'create schema gold',
  "create table silver.stores as select i as store_id, 'R' || i % 5 as region from range(40) as t(i)",
  "create table silver.orders as select i as order_id, i % 40 as store_id, date '2026-07-01' + (i % 30)::integer as order_date from range(2000) as t(i)",
  'create table silver.order_lines as select i % 2000 as order_id, i % 7 as quantity, cast(i % 900 / 7.0 as decimal(12, 2)) as net_amount from range(8000) as t(i)',
  `create view gold.daily_sales as select s.region, o.order_date, sum(l.net_amount) as revenue, sum(l.quantity) as units, count(*) as lines
from silver.order_lines l join silver.orders o on o.order_id = l.order_id join silver.stores s on s.store_id = o.store_id group by s.region, o.order_date`,
  "comment on view gold.daily_sales is 'Revenue a day. Owner: finance.'",
];

const BY_REGION = 'select region, sum(revenue) as revenue from gold.daily_sales group by region';
const BY_DAY = 'select order_date, sum(units) as units from gold.daily_sales group by order_date';

describe('a Goldsmith beside Snowflake', () => {
  const clock = handTurnedClock(FIRST_DAY);
  const folder = mkdtempSync(join(tmpdir(), 'goldsmith-sf-life-'));
  const history = join(folder, 'history.jsonl');
  let account: SnowflakeAccount;
  let people: Connector;
  let goldsmith: Goldsmith;
  let statements = 0;

  beforeAll(async () => {
    account = await snowflakeAccount();
    for (const sql of SHOP) {
      await account.server.sql(upperCased(sql));
    }
    people = await account.open();
    writeFileSync(history, '');
    const { account: name, url, database, reader, writer } = account.settings();
    goldsmith = await startGoldsmith({
      config: parseConfig({
        file: 'test.yaml',
        env: {},
        text: JSON.stringify({
          ...LOOSE,
          warehouse: {
            kind: 'snowflake',
            snowflake: { account: name, url, database, reader, writer },
          },
          history: { source: 'export', path: history },
          state: { path: join(folder, 'state.sqlite') },
          marts: {
            maxStaleness: '26h',
            goldSchema: 'GOLD',
            dataSchema: 'GOLD_DATA',
            ledgerSchema: 'GOLDSMITH',
            adoptable: [{ view: 'GOLD.DAILY_SALES', maxStaleness: '26h' }],
          },
        }),
      }),
      clock,
      log: openLogger('fatal', { write: () => undefined }),
    });
  }, 120_000);
  afterAll(async () => {
    await goldsmith.close();
    await people.close();
    await account.server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function dashboards(day: number, cpuMs: number): void {
    for (let view = 0; view < 20; view += 1) {
      const at = FIRST_DAY + day * DAY_MS + (8 + view / 4) * HOUR_MS;
      for (const [user, text] of [
        ['emea', BY_REGION],
        ['apac', BY_DAY],
      ] as const) {
        statements += 1;
        const row = {
          id: `q${statements}`,
          text,
          startedAt: new Date(at).toISOString(),
          endedAt: new Date(at + 100).toISOString(),
          status: 'success',
          user,
          client: 'metabase',
          durationMs: cpuMs,
          cpuMs,
        };
        appendFileSync(history, `${JSON.stringify(row)}\n`);
      }
    }
  }
  const cycle = (day: number) => {
    clock.turnTo(FIRST_DAY + day * DAY_MS + 3 * HOUR_MS);
    return goldsmith.cycle();
  };
  const rows = async (sql: string) =>
    (await people.query(`${sql} order by 1, 2`, { purpose: 'verify' })).rows;
  const viewText = async () =>
    (await people.readCatalog({ purpose: 'catalog' })).find(({ id }) => id === 'GOLD.DAILY_SALES');
  const reads = () => Promise.all([BY_REGION, BY_DAY].map((sql) => rows(sql)));

  it('takes a view over that pays, builds it, refreshes it, follows a renamed source and gives it back, with one answer all along', async () => {
    const before = await reads();
    dashboards(0, 60);
    expect(stepsOf(await cycle(1))).toEqual([]);
    dashboards(1, 60);
    expect(stepsOf(await cycle(2))).toEqual([
      'adopt-view GOLD.DAILY_SALES: done',
      'build-version GOLD.DAILY_SALES: done',
      'repoint-view GOLD.DAILY_SALES: done',
    ]);
    expect(await reads()).toEqual(before);
    expect(await viewText()).toMatchObject({
      definitionSql: expect.stringMatching(/daily_sales__v1/i),
      comment: 'Revenue a day. Owner: finance.',
    });

    dashboards(2, 2);
    await account.server.sql(
      upperCased('insert into silver.order_lines values (9, 1, 1000000.25)'),
    );
    expect(stepsOf(await cycle(3))).toEqual([
      'build-version GOLD.DAILY_SALES: done',
      'repoint-view GOLD.DAILY_SALES: done',
    ]);
    expect((await rows('select sum(lines), 1 from gold.daily_sales'))[0]?.[0]).toBe('8001');

    const now = await reads();
    await account.server.sql(upperCased('alter table silver.stores rename column region to area'));
    const seen = await cycle(3.1);
    expect(seen.reacted.map(told)).toEqual([
      expect.stringMatching(/^hold-version: done: .* keeps version 2, .* is now called AREA/),
    ]);
    expect(await reads()).toEqual(now);
    expect(await goldsmith.apply(undefined)).toMatchObject({
      ok: true,
      text: expect.stringContaining('follows its sources: SILVER.STORES.REGION is now called AREA'),
    });
    const followed = await cycle(3.2);
    expect(stepsOf(followed)).toEqual(['repoint-view GOLD.DAILY_SALES: done']);
    expect(followed.marts[0]?.held).toBeUndefined();
    expect(await reads()).toEqual(now);
    expect(await goldsmith.rollback('GOLD.DAILY_SALES')).toMatchObject({ ok: true });
    expect(await reads()).toEqual(now);
    expect((await viewText())?.definitionSql).toMatch(/order_lines/i);
  }, 240_000);
});

function told({ action, outcome, detail }: StepOutcome): string {
  return `${action.kind}: ${outcome}: ${detail}`;
}
