import { beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/base/clock.ts';
import type { RelationId } from '../../src/base/relation.ts';
import { nanoUsd, usd } from '../../src/base/usd.ts';
import type { Accumulator, CycleInput } from '../../src/decide/cycle-input.ts';
import { wantFacts } from '../../src/decide/want-facts.ts';
import type { Mart, MartDefinition } from '../../src/marts/mart.ts';
import type { Receipt, WorkDone } from '../../src/marts/receipt.ts';
import { type CycleDecision, decideCycle } from '../../src/plan/decide-cycle.ts';
import { aMart, aSourceState, aVersion } from '../builders/a-mart.ts';
import { type Asked, aCycleInput, RETAIL_DDL, withFacts } from '../builders/a-world.ts';

const NOW = Date.parse('2026-03-20T02:00:00Z');
const MART = 'shop.gold.order_lines_by_order_date_and_category' as RelationId;

const asked: Asked = {
  sql: `select p.category, sum(l.amount) as revenue
    from silver.order_lines l join silver.products p on p.product_id = l.product_id
    where l.order_date >= date '2026-01-01' group by p.category`,
  client: 'notebook',
  readers: ['ana', 'bob'],
  runsPerDay: 10,
  days: 14,
  cpuMs: 40,
};

let definition: MartDefinition;
let key: string;
let published: CycleInput;

beforeAll(async () => {
  const input = await aCycleInput({ statements: [asked], now: NOW });
  const first = decideCycle(withFacts(input, wantFacts(input)));
  const create = first.plan.steps.find(({ action }) => action.kind === 'create-mart')?.action;
  if (create?.kind !== 'create-mart') {
    throw new Error('the shape of this story no longer pays');
  }
  definition = create.definition;
  key = first.verdicts.find(({ relation }) => relation === MART)?.key ?? '';
  const ddl = `${RETAIL_DDL}; create view ${MART} as ${definition.sql};`;
  const later = await aCycleInput({ statements: [asked], now: NOW, ddl });
  published = withFacts(
    later,
    wantFacts({ ...later, marts: [aMart(definition, { stage: 'logical' })] }),
  );
});

function cycle(mart: Mart, changes: Partial<CycleInput> = {}): CycleDecision {
  const sourceStates = definition.sources.map((source) => aSourceState(source));
  return decideCycle({ ...published, marts: [mart], sourceStates, ...changes });
}

function actions({ plan }: CycleDecision) {
  return plan.steps
    .map(({ action }) => action)
    .filter(({ mart }) => mart === MART)
    .map((action) => {
      if (action.kind === 'repoint-view') {
        return action.to.kind === 'logical' ? 'to logical' : `to v${action.to.version}`;
      }
      return 'version' in action ? `${action.kind} v${action.version}` : action.kind;
    });
}

function because(decision: CycleDecision): string | undefined {
  return decision.verdicts.find(({ relation }) => relation === MART)?.because;
}

function anAccumulator(changes: Partial<Accumulator>): Accumulator {
  return {
    key,
    relation: MART,
    missed: nanoUsd(0n),
    lost: nanoUsd(0n),
    throughDay: '2026-03-19',
    stage: 'physical',
    stageSince: NOW - 8 * DAY_MS,
    baselines: [],
    ...changes,
  };
}

function aReceipt(changes: Partial<Receipt>): Receipt {
  return {
    decision: `d/${MART}`,
    relation: MART,
    line: 'capacity',
    from: NOW - 15 * DAY_MS,
    until: NOW,
    predicted: 10_000n,
    realizedGross: 1000n,
    debits: 500_000n,
    net: -499_000n,
    method: 'hold-out',
    baseRuns: 9,
    martRuns: 90,
    matured: true,
    rolledBack: false,
    ...changes,
  };
}

describe('a physical mart', () => {
  it('is renewed while its sources are as they were at the build', () => {
    const decision = cycle(aMart(definition));

    expect(actions(decision)).toEqual(['to v1']);
    expect(decision.plan.steps[0]?.action).toMatchObject({
      to: { freshUntil: NOW + 1.5 * DAY_MS },
    });
  });

  it('is refreshed into the next version when a source changed, without asking for a gain again', () => {
    const sourceStates = definition.sources.map((source) => aSourceState(source, { rows: 1010 }));
    const decision = cycle(aMart(definition), { sourceStates });

    expect(actions(decision)).toEqual(['build-version v2', 'to v2']);
    expect(decision.plan.steps[0]?.action).toMatchObject({ reason: 'refresh', minimumGain: 0 });
    expect(because(decision)).toBe(
      'shop.silver.order_lines had 1000 rows at the build and has 1010',
    );
  });

  describe('whose refresh ran into the time limit', () => {
    const sourceStates = () => definition.sources.map((one) => aSourceState(one, { rows: 1010 }));
    const limit = 'w: the warehouse did not finish in time (limit 3600000 ms)';
    const failed = (at: number, cpuMs = HOUR_MS) =>
      ({ relation: MART, kind: 'failed-build', at, cpuMs, cost: usd(0), because: limit }) as const;
    const afterFailures = (failures: readonly WorkDone[], ageMs = 13 * HOUR_MS) =>
      cycle(aMart(definition, { current: aVersion(definition, { builtAt: NOW - ageMs }) }), {
        sourceStates: sourceStates(),
        cyclePeriodMs: 12 * HOUR_MS,
        workDone: failures,
      });

    it('rests ten times as long as that took before it is tried again, and says why', () => {
      const resting = afterFailures([failed(NOW - 9 * HOUR_MS)]);

      expect(actions(resting)).toEqual([]);
      expect(because(resting)).toBe(
        `shop.silver.order_lines had 1000 rows at the build and has 1010, and its refresh failed 1 time since, which took 1h: it is tried again after 10h of rest, at 2026-03-20T03:00Z (${limit}); it may still answer for 23h`,
      );
      expect(actions(afterFailures([failed(NOW - 10 * HOUR_MS)]))).toEqual([
        'build-version v2',
        'to v2',
      ]);
    });

    it('rests by the time that failures took, of however many cores', () => {
      const wide = { ...failed(NOW - 9 * HOUR_MS, 500 * HOUR_MS), tookMs: HOUR_MS };

      expect(because(afterFailures([wide]))).toContain(
        'which took 1h: it is tried again after 10h',
      );
    });

    it('rests longer after each, at most as long as a failed build', () => {
      const twice = [failed(NOW - 12 * HOUR_MS), failed(NOW - 11 * HOUR_MS)];
      const often = Array.from({ length: 9 }, (_, nth) =>
        failed(NOW - 13 * HOUR_MS + nth * 60_000),
      );

      expect(because(afterFailures(twice))).toContain('after 20h of rest');
      expect(because(afterFailures(often))).toContain('after 3d of rest');
    });

    it('is tried in the next cycle where it failed at once, where that was before its version, and where we stopped it', () => {
      const quick = failed(NOW - HOUR_MS / 4, 2_000);
      const before = failed(NOW - 14 * HOUR_MS);

      const stopped = { ...failed(NOW - HOUR_MS), isCancelled: true } as const;

      expect(actions(afterFailures([quick, before, stopped]))).toEqual([
        'build-version v2',
        'to v2',
      ]);
    });

    it('is tried once more before its answers are too old, and answers from its definition then', () => {
      const ageMs = 36 * HOUR_MS - HOUR_MS / 8;
      const once = [failed(NOW - HOUR_MS)];

      expect(actions(afterFailures(once, ageMs))).toEqual(['build-version v2', 'to v2']);
      expect(actions(afterFailures([failed(NOW - 3 * HOUR_MS), ...once], ageMs))).toEqual([
        'to logical',
      ]);
    });
  });

  it('is refreshed when only the content of a source changed', () => {
    const sourceStates = definition.sources.map((source) =>
      aSourceState(source, { checksum: '43' }),
    );

    expect(because(cycle(aMart(definition), { sourceStates }))).toBe(
      'shop.silver.order_lines has 1000 rows as at the build, but other content',
    );
  });

  it('answers from its definition first where its bound has passed already', () => {
    const current = aVersion(definition, { builtAt: NOW - 2 * DAY_MS });
    const sourceStates = definition.sources.map((source) => aSourceState(source, { rows: 1010 }));

    expect(actions(cycle(aMart(definition, { current }), { sourceStates }))).toEqual([
      'to logical',
      'build-version v2',
      'to v2',
    ]);
  });

  it('goes back to its definition when its sources cannot be measured before the bound passes', () => {
    const decision = cycle(aMart(definition), { sourceStates: [] });

    expect(actions(decision)).toEqual(['to logical']);
    expect(because(decision)).toBe(
      'shop.silver.order_lines could not be measured in this cycle; its answers may be 1.5d old, which passes before the next cycle',
    );
  });

  it('may still answer where the bound passes only after the next cycle', () => {
    const current = aVersion(definition, { builtAt: NOW - HOUR_MS });
    const decision = cycle(aMart(definition, { current }), {
      sourceStates: [],
      cyclePeriodMs: DAY_MS,
    });

    expect(actions(decision)).toEqual([]);
    expect(because(decision)).toContain('it may still answer for 1.5d');
  });

  it('is given up when its net loss passes twice its build cost', () => {
    const accumulators = [anAccumulator({ lost: usd(1) })];
    const decision = cycle(aMart(definition), { accumulators });

    expect(actions(decision)).toEqual(['to logical']);
    expect(because(decision)).toMatch(/^it lost \$1\.00 net, more than the \$0\.0000\d+ at which/);
  });

  it('is given up when a matured receipt shows that it does not earn', () => {
    const decision = cycle(aMart(definition), {
      receipts: [aReceipt({})],
      accumulators: [anAccumulator({})],
    });

    expect(actions(decision)).toEqual(['to logical']);
    expect(because(decision)).toBe('measured over 15.0 days it saved $0.0000010 and cost $0.00050');
  });

  it('is not given up for a build it still has time to pay back', () => {
    const young = aReceipt({
      from: NOW - 4 * DAY_MS,
      realizedGross: 1000n,
      debits: 2000n,
      net: -1000n,
    });

    const accumulators = [anAccumulator({})];
    expect(actions(cycle(aMart(definition), { receipts: [young], accumulators }))).toEqual([
      'to v1',
    ]);
  });

  it('is not given up for a build it has not paid back in 15 days, while it saves more than it costs to keep', () => {
    const slow = aReceipt({ realizedGross: 1000n, debits: 2000n, net: -1000n });

    const accumulators = [anAccumulator({})];
    expect(actions(cycle(aMart(definition), { receipts: [slow], accumulators }))).toEqual([
      'to v1',
    ]);
  });

  it('is not given up for its money in its first week, which has its quiet days', () => {
    const accumulators = [anAccumulator({ lost: usd(1), stageSince: NOW - 7 * DAY_MS + 1 })];

    expect(actions(cycle(aMart(definition), { accumulators }))).toEqual(['to v1']);
  });

  it('is left alone while it is quarantined', () => {
    expect(actions(cycle(aMart(definition, { stage: 'quarantined' })))).toEqual([]);
  });
});

describe('a mart that is a view', () => {
  it('is built without being published again when it pays', () => {
    const { current: _, ...logical } = aMart(definition, { stage: 'logical' });

    expect(actions(cycle(logical))).toEqual(['build-version v1', 'to v1']);
  });

  it('is not built again for 90 days after it was rolled back', () => {
    const { current: _, ...logical } = aMart(definition, { stage: 'logical' });
    const decision = cycle(logical, { receipts: [aReceipt({ rolledBack: true })] });

    expect(actions(decision)).toEqual([]);
    expect(because(decision)).toBe(
      'it was rolled back on 2026-03-20, and there is no second attempt for 90d',
    );
  });

  it('keeps a hidden version for the whole grace, and loses it then', () => {
    const { current: _, ...logical } = aMart(definition, { stage: 'logical' });
    const hiddenFor = (ms: number): Mart => ({
      ...logical,
      hidden: [{ version: aVersion(definition), hiddenAt: NOW - ms }],
    });
    const receipts = [aReceipt({ rolledBack: true })];

    expect(actions(cycle(hiddenFor(7 * DAY_MS - 1), { receipts }))).toEqual([]);
    expect(actions(cycle(hiddenFor(7 * DAY_MS), { receipts }))).toEqual(['drop-version v1']);
  });

  it('drops nothing while too little of the history is understood', () => {
    const { current: _, ...logical } = aMart(definition, { stage: 'logical' });
    const mart: Mart = {
      ...logical,
      hidden: [{ version: aVersion(definition), hiddenAt: NOW - 30 * DAY_MS }],
    };
    const coverage = { ...published.usage.coverage, parsedCostShare: 0.49 };
    const decision = cycle(mart, {
      usage: { ...published.usage, coverage },
      receipts: [aReceipt({ rolledBack: true })],
    });

    expect(actions(decision)).toEqual([]);
  });

  it('is released after a further grace, when nobody would miss it', () => {
    const { current: _, ...logical } = aMart(definition, { stage: 'logical' });
    const usage = { ...published.usage, facts: [], templates: [] };
    const since = (ms: number) => [anAccumulator({ stage: 'logical', stageSince: NOW - ms })];

    expect(actions(cycle(logical, { usage, accumulators: since(7 * DAY_MS - 1) }))).toEqual([]);
    expect(actions(cycle(logical, { usage, accumulators: since(7 * DAY_MS) }))).toEqual([
      'release-mart',
    ]);
  });
});

/** Since December, read on the last three days of each month only. */
function monthEnds(until: number): Accumulator['past'] {
  const start = Date.parse('2025-12-01T00:00:00Z');
  const runs = Array.from({ length: Math.floor((until - start) / DAY_MS) }, (_, day) =>
    new Date(start + (day + 3) * DAY_MS).getUTCDate() <= 3 ? 40 + (day % 5) : 0,
  );
  return [
    {
      fingerprint: 'q-month-end',
      since: '2025-12-01',
      runs,
      baseCpuMs: 100,
      savedCpuMs: 95,
      readers: 3,
      sampleIds: ['s-february'],
    },
  ];
}

/** A mart with its build and its upkeep as measured, in a quiet time. */
function quiet(
  now: number,
  { stage, upkeepMs }: { readonly stage: 'physical' | 'logical'; readonly upkeepMs: number },
): CycleDecision {
  const stageSince = now - 10 * DAY_MS;
  const work = { relation: MART, cost: nanoUsd(0n) };
  const refreshes = Array.from({ length: 9 }, (_, day) => ({
    ...work,
    kind: 'refresh' as const,
    at: stageSince + (day + 1) * DAY_MS,
    cpuMs: (10 / 9) * upkeepMs,
  }));
  const hidden = { version: aVersion(definition), hiddenAt: now - DAY_MS };
  return cycle(
    stage === 'physical'
      ? aMart(definition, { current: aVersion(definition, { builtAt: now - DAY_MS }) })
      : aMart(definition, { stage, hidden: [hidden] }),
    {
      now,
      usage: { ...published.usage, facts: [], from: now - 14 * DAY_MS, until: now },
      accumulators: [anAccumulator({ stage, stageSince, lost: nanoUsd(0n), past: monthEnds(now) })],
      workDone: [{ ...work, kind: 'build', at: stageSince, cpuMs: 1000 }, ...refreshes],
    },
  );
}

describe('a mart that is read at the end of the month', () => {
  it('is kept over quiet weeks that cost less than building it again', () => {
    const decision = quiet(NOW, { stage: 'physical', upkeepMs: 10 });

    expect(actions(decision)).toEqual(['to v1']);
    expect(because(decision)).toMatch(
      /; it is kept for 2026-03-29 to 2026-03-31, when it is expected to save \$0\.0001\d$/,
    );
  });

  it('is a view until then where keeping it costs more, and may come back', () => {
    const decision = quiet(NOW, { stage: 'physical', upkeepMs: 400 });
    const step = decision.plan.steps.find(({ action }) => action.kind === 'repoint-view');

    expect(actions(decision)).toEqual(['to logical']);
    expect(because(decision)).toMatch(/^it is not needed until 2026-03-29, and keeping it/);
    expect(step?.evidence).toMatchObject({ untilSeason: '2026-03-29' });
  });

  it('is built just before the season, replaying statements of the last one', () => {
    const early = quiet(NOW, { stage: 'logical', upkeepMs: 400 });
    const inTime = quiet(Date.parse('2026-03-29T02:00:00Z'), { stage: 'logical', upkeepMs: 400 });

    expect(actions(early)).toEqual([]);
    expect(actions(inTime)).toEqual(['build-version v2', 'to v2']);
    expect(inTime.plan.steps[0]?.action).toMatchObject({
      reason: 'promote',
      replay: [{ fingerprint: 'q-month-end', sampleIds: ['s-february'] }],
    });
    expect(because(inTime)).toMatch(
      /^2026-03-29 to 2026-03-31 is expected to save .* as in 3 seasons before; building costs/,
    );
  });

  it('stays a view between the seasons, instead of being given up', () => {
    const now = Date.parse('2026-03-22T02:00:00Z');
    const decision = cycle(aMart(definition, { stage: 'logical' }), {
      now,
      usage: { ...published.usage, facts: [], from: now - 14 * DAY_MS, until: now },
      accumulators: [
        anAccumulator({ stage: 'logical', stageSince: now - 20 * DAY_MS, past: monthEnds(now) }),
      ],
    });

    expect(actions(decision)).toEqual([]);
  });
});

describe('a mart that makes its readers slower', () => {
  it('goes back to its view by itself, whatever its money says', () => {
    const slower = ['a', 'b', 'c'].map((fingerprint) => ({ fingerprint, baseMs: 10, martMs: 12 }));
    const decision = cycle(aMart(definition), {
      accumulators: [anAccumulator({ stageSince: NOW - DAY_MS })],
      receipts: [aReceipt({ line: 'time', net: 5n, slower })],
    });

    expect(actions(decision)).toEqual(['to logical']);
    expect(because(decision)).toBe(
      '3 kinds of statement are at least 15% slower on it than on base, the worst takes 12.0 ms instead of 10.0 ms',
    );
  });
});

describe('a superseded version', () => {
  it('is dropped a day after the newer one took its place, whatever is understood', () => {
    const current = aVersion(definition, { version: 2 });
    const hidden = [{ version: aVersion(definition), hiddenAt: NOW - DAY_MS }];

    expect(actions(cycle(aMart(definition, { current, hidden })))).toEqual([
      'to v2',
      'drop-version v1',
    ]);
  });
});
