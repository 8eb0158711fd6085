import { describe, expect, it } from 'vitest';
import { nanoUsd } from '../../src/base/usd.ts';
import type { Answer, EnumeratorId, Road } from '../../src/candidates/candidate.ts';
import { withoutDominated } from '../../src/candidates/dominance.ts';
import { aCandidate } from '../builders/a-decision-input.ts';

interface Given {
  readonly key: string;
  readonly answers: Readonly<Record<string, number>>;
  readonly cost: number;
  readonly how?: Road;
  readonly enumerator?: EnumeratorId;
}

function keptOf(...given: readonly Given[]): readonly string[] {
  const items = given.map(({ key, answers, cost, how = 'route', enumerator = 'aggregated' }) => ({
    candidate: aCandidate({ key, enumerator }),
    totalCost: nanoUsd(BigInt(cost)),
    answers: Object.entries(answers).map(
      ([fingerprint, martCpuMs]): Answer => ({
        fingerprint,
        how,
        baseCpuMs: 40,
        martCpuMs,
        martCostBasis: 'modelled',
      }),
    ),
  }));
  return withoutDominated(items)
    .kept.map(({ candidate }) => candidate.key)
    .toSorted();
}

describe('dominance', () => {
  it('drops what another answers as cheaply for no more money', () => {
    expect(
      keptOf(
        { key: 'a', answers: { q: 2 }, cost: 9 },
        { key: 'b', answers: { q: 2, r: 2 }, cost: 9 },
      ),
    ).toEqual(['b']);
  });

  it.each([
    { title: 'costs more', other: { key: 'b', answers: { q: 2, r: 2 }, cost: 10 } },
    {
      title: 'is a little slower than nearly as fast',
      other: { key: 'b', answers: { q: 2.2, r: 2 }, cost: 9 },
    },
    { title: 'misses a template', other: { key: 'b', answers: { r: 2 }, cost: 9 } },
  ])('keeps both where the other $title', ({ other }) => {
    expect(keptOf({ key: 'a', answers: { q: 2 }, cost: 9 }, other)).toEqual(['a', 'b']);
  });

  it('keeps one of two equals', () => {
    expect(
      keptOf({ key: 'a', answers: { q: 2 }, cost: 9 }, { key: 'b', answers: { q: 2 }, cost: 9 }),
    ).toEqual(['a']);
  });

  it('does not take an answer without the road for an answer', () => {
    const named: Given = { key: 'a', answers: { q: 2 }, cost: 9, how: 'stable-name' };

    expect(keptOf(named, { key: 'b', answers: { q: 2 }, cost: 1 })).toEqual(['a', 'b']);
    expect(keptOf({ ...named, cost: 1 }, { key: 'b', answers: { q: 2 }, cost: 9 })).toEqual(['a']);
  });

  it('never drops a mart or a view people know by name', () => {
    const better: Given = { key: 'b', answers: { q: 2 }, cost: 1 };

    expect(
      keptOf({ key: 'a', answers: { q: 2 }, cost: 9, enumerator: 'published' }, better),
    ).toEqual(['a', 'b']);
    expect(keptOf({ key: 'a', answers: { q: 2 }, cost: 9, enumerator: 'adopted' }, better)).toEqual(
      ['a', 'b'],
    );
  });
});
