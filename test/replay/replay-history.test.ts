import { beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/base/clock.ts';
import { addUsd } from '../../src/base/usd.ts';
import { reportJson } from '../../src/replay/render-json.ts';
import type { ReplayReport } from '../../src/replay/replay-report.ts';
import { DDL, FIRST_DAY, rowsOf, SHOP } from './a-history.ts';
import { replayed } from './a-replay.ts';

const WHOLE = { ddl: DDL, routeClients: ['app'] };
const DAYS = 45;

describe('a replay', () => {
  let whole: ReplayReport;

  beforeAll(async () => {
    whole = await replayed(rowsOf(SHOP, DAYS), WHOLE);
  });

  it('builds what pays, a view over which no other mart is reached beside it, and lets go once the project is over', () => {
    const told = whole.events.map(({ day, kind, relation }) => `${day} ${kind} ${relation}`);
    const sales = 'gold.sales_by_segment_category_and_sold_on';

    expect(told.slice(0, 3)).toEqual([
      `2026-01-08 build ${sales}`,
      expect.stringMatching(/^2026-01-\d\d build gold\.daily_sales$/),
      expect.stringMatching(/^2026-02-\d\d demote gold\.sales_by_segment_category_and_sold_on$/),
    ]);
    expect(whole.events[0]?.because).toMatch(/45 runs by 2 readers .* building costs \$/);
    expect(whole.events[2]?.because).toMatch(/^it lost \$[\d.]+ net, more than the/);
  });

  it('builds nothing a second time that did not pay', () => {
    const builds = whole.events.filter(({ kind }) => kind === 'build');

    expect(new Set(builds.map(({ relation }) => relation)).size).toBe(builds.length);
  });

  it('publishes a view once, however often demand without a road comes back in the meantime', async () => {
    const [, project] = SHOP;
    const comesAndGoes = (day: number) => (day % 26 < 12 ? 8 : 0);
    const asks =
      project === undefined ? [] : [{ ...project, runsOn: comesAndGoes }, ...SHOP.slice(3)];

    const { events, refused } = await replayed(rowsOf(asks, 64), { ddl: DDL });

    expect(events.map(({ kind }) => kind)).toEqual(['publish', 'release']);
    expect(refused.map(({ because }) => because).join('\n')).toMatch(
      /it was a view until 2026-01-\d\d and not worth keeping, and is not published again for 90d/,
    );
  });

  it('never books more than the statements of a day really cost, and nets every build and refresh', () => {
    for (const day of whole.days) {
      expect(day.saved).toBeLessThanOrEqual(day.asItRan);
    }
    const { saved, upkeep, builds, net } = whole.totals;
    expect(net).toBe(saved - upkeep - builds);
    expect(upkeep).toBeGreaterThan(0n);
    expect(builds).toBeGreaterThan(0n);
    expect(addUsd(...whole.marts.map((mart) => mart.saved))).toBe(saved);
    expect(addUsd(...whole.marts.map((mart) => mart.upkeep))).toBe(upkeep);
  });

  it('decides each day by the days before it: a history that ends earlier tells the same of them', async () => {
    const days = 33;
    const begun = await replayed(rowsOf(SHOP, days), WHOLE);
    const last = new Date(FIRST_DAY + days * DAY_MS).toISOString().slice(0, 10);

    expect(begun.events).toEqual(whole.events.filter(({ day }) => day <= last));
    expect(begun.days).toEqual(whole.days.slice(0, days));
  });

  it('gives the same answer twice, and whatever order the rows of the file are in', async () => {
    const again = await replayed(rowsOf(SHOP, DAYS).toReversed(), WHOLE);

    expect(reportJson({ ...again, templates: [] })).toEqual(
      reportJson({ ...whole, templates: [] }),
    );
  });

  it('says what a mart rests on, and what was taken for granted', () => {
    const [mart] = whole.marts;

    expect(mart?.assumed).toContain('unique silver.products(product_id)');
    expect(whole.assumptions.join('\n')).toContain('because the DDL declares them');
    expect(whole.assumptions.join('\n')).toContain('sizes of relations are estimated');
  });

  it('calls nothing measured', () => {
    expect(JSON.stringify(reportJson(whole))).not.toMatch(/"basis":"measured"/);
  });

  it('tells demand without a road, and never books it', () => {
    expect(whole.unreachable.some(({ clients }) => clients.includes('notebook'))).toBe(true);
  });

  it('lists columns of gold nobody named', () => {
    expect(whole.unread).toEqual([
      { relation: 'gold.daily_sales', columns: 4, unread: ['sales'], readDays: DAYS },
    ]);
  });
});

describe('a replay without DDL', () => {
  it('builds nothing that rests on an undeclared key, and says which proof it needs', async () => {
    const report = await replayed(rowsOf(SHOP, 12), {
      dialect: 'snowflake',
      routeClients: ['app'],
    });

    expect(report.events.filter(({ kind }) => kind === 'build')).toEqual([]);
    expect(report.coverage.resolvedShare).toBe(1);
    const needs = report.needsProof.flatMap((each) => each.needs);
    expect(needs).toContain('unique SILVER.PRODUCTS(PRODUCT_ID)');
    expect(report.refused.map(({ flip }) => flip?.needed)).not.toContain(undefined);
    expect(report.assumptions.join('\n')).toContain('known from statements alone');
    expect(report.assumptions.join('\n')).toContain('one price for all days: $');
  });

  it('builds it where keys are to be assumed, and says so', async () => {
    const report = await replayed(rowsOf(SHOP, 12), {
      dialect: 'snowflake',
      routeClients: ['app'],
      assumeKeys: true,
    });

    expect(report.events.filter(({ kind }) => kind === 'build')).toHaveLength(1);
    expect(report.marts[0]?.assumed).toContain('unique SILVER.PRODUCTS(PRODUCT_ID)');
    expect(report.assumptions.join('\n')).toContain('because --assume-keys says so');
  });

  it('knows relations and views from CREATE statements that stand in the history', async () => {
    const endedAt = new Date(FIRST_DAY).toISOString();
    const created = DDL.split(';')
      .filter((text) => text.trim() !== '')
      .map((text, at) => ({ id: `ddl-${at}`, text, endedAt, status: 'success', user: 'dba' }));
    const dashboards = SHOP.filter(({ client }) => client === 'metabase');
    const report = await replayed([...created, ...rowsOf(dashboards, 12)]);

    expect(report.events.map(({ kind, relation }) => `${kind} ${relation}`)).toEqual([
      'build gold.daily_sales',
    ]);
    expect(report.marts[0]?.origin).toBe('adopted');
  });

  it('tells what it could not read, and goes on', async () => {
    const rows = rowsOf(SHOP, 3);
    const broken = {
      id: 'x',
      text: 'select ((( from',
      endedAt: rows[0]?.['endedAt'],
      status: 'success',
    };
    const report = await replayed([...rows, broken, { id: 'no text' }]);

    expect(report.history.badRows).toBe(1);
    expect(report.history.lastBadRows[0]?.because).toBe('text is missing');
    expect(report.coverage.parsedShare).toBeLessThan(1);
  });

  it('refuses a history without statements in one sentence', async () => {
    await expect(replayed([])).rejects.toThrow(
      /holds no statement; export your warehouse.s own history view/,
    );
  });
});
