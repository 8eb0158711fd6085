import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/base/clock.ts';
import { BY_CATEGORY, BY_REGION, FIRST_DAY, SmallWorld, STAR, stepsOf } from './small-world.ts';

const NO_ADOPTING = { marts: { adoptable: [] }, savings: { holdOutShare: 0.2 } };

describe('the mart nobody asked for yet', () => {
  let world: SmallWorld;

  beforeAll(async () => {
    world = await SmallWorld.open({ settings: NO_ADOPTING, baseCpuMs: 30_000 });
    await world.start();
    for (const day of [0, 1]) {
      await world.cycle(day);
      await world.questions(day);
    }
  });
  afterAll(() => world.close());

  it('is not there before usage pays for it, and route says so', async () => {
    const { answer } = await world.ask(BY_REGION, {
      at: FIRST_DAY + DAY_MS + 20 * HOUR_MS,
      user: 'ana',
    });

    expect(answer).toMatchObject({ answer: 'base', sql: BY_REGION, heldOut: false });
  });

  it('is built and proved over the joins people keep asking for', async () => {
    const cycle = await world.cycle(2);

    expect(stepsOf(cycle).map((step) => step.replace(/ gold\.\w+/, ''))).toEqual([
      'create-mart: done',
      'build-version: done',
      'repoint-view: done',
    ]);
  });

  it('answers what is asked through route, equal to base as a multiset, with a certificate', async () => {
    const base = { region: await world.rows(BY_REGION), category: await world.rows(BY_CATEGORY) };

    const asked = await world.questions(2);

    const served = asked.filter(({ answer }) => answer.answer === 'mart');
    expect(served.length).toBeGreaterThan(4);
    for (const { answer, rows } of asked) {
      expect(rows).toEqual(rows.length === base.region.length ? base.region : base.category);
      expect(answer.answer === 'mart' || answer.heldOut).toBe(true);
      if (answer.answer === 'mart') {
        expect(answer.certificate.entries.length).toBeGreaterThan(0);
        expect(answer.sql).not.toContain('silver.order_lines');
        expect(answer.sql).toMatch(/^\/\*.*goldsmith.*\*\//);
        expect(Date.parse(answer.asOf)).toBe(FIRST_DAY + 2 * DAY_MS + 3 * HOUR_MS);
      }
    }
  });

  it('keeps about the configured share on base, as hold-out', async () => {
    let held = 0;
    for (let ask = 0; ask < 100; ask += 1) {
      const { answer } = await world.ask(BY_REGION, {
        at: FIRST_DAY + 2 * DAY_MS + 16 * HOUR_MS + ask * 60_000,
        user: ask % 2 === 0 ? 'ana' : 'ben',
      });
      held += answer.answer === 'base' && answer.heldOut ? 1 : 0;
    }

    expect(held).toBeGreaterThan(6);
    expect(held).toBeLessThan(38);
  });

  it('refuses a statement it cannot answer, and says what is missing', async () => {
    const answer = await world.goldsmith.route({
      sql: `select c.segment ${STAR} join silver.customers c on c.customer_id = o.customer_id`,
    });

    expect(answer.answer).toBe('base');
    expect(answer.answer === 'base' && answer.because[0]?.text).toMatch(/\w+ \w+/);
  });

  it.for([
    ['unparsable text', 'select (', 'UNPARSED'],
    ['a change', 'delete from silver.orders', 'NOT_ONE_QUERY'],
    ['two statements', `${BY_REGION}; ${BY_REGION}`, 'NOT_ONE_QUERY'],
    ['an unknown column', 'select no_such_column from silver.orders', 'NOT_UNDERSTOOD'],
  ])('gives %s back as it came', async ([, sql = '', code = '']) => {
    const answer = await world.goldsmith.route({ sql });

    expect(answer).toMatchObject({ answer: 'base', sql, because: [{ code }] });
  });

  it('earns a receipt: served and held-out runs come back through the history', async () => {
    await world.cycle(3);
    await world.questions(3);
    await world.cycle(4);

    const { receipts, text } = await world.goldsmith.receipts();
    const capacity = receipts.find(({ line }) => line === 'capacity');
    expect(capacity).toMatchObject({ method: 'hold-out', matured: true, rolledBack: false });
    expect(capacity?.martRuns).toBeGreaterThan(60);
    expect(capacity?.baseRuns).toBeGreaterThan(6);
    expect(capacity?.net).toBeGreaterThan(0);
    expect(capacity?.net).toBeLessThan(capacity?.realized ?? 0);
    expect(text).toContain('hold-out');

    // Everything this Goldsmith ever sent, from its first look on, is on the debit side.
    const metrics = await world.goldsmith.metrics.text();
    const own = [...metrics.matchAll(/^goldsmith_own_cost_usd_total\{[^}]*\} ([\d.e-]+)$/gm)]
      .map(([, cost]) => Number(cost))
      .reduce((sum, cost) => sum + cost, 0);
    const debited = receipts
      .filter(({ line }) => line === 'capacity')
      .reduce((sum, { debits }) => sum + debits, 0);
    expect(debited).toBeGreaterThan(own * 0.99);
  });

  it('answers from base once the mart is older than its bound', async () => {
    world.clock.turnTo(FIRST_DAY + 4 * DAY_MS + 3 * HOUR_MS + 27 * HOUR_MS);

    const answer = await world.goldsmith.route({ sql: BY_REGION });

    expect(answer).toMatchObject({
      answer: 'base',
      sql: BY_REGION,
      because: [{ code: 'MART_STALE' }],
    });
  });

  it('answers again after the next cycle, and after a restart', async () => {
    await world.cycle(6);
    const served = async () => {
      for (let ask = 0; ask < 20; ask += 1) {
        const answer = await world.goldsmith.route({ sql: BY_REGION });
        if (answer.answer === 'mart') {
          return answer;
        }
      }
      return undefined;
    };
    expect(await served()).toBeDefined();

    await world.restart();

    expect(await served()).toBeDefined();
  });
});
