import { describe, expect, it } from 'vitest';
import { DAY_MS, dayOf } from '../../src/base/clock.ts';
import type { RelationId } from '../../src/base/relation.ts';
import { nanoUsd, scaleUsd, usd } from '../../src/base/usd.ts';
import { accumulate } from '../../src/decide/accumulate.ts';
import type { Accumulator } from '../../src/decide/cycle-input.ts';

const START = Date.parse('2026-01-01T00:00:00Z');
const RELATION = 'gold.m' as RelationId;

interface Night {
  readonly now: number;
  readonly stage: Accumulator['stage'];
  readonly saved: Readonly<Record<string, number>>;
  readonly upkeep: number;
}

function night(before: Accumulator | undefined, { now, stage, saved, upkeep }: Night): Accumulator {
  return accumulate(before, {
    key: 'm',
    relation: RELATION,
    now,
    stage,
    enteredAt: now - DAY_MS,
    days: Object.keys(saved).toSorted(),
    savedOn: (day) => usd(saved[day] ?? 0),
    upkeepPerDay: usd(upkeep),
    baselines: [],
  });
}

function dayAfter(days: number): number {
  return START + days * DAY_MS;
}

describe('the ski-rental accumulator', () => {
  it('starts with the first day of the history, known or not', () => {
    const saved = { '2026-01-01': 3, '2026-01-02': 0, '2026-01-03': 5 };

    const first = night(undefined, { now: dayAfter(3), stage: 'none', saved, upkeep: 1 });

    expect(first.missed).toBe(usd(2 - 1 + 4));
    expect(first.throughDay).toBe('2026-01-03');
  });

  it('remembers since when a published view is gone, until it is a mart again', () => {
    const at = (days: number, stage: Accumulator['stage'], before?: Accumulator) =>
      night(before, { now: dayAfter(days), stage, saved: {}, upkeep: 0 });

    const never = at(3, 'none', at(2, 'none'));
    const gone = at(5, 'none', at(4, 'none', at(3, 'logical')));
    const again = at(6, 'logical', gone);

    expect([never, gone, again].map(({ givenUpAt }) => givenUpAt)).toEqual([
      undefined,
      dayAfter(4),
      undefined,
    ]);
  });

  it('never falls below nothing', () => {
    const saved = { '2026-01-01': 0, '2026-01-02': 0, '2026-01-03': 5 };

    expect(night(undefined, { now: dayAfter(3), stage: 'none', saved, upkeep: 1 }).missed).toBe(
      usd(4),
    );
  });

  it('counts a day once, however often a cycle runs in it, and never the day that is not over', () => {
    const saved = { '2026-01-01': 3, '2026-01-02': 9 };
    const now = dayAfter(1) + 5 * 3_600_000;
    const first = night(undefined, { now, stage: 'none', saved, upkeep: 1 });

    const second = night(first, { now: now + 3_600_000, stage: 'none', saved, upkeep: 1 });

    expect([first.missed, second.missed]).toEqual([usd(2), usd(2)]);
  });

  it('catches up with days no cycle ran on', () => {
    const first = night(undefined, {
      now: dayAfter(1),
      stage: 'none',
      saved: { '2026-01-01': 3 },
      upkeep: 1,
    });
    const saved = { '2026-01-01': 3, '2026-01-02': 4, '2026-01-03': 5 };

    const later = night(first, { now: dayAfter(3), stage: 'none', saved, upkeep: 1 });

    expect(later.missed).toBe(usd(2 + 3 + 4));
  });

  it('begins a new account when the mart becomes physical, and another when it is a view again', () => {
    const saved = { '2026-01-01': 9, '2026-01-02': 0, '2026-01-03': 0 };
    const before = night(undefined, { now: dayAfter(1), stage: 'logical', saved, upkeep: 1 });
    const flipped = night(before, { now: dayAfter(2), stage: 'physical', saved, upkeep: 1 });
    const kept = night(flipped, { now: dayAfter(3), stage: 'physical', saved, upkeep: 1 });
    const given = night(kept, { now: dayAfter(4), stage: 'logical', saved, upkeep: 1 });

    expect([before.missed, flipped.missed, flipped.lost]).toEqual([usd(8), 0n, usd(0)]);
    expect(kept.lost).toBe(usd(1));
    expect([given.missed, given.lost]).toEqual([0n, 0n]);
  });
});

