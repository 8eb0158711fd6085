import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/base/clock.ts';
import type { CycleResult } from '../../src/daemon/cycle.ts';
import { BY_REGION, FIRST_DAY, SmallWorld, STAR, stepsOf } from './small-world.ts';

const BY_BOTH = `select s.region, p.category, sum(l.net_amount) as revenue, sum(l.quantity) as units ${STAR} group by s.region, p.category`;
const NARROW = 'gold.order_lines_by_region';
const WIDE = 'gold.order_lines_by_category_and_region';

describe('two similar marts', () => {
  let world: SmallWorld;
  let day = 0;
  let stable: readonly string[] = [];
  let merged: CycleResult | undefined;

  /** A night's cycle and a day on which two people ask `route` for these figures. */
  async function live(questions: readonly string[]): Promise<CycleResult> {
    const cycle = await world.cycle(day);
    const at = FIRST_DAY + day * DAY_MS + 9 * HOUR_MS;
    for (let turn = 0; turn < 10; turn += 1) {
      for (const [i, sql] of questions.entries()) {
        const user = turn % 2 === 0 ? 'ana' : 'ben';
        await world.ask(sql, { at: at + turn * HOUR_MS + i * 60_000, user });
      }
    }
    day += 1;
    return cycle;
  }

  async function liveUntil(
    isDone: (cycle: CycleResult) => boolean,
    { questions, atMost }: { readonly questions: readonly string[]; readonly atMost: number },
  ): Promise<CycleResult | undefined> {
    for (let days = 0; days < atMost; days += 1) {
      const cycle = await live(questions);
      if (isDone(cycle)) {
        return cycle;
      }
    }
    return undefined;
  }

  function did(step: string): (cycle: CycleResult) => boolean {
    return (cycle) => stepsOf(cycle).includes(`${step}: done`);
  }

  beforeAll(async () => {
    world = await SmallWorld.open({
      settings: {
        marts: { maxStaleness: '26h', adoptable: [] },
        decide: { minimumLifeDays: 3, evidenceDays: 30 },
        savings: { holdOutShare: 0.2, pairedRunsPerCycle: 0 },
      },
      baseCpuMs: 30_000,
    });
    await world.start();
  });
  afterAll(() => world.close());

  it('come to be where a second question is wider than the first', async () => {
    const questions = [BY_REGION, BY_BOTH];
    expect(
      await liveUntil(did(`create-mart ${NARROW}`), { questions: [BY_REGION], atMost: 6 }),
    ).toBeDefined();
    stable = await world.rows(`select * from ${NARROW}`);
    expect(stable.length).toBeGreaterThan(1);

    expect(await liveUntil(did(`create-mart ${WIDE}`), { questions, atMost: 10 })).toBeDefined();
  });

  it('are told of each other while both stand, with the loss at which one goes', async () => {
    // On its first day the wider one, asked for on few days yet, looks as if it would not be missed.
    await live([BY_REGION, BY_BOTH]);
    await live([BY_REGION, BY_BOTH]);

    const { text } = await world.goldsmith.explain(NARROW);

    expect(text).toMatch(/^keep +gold\.order_lines_by_region/m);
    expect(text).toMatch(
      /beside +gold\.order_lines_by_category_and_region answers 1 of its 1 kind of statement; without it reading costs \$[\d.]+ a day more, keeping it costs \$[\d.]+/,
    );
    expect(text).toMatch(/flips at +net loss beside gold\.order_lines_by_category_and_region: \$/);
  });

  it('become one once keeping both has cost more than building the narrow one again', async () => {
    merged = await liveUntil(
      (cycle) =>
        cycle.applied?.steps.some(
          ({ action, outcome }) =>
            action.kind === 'repoint-view' && action.to.kind === 'logical' && outcome === 'done',
        ) === true,
      { questions: [BY_REGION, BY_BOTH], atMost: 10 },
    );

    const step = merged?.decision.plan.steps.find(({ evidence }) => 'mergedInto' in evidence);
    expect(step?.action.mart).toContain('order_lines_by_region');
    expect(step?.because).toMatch(/order_lines_by_category_and_region answers 1 of its 1 kind/);
    expect(step?.because).toMatch(
      /it lost \$[\d.]+ net, more than the \$[\d.]+ at which it is given up/,
    );
  });

  it('keep the name for its readers: the same columns, the same answers, from base', async () => {
    expect(await world.rows(`select * from ${NARROW}`)).toEqual(stable);
    const [plan] = await world.rows(`explain select * from ${NARROW}`);
    expect(plan).toContain('order_lines');
  });

  it('send who asks route to the wide one, with the answers of base', async () => {
    const base = await world.rows(BY_REGION);
    const asked = [];
    for (let ask = 0; ask < 10; ask += 1) {
      const at = FIRST_DAY + day * DAY_MS + (ask / 2) * HOUR_MS;
      asked.push(await world.ask(BY_REGION, { at, user: 'ana' }));
    }

    const served = asked.filter(({ answer }) => answer.answer === 'mart');
    expect(served.length).toBeGreaterThan(4);
    for (const { answer, rows } of asked) {
      expect(rows).toEqual(base);
      expect(answer.sql).not.toContain('order_lines_by_region__');
    }
  });

  it('move the credit: the wide one is promised what the narrow one was, which did not fail', async () => {
    await world.cycle(day);

    const { receipts } = await world.goldsmith.receipts();
    const of = (name: string) =>
      receipts.find(({ relation, line }) => relation.endsWith(name) && line === 'capacity');
    expect(of('by_region')).toMatchObject({ rolledBack: false });
    const { decision } = await world.cycle(day);
    const wide = decision.verdicts.find(({ relation }) => relation.endsWith('category_and_region'));
    expect(wide?.outcome).toBe('keep');
    expect(wide?.numbers.templates).toBe(2);
    const narrow = decision.verdicts.find(({ relation }) =>
      relation.endsWith('order_lines_by_region'),
    );
    expect(narrow?.outcome).toBe('refuse');
    expect(narrow?.because).not.toContain('rolled back');
    expect(narrow?.numbers.basePerRunMs).toBe(30_000);
  });

  it('never flap: in the weeks that follow neither is built again', async () => {
    const steps: string[] = [];
    for (let days = 0; days < 12; days += 1) {
      steps.push(...stepsOf(await live([BY_REGION, BY_BOTH])));
    }

    expect(steps.filter((step) => step.startsWith('build-version'))).toEqual([]);
    expect(steps.filter((step) => step.includes(NARROW))).toEqual([
      `drop-version ${NARROW}: done`,
      `release-mart ${NARROW}: done`,
    ]);
  });
});
