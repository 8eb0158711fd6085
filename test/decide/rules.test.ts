import { describe, expect, it } from 'vitest';
import { noMoney, usd } from '../../src/base/usd.ts';
import type { DecisionInput } from '../../src/decide/decision-rule.ts';
import type { Lasting } from '../../src/decide/forecast.ts';
import { judge } from '../../src/decide/judge.ts';
import { RULES } from '../../src/decide/rules.ts';
import {
  aCandidate,
  aDecisionInput,
  aDemand,
  anEstimate,
  aPolicy,
  aSide,
  LINES,
  PRODUCTS,
  SALES,
} from '../builders/a-decision-input.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const nobody = { runs: 0, readers: 0, days: 0, baseCpuMs: 0, martCpuMs: 0 };
const definition = aCandidate().definition;

interface Case {
  readonly title: string;
  readonly input: Partial<DecisionInput>;
  readonly rule: string;
  readonly because: string;
  readonly flip: {
    readonly what: string;
    readonly now: string | number;
    readonly needed: string | number;
  };
}

/** One at the boundary's far side; the near side is in the table below. */
const REFUSED: readonly Case[] = [
  {
    title: 'a definition with an objection',
    input: { candidate: aCandidate({ objections: ['its definition calls now()'] }) },
    rule: 'can-be-proved',
    because: 'its definition calls now()',
    flip: { what: 'objections to the definition', now: 1, needed: 0 },
  },
  {
    title: 'a second attempt on the last day of the 90',
    input: { lastNo: { at: Date.parse('2025-12-20T02:00:01Z'), why: 'was declined' } },
    rule: 'was-not-declined',
    because: 'it was declined on 2025-12-20, and there is no second attempt for 90d',
    flip: { what: 'the day', now: '2026-03-20', needed: '2026-03-20' },
  },
  {
    title: 'a build that failed yesterday',
    input: { lastFailureAt: Date.parse('2026-03-19T02:00:00Z') },
    rule: 'did-not-fail-lately',
    because: 'its last build failed on 2026-03-19, and is tried again after 3d',
    flip: { what: 'the day', now: '2026-03-20', needed: '2026-03-22' },
  },
  {
    title: 'a build that ran into the time limit',
    input: {
      lastFailureAt: Date.parse('2026-03-19T02:00:00Z'),
      lastFailure: 'w: the warehouse did not finish in time (limit 3600000 ms)',
    },
    rule: 'did-not-fail-lately',
    because:
      'its last build failed on 2026-03-19 (w: the warehouse did not finish in time (limit 3600000 ms)), and is tried again after 3d',
    flip: { what: 'the day', now: '2026-03-20', needed: '2026-03-22' },
  },
  {
    title: 'a source that was emptied',
    input: { doubt: { relation: LINES, because: 'it has no rows and had 3000' } },
    rule: 'rests-on-sound-sources',
    because: 'it has no rows and had 3000: nothing is built from it as long as that lasts',
    flip: { what: `the incident on ${LINES}`, now: 'open', needed: 'over' },
  },
  {
    title: 'an adopted view whose bound is zero, saying what to configure',
    input: {
      candidate: aCandidate({
        definition: { ...definition, origin: 'adopted', maxStalenessMs: 0 },
      }),
    },
    rule: 'keeps-its-staleness-bound',
    because:
      'gold.sales_by_day may never answer older than its sources, which no physical mart can promise; say how old its answers may be in `marts.adoptable gold.sales_by_day maxStaleness`',
    flip: { what: 'marts.adoptable gold.sales_by_day maxStaleness', now: '0ms', needed: '1d' },
  },
  {
    title: 'a bound shorter than the time between two cycles',
    input: { candidate: aCandidate({ definition: { ...definition, maxStalenessMs: DAY - 1 } }) },
    rule: 'keeps-its-staleness-bound',
    because:
      'its answers may be 24.0h old, but cycles are 1d apart, so its freshness would run out between two of them',
    flip: { what: 'marts.maxStaleness', now: '24.0h', needed: '1d' },
  },
  {
    title: 'an aggregate one row over 30 % of what it groups',
    input: { estimate: anEstimate({ rows: 150_001 }) },
    rule: 'stays-small',
    because: 'it would keep about 150001 of 500000 rows (30%), more than 30%',
    flip: { what: 'rows of the mart', now: 150_001, needed: 150_000 },
  },
  {
    title: 'demand none of which has a road',
    input: {
      demand: aDemand({
        reachable: nobody,
        unreachable: aSide(),
        clientsWithoutRoad: ['excel'],
      }),
    },
    rule: 'has-a-road',
    because:
      'none of its 140 runs has a road to it: excel neither names a view of it nor asks `route`',
    flip: { what: 'runs with a road', now: 0, needed: 40 },
  },
  {
    title: '39 runs in the window',
    input: {
      demand: aDemand({ reachable: aSide({ runs: 39 }) }),
      // A build costs seven.
      accumulator: { missed: usd(0.000_006_9) },
    },
    rule: 'is-asked-often-enough',
    because: '39 runs in 14 days had a road to it, fewer than 40',
    flip: { what: 'runs in 14 days', now: 39, needed: 40 },
  },
  {
    title: 'two days of a quarter, though waiting has cost as much as building',
    input: {
      demand: aDemand({ reachable: aSide({ days: 1 }) }),
      forecast: { ...aDecisionInput().forecast, lasting: aLasting({ days: 2, spanDays: 200 }) },
    },
    rule: 'is-asked-often-enough',
    because: 'it was asked for on 2 days in 95 days, fewer than 3',
    flip: { what: 'days with runs in 95 days', now: 2, needed: 3 },
  },
  {
    title: 'a single reader',
    input: { demand: aDemand({ reachable: aSide({ readers: 1 }) }) },
    rule: 'is-asked-often-enough',
    because: '1 reader asked for it in 14 days, fewer than 2',
    flip: { what: 'readers in 14 days', now: 1, needed: 2 },
  },
  {
    title: 'runs on two days only',
    input: { demand: aDemand({ reachable: aSide({ days: 2 }) }) },
    rule: 'is-asked-often-enough',
    because: 'it was asked for on 2 days in 14 days, fewer than 3',
    flip: { what: 'days with runs in 14 days', now: 2, needed: 3 },
  },
  {
    title: 'a run that would take more than half as long on the mart',
    input: { demand: aDemand({ reachable: aSide({ martCpuMs: 140 * 20.2 }) }) },
    rule: 'gains-enough',
    because:
      'a run would take 20.2 ms of thread time instead of 40 ms, a gain of 49.5%, less than 50%',
    flip: { what: 'thread time per run on the mart in ms', now: 20.2, needed: 20 },
  },
  {
    title: 'a takeover while half of the cost is not understood',
    input: {
      candidate: aCandidate({ definition: { ...definition, origin: 'adopted' } }),
      coverage: 0.49,
    },
    rule: 'is-understood-well-enough',
    because:
      'only 49% of the cost of the history was understood, less than the 50% a takeover needs',
    flip: { what: 'coverage by cost', now: '49%', needed: '50%' },
  },
  {
    title: 'a saving that only equals upkeep, with the runs a day that would pay',
    input: {
      estimate: anEstimate({ upkeepPerDay: usd(0.000_004_9) }),
    },
    rule: 'saves-more-than-upkeep',
    because: 'it would save $0.0000049 a day for sure, and keeping it costs $0.0000049 a day',
    flip: { what: 'runs per day', now: 10, needed: 10 },
  },
  {
    title: 'a build that pays back on the fifteenth day',
    input: { estimate: anEstimate({ buildCost: usd(0.000_043) }) },
    rule: 'pays-back-in-time',
    because:
      'building it costs $0.000043 and it nets $0.0000029 a day for sure, so it does not pay back within 14 days',
    flip: { what: 'net saving per day', now: '$0.0000029', needed: '$0.0000031' },
  },
  {
    title: 'a mean below upkeep, though the money is decisive',
    input: {
      estimate: anEstimate({ upkeepPerDay: usd(0.000_1) }),
      accumulator: { missed: usd(0.000_07) },
    },
    rule: 'saves-more-than-upkeep',
    because: 'it would save $0.0000053 a day as expected, and keeping it costs $0.00010 a day',
    flip: { what: 'runs per day', now: 10, needed: 189 },
  },
  {
    title: 'a burst of two days that cost ten builds, of which nothing is sure',
    input: {
      saving: { ...aDecisionInput().saving, lowPerDay: noMoney },
      forecast: { ...aDecisionInput().forecast, activeDays: 2 },
      accumulator: { missed: usd(0.000_07) },
    },
    rule: 'saves-more-than-upkeep',
    because: 'it would save $0.00 a day for sure, and keeping it costs $0.0000020 a day',
    flip: { what: 'runs per day', now: 10, needed: 'any saving' },
  },
  {
    title:
      'a payback of 61 days, however long it was asked for, while waiting has cost less than building',
    input: {
      estimate: anEstimate({ buildCost: usd(0.000_18) }),
      forecast: { ...aDecisionInput().forecast, lasting: aLasting({ spanDays: 200 }) },
      accumulator: { missed: usd(0.000_17) },
    },
    rule: 'pays-back-in-time',
    because:
      'building it costs $0.00018 and it nets $0.0000029 a day for sure, so it does not pay back within 60 days',
    flip: { what: 'net saving per day', now: '$0.0000029', needed: '$0.0000030' },
  },
  {
    title: 'a join that was measured to multiply rows',
    input: {
      candidate: aCandidate({
        failed: [{ kind: 'unique-key', relation: PRODUCTS, columns: ['product_id'] }],
      }),
    },
    rule: 'joins-lose-nothing',
    because:
      'its joins would multiply or lose rows: unique silver.products(product_id) does not hold',
    flip: { what: 'obligations that do not hold', now: 1, needed: 0 },
  },
  {
    title: 'a join nobody has measured yet',
    input: {
      candidate: aCandidate({
        unverified: [{ kind: 'not-null', relation: LINES, column: 'product_id' }],
      }),
    },
    rule: 'joins-lose-nothing',
    because: 'not verified yet: not null silver.order_lines(product_id)',
    flip: { what: 'obligations not verified yet', now: 1, needed: 0 },
  },
  {
    title: 'a burst of two days whose waiting has cost a nano-dollar less than the build',
    input: {
      accumulator: { missed: usd(0.000_006_999) },
      forecast: { ...aDecisionInput().forecast, activeDays: 2 },
    },
    rule: 'has-waited-long-enough',
    because: 'waiting has cost $0.0000070 so far, less than the $0.0000070 a build costs',
    flip: { what: 'missed savings', now: '$0.0000070', needed: '$0.0000070' },
  },
  {
    title: 'a sure forecast whose waiting has cost less than a quarter of the build',
    input: { accumulator: { missed: usd(0.000_001_6) } },
    rule: 'has-waited-long-enough',
    because:
      'waiting has cost $0.0000016 so far, less than the $0.0000017 at which so sure a build is begun',
    flip: { what: 'missed savings', now: '$0.0000016', needed: '$0.0000017' },
  },
];

