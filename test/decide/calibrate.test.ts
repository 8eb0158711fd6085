import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/base/clock.ts';
import type { RelationId } from '../../src/base/relation.ts';
import { calibrate, kindOf } from '../../src/decide/calibrate.ts';
import type { Receipt } from '../../src/marts/receipt.ts';
import { aCandidate } from '../builders/a-decision-input.ts';

function aReceipt(relation: string, realized: number, changes: Partial<Receipt> = {}): Receipt {
  return {
    decision: `d/${relation}`,
    relation: relation as RelationId,
    line: 'time',
    from: 0,
    until: 10 * DAY_MS,
    predicted: 1000n,
    realizedGross: BigInt(realized),
    debits: 0n,
    net: BigInt(realized),
    method: 'hold-out',
    baseRuns: 9,
    martRuns: 90,
    matured: true,
    rolledBack: false,
    ...changes,
  };
}

const kindOfMart = (relation: RelationId) =>
  relation.startsWith('gold.wide') ? 'join' : ('aggregate' as const);

function factor(receipts: readonly Receipt[], kind: 'aggregate' | 'join' = 'aggregate') {
  return calibrate(receipts, kindOfMart)(kind).factor;
}

describe('what receipts teach the next estimate', () => {
  it('is nothing before the first one matured', () => {
    expect(calibrate([], kindOfMart)('join')).toEqual({ factor: 1, ofKind: 0, ofAll: 0 });
    expect(factor([aReceipt('gold.a', 100, { matured: false })])).toBe(1);
  });

  it('is little from one, and most of it from many that agree', () => {
    const half = (count: number) =>
      factor(Array.from({ length: count }, (_, i) => aReceipt(`gold.a${i}`, 700)));

    expect(half(1)).toBeGreaterThan(0.85);
    expect(half(20)).toBeLessThan(0.75);
    expect(half(20)).toBeGreaterThan(0.7);
  });

  it('is more from the same kind than from others', () => {
    const receipts = ['a', 'b', 'c'].map((name) => aReceipt(`gold.wide_${name}`, 600));

    expect(factor(receipts, 'join')).toBeLessThan(factor(receipts, 'aggregate'));
    expect(factor(receipts, 'aggregate')).toBeLessThan(1);
    expect(calibrate(receipts, kindOfMart)('aggregate')).toMatchObject({ ofKind: 0, ofAll: 3 });
  });

  it('stays within bounds, however far off the predictions were', () => {
    const many = (realized: number) =>
      Array.from({ length: 50 }, (_, i) => aReceipt(`gold.a${i}`, realized));

    expect([factor(many(0)), factor(many(90_000))]).toEqual([0.5, 1.25]);
  });

  it('counts decisions that were rolled back, and no money line', () => {
    expect(factor([aReceipt('gold.a', 100, { rolledBack: true })])).toBeLessThan(1);
    expect(factor([aReceipt('gold.a', 100, { line: 'capacity' })])).toBe(1);
  });

  it('tells kinds by what a mart is made of', () => {
    const { grain, ...joined } = aCandidate();
    const adopted = aCandidate({
      definition: { ...aCandidate().definition, origin: 'adopted' },
    });

    expect([kindOf(aCandidate()), kindOf(joined), kindOf(adopted)]).toEqual([
      'aggregate',
      'join',
      'adopted',
    ]);
    expect(grain).toBeDefined();
  });
});