/** Numerical Recipes' generator: the same streams on every machine. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function poisson(mean: number, random: () => number): number {
  const limit = Math.exp(-mean);
  let product = random();
  let count = 0;
  while (product > limit) {
    product *= random();
    count += 1;
  }
  return count;
}

interface Stream {
  readonly savings: readonly number[];
  readonly build: number;
  readonly upkeep: number;
}

/** `selection.md` 1.5, with base rates up to e^2 instead of e^3: steady, weekday, dying and born demand. */
function streams(count: number): readonly Stream[] {
  const random = generator(20_260_320);
  return Array.from({ length: count }, (_, i) => {
    const rate = Math.exp(random() * 2);
    const turn = Math.floor(random() * 200);
    const rates = Array.from({ length: 365 }, (__, day) => {
      const kinds = [
        rate,
        day % 7 < 5 ? rate : 0,
        day < 30 + turn ? rate : 0,
        day >= turn ? rate : 0,
      ];
      return kinds[i % 4] ?? 0;
    });
    const savings = rates.map((each) => poisson(each, random));
    const mean = savings.reduce((sum, each) => sum + each, 0) / 365;
    return { savings, upkeep: mean * (0.1 + 1.4 * random()), build: mean * (2 + 38 * random()) };
  });
}

/** Two-state recurrence: the best anybody could have done knowing the future. */
function offline({ savings, build, upkeep }: Stream): number {
  let [off, on] = [0, Infinity];
  for (const saved of savings) {
    [off, on] = [Math.min(off, on) + saved, Math.min(on, off + build) + upkeep];
  }
  return Math.min(off, on);
}

/** What it cost to follow the accumulator, deciding each night on the days before. */
function followed(
  { savings, build, upkeep }: Stream,
  [alpha, beta]: readonly [number, number],
): number {
  let memory: Accumulator | undefined;
  let stage: Accumulator['stage'] = 'none';
  let cost = 0;
  for (const [day, saved] of savings.entries()) {
    if (memory !== undefined) {
      if (stage !== 'physical' && memory.missed >= scaleUsd(usd(build), alpha)) {
        stage = 'physical';
        cost += build;
        memory = { ...memory, stage, missed: nanoUsd(0n), lost: nanoUsd(0n) };
      } else if (stage === 'physical' && memory.lost >= scaleUsd(usd(build), beta)) {
        stage = 'logical';
        memory = { ...memory, stage, missed: nanoUsd(0n), lost: nanoUsd(0n) };
      }
    }
    cost += stage === 'physical' ? upkeep : saved;
    const today = dayOf(dayAfter(day));
    memory = night(memory, { now: dayAfter(day + 1), stage, saved: { [today]: saved }, upkeep });
  }
  return cost;
}

describe('the simulation of a year', () => {
  const all = streams(120);
  const best = all.reduce((sum, stream) => sum + offline(stream), 0);
  const ratio = (margins: readonly [number, number]) =>
    all.reduce((sum, stream) => sum + followed(stream, margins), 0) / best;
  const never =
    all.reduce((sum, { savings }) => sum + savings.reduce((a, b) => a + b, 0), 0) / best;
  const always = all.reduce((sum, { build, upkeep }) => sum + build + 365 * upkeep, 0) / best;

  it('follows the best possible within a quarter, closer than never or always building', () => {
    const ours = ratio([1, 2]);

    expect(ours).toBeLessThan(1.25);
    expect(ours).toBeLessThan(Math.min(never, always));
  });

  it('is worse when marts are given up at the first loss', () => {
    expect(ratio([1, 0.25])).toBeGreaterThan(ratio([1, 2]));
  });
});

describe('what base costs, after a mart', () => {
  const parts = {
    key: 'm',
    relation: RELATION,
    now: dayAfter(5),
    enteredAt: dayAfter(1),
    days: ['2026-01-03', '2026-01-04', '2026-01-05'],
    savedOn: () => usd(0),
    upkeepPerDay: usd(0),
  };
  const known = [{ fingerprint: 'f1', cpuMs: 400, runs: 9 }];
  const physical = accumulate(undefined, { ...parts, stage: 'physical', baselines: known });

  it('is remembered of statements it answered last, with the day until which it did', () => {
    const after = accumulate(physical, { ...parts, stage: 'logical', baselines: [] });

    expect(after).toMatchObject({ baselines: known, answeredUntil: '2026-01-06' });
  });

  it('is what the days since then showed, where they showed it', () => {
    const seen = [{ fingerprint: 'f1', cpuMs: 420, runs: 3 }];
    const after = accumulate(physical, { ...parts, stage: 'logical', baselines: seen });

    expect(after.baselines).toEqual(seen);
  });

  it('is forgotten once the days on which it answered have left the history', () => {
    const after = accumulate(physical, { ...parts, stage: 'logical', baselines: [] });
    const days = ['2026-01-07', '2026-01-08'];

    const later = accumulate(after, {
      ...parts,
      now: dayAfter(8),
      days,
      stage: 'logical',
      baselines: [],
    });

    expect(later.baselines).toEqual([]);
    expect(later.answeredUntil).toBeUndefined();
  });
});