const PASSED: readonly { readonly title: string; readonly input: Partial<DecisionInput> }[] = [
  { title: 'everything in order', input: {} },
  { title: 'exactly 40 runs', input: { demand: aDemand({ reachable: aSide({ runs: 40 }) }) } },
  { title: 'exactly 30 % of the rows', input: { estimate: anEstimate({ rows: 150_000 }) } },
  {
    title: 'a bound as long as the cycle period',
    input: { candidate: aCandidate({ definition: { ...definition, maxStalenessMs: DAY } }) },
  },
  {
    title: 'a no 90 days ago',
    input: { lastNo: { at: Date.parse('2025-12-20T02:00:00Z'), why: 'was rolled back' } },
  },
  {
    title: 'waiting that has cost exactly the build, on two days',
    input: {
      accumulator: { missed: usd(0.000_007) },
      forecast: { ...aDecisionInput().forecast, activeDays: 2 },
    },
  },
  {
    title: 'waiting that has cost a quarter of the build, where the forecast is sure',
    input: { accumulator: { missed: usd(0.000_001_75) } },
  },
  {
    title: 'a season that begins soon and pays for the build, however little waiting has cost',
    input: {
      accumulator: { missed: noMoney },
      reservation: {
        kind: 'build',
        saves: usd(0.000_01),
        from: '2026-03-29',
        until: '2026-03-31',
        seasonSaves: usd(0.000_03),
      },
    },
  },
  {
    title: '39 runs, where waiting has cost as much as building',
    input: {
      demand: aDemand({ reachable: aSide({ runs: 39 }) }),
      accumulator: { missed: usd(0.000_007) },
    },
  },
  {
    title: 'what is asked for once a week, where waiting has cost as much as building',
    input: {
      demand: aDemand({ reachable: aSide({ days: 2 }) }),
      forecast: { ...aDecisionInput().forecast, lasting: aLasting({ days: 6, spanDays: 40 }) },
      accumulator: { missed: usd(0.000_007) },
    },
  },
  {
    title: 'what pays back in 40 days after it was asked for in 20',
    input: {
      estimate: anEstimate({ buildCost: usd(0.000_1) }),
      forecast: { ...aDecisionInput().forecast, lasting: aLasting({ spanDays: 20 }) },
      accumulator: { missed: usd(0.000_1) },
    },
  },
  {
    title:
      'what pays back in 14 days as expected though not for sure, where waiting has cost as much as building',
    input: {
      estimate: anEstimate({ buildCost: usd(0.000_043) }),
      saving: {
        ...aDecisionInput().saving,
        meanPerDay: usd(2 * Number(aDecisionInput().saving.lowPerDay) * 1e-9),
      },
      accumulator: { missed: usd(0.000_043) },
    },
  },
  {
    title: 'a payback of 300 days of what was asked for in 200, where waiting has cost as much',
    input: {
      estimate: anEstimate({ buildCost: usd(0.000_8) }),
      forecast: { ...aDecisionInput().forecast, lasting: aLasting({ spanDays: 200 }) },
      accumulator: { missed: usd(0.000_8) },
    },
  },
  {
    title: 'what comes in heaps, sure of no four weeks, where the missed savings are ten builds',
    input: {
      saving: { ...aDecisionInput().saving, lowPerDay: noMoney },
      accumulator: { missed: usd(0.000_07) },
    },
  },
  {
    title: 'three runs by one reader, where the missed savings are ten builds',
    input: {
      demand: aDemand({
        reachable: aSide({ runs: 3, readers: 1, days: 1, baseCpuMs: 120, martCpuMs: 6 }),
      }),
      accumulator: { missed: usd(0.00007) },
    },
  },
  {
    title: 'one of our own while little is understood',
    input: { coverage: 0.1 },
  },
];

