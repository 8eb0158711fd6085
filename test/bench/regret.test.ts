import { describe, expect, it } from 'vitest';
import { demandStreams, offlineOptimum, STREAM_KINDS } from '../../bench/demand-streams.ts';
import { bestCourse, regretOf } from '../../bench/regret.ts';
import { accumulator, always, follow, never } from '../../bench/stream-policies.ts';

describe('regret over a year of demand', () => {
  const streams = demandStreams(5, 3);
  const policies = { never, always, accumulator: accumulator(1, 2) };

  it('is about streams of every kind', () => {
    expect(new Set(streams.map(({ kind }) => kind))).toEqual(new Set(STREAM_KINDS));
  });

  it.each(Object.entries(policies))('adds up to what %s costs more than the best', (_, policy) => {
    for (const stream of streams) {
      const { whole } = regretOf(stream, follow(stream, policy).stands);

      expect(whole).toBeCloseTo(follow(stream, policy).cost - offlineOptimum(stream), 6);
    }
  });

  it('is none on the best course', () => {
    for (const stream of streams) {
      expect(regretOf(stream, bestCourse(stream)).whole).toBeCloseTo(0, 6);
    }
  });

  it('tells waiting from staying too long', () => {
    const stream = { kind: 'dying', saved: [9, 9, 9, 0, 0], upkeep: 1, build: 5 } as const;

    expect(regretOf(stream, [false, true, true, true, true])).toEqual({
      whole: 10,
      without: 8,
      needless: 2,
      builds: 0,
    });
  });
});