function aLasting(changes: Partial<Lasting>): Lasting {
  return { runs: 140, readers: 3, days: 14, spanDays: 20, ...changes };
}

describe('the decision rules', () => {
  it.each(REFUSED)('refuse $title', ({ input, rule, because, flip }) => {
    const decision = judge(aDecisionInput(input));

    expect(decision).toMatchObject({
      build: false,
      refusedBy: rule,
      refusal: { kind: 'refuse', because, flip },
    });
  });

  it.each(PASSED)('pass $title', ({ input }) => {
    expect(judge(aDecisionInput(input))).toEqual({ build: true });
  });

  it('give a number to every refusal', () => {
    const refusals = REFUSED.map(({ input }) => judge(aDecisionInput(input)));

    expect(
      refusals.every((each) => !each.build && Object.keys(each.refusal.evidence).length > 0),
    ).toBe(true);
  });

  it('are all asked by a test', () => {
    expect(new Set(REFUSED.map(({ rule }) => rule))).toEqual(new Set(RULES.map(({ id }) => id)));
  });

  it('say that nothing can be saved where the runs cost nothing', () => {
    const demand = aDemand({ reachable: aSide({ baseCpuMs: 0, martCpuMs: 0 }) });

    expect(
      judge(
        aDecisionInput({
          demand,
          saving: { lowPerDay: noMoney, meanPerDay: noMoney, highPerDay: noMoney },
        }),
      ),
    ).toMatchObject({
      refusedBy: 'gains-enough',
      refusal: { because: 'its runs cost nothing that could be saved' },
    });
  });

  it('name the view an adoptable takeover is about', () => {
    const candidate = aCandidate({
      definition: { ...definition, origin: 'adopted', maxStalenessMs: 0 },
    });
    const decision = judge(aDecisionInput({ candidate, policy: aPolicy() }));

    expect(!decision.build && decision.refusal.because).toContain(SALES);
  });
});
