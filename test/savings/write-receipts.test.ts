import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/base/clock.ts';
import type { RelationId } from '../../src/base/relation.ts';
import { nanoUsd } from '../../src/base/usd.ts';
import { isHeldOut } from '../../src/savings/hold-out.ts';
import { savingsSettings } from '../../src/savings/settings.ts';
import { type ReceiptInput, writeReceipts } from '../../src/savings/write-receipts.ts';

const mart = 'lake.gold.sales' as RelationId;

function aReceiptInput(changes: Partial<ReceiptInput> = {}): ReceiptInput {
  return {
    carriedOut: {
      decision: 'd1',
      relation: mart,
      physicalSince: 0,
      rolledBack: false,
      predictedNetPerDay: nanoUsd(100n),
      predictedMsPerDay: 50,
    },
    now: 10 * DAY_MS,
    reads: [
      {
        fingerprint: 'f1',
        mart,
        road: 'route',
        served: { runs: 20, allRuns: 20, cpuMs: 2, durationMs: 1 },
        heldOut: { runs: 5, cpuMs: 42, durationMs: 21 },
      },
    ],
    paired: [],
    work: [{ at: 0, relation: mart, kind: 'build', cpuMs: 100, cost: nanoUsd(100n) }],
    moneyLine: 'capacity',
    priceOfCpuMs: (cpuMs) => nanoUsd(BigInt(Math.round(cpuMs))),
    settings: savingsSettings.parse({}),
    ...changes,
  };
}

describe('receipts', () => {
  it('take the hold-out runs as what the served ones would have cost, and every debit off', () => {
    const [money, time] = writeReceipts(aReceiptInput());

    expect(money).toMatchObject({
      line: 'capacity',
      predicted: 1000n,
      realizedGross: 800n,
      debits: 100n,
      net: 700n,
      method: 'hold-out',
      matured: true,
    });
    expect(time).toMatchObject({
      line: 'time',
      predicted: 500n,
      realizedGross: 400n,
      debits: 0n,
      net: 400n,
    });
  });

  it('are promised more from the day on which another mart became one with theirs', () => {
    const { carriedOut } = aReceiptInput();
    const promisedMore = [{ from: 6 * DAY_MS, netPerDay: nanoUsd(30n), msPerDay: 20 }];

    const [money, time] = writeReceipts(
      aReceiptInput({ carriedOut: { ...carriedOut, promisedMore } }),
    );

    expect(money?.predicted).toBe(10n * 100n + 4n * 30n);
    expect(time?.predicted).toBe(10n * 50n + 4n * 20n);
  });

  it('book nothing for reads of which no base side was measured', () => {
    const [reads] = aReceiptInput().reads;
    const [money] = writeReceipts(
      aReceiptInput({
        reads:
          reads === undefined ? [] : [{ ...reads, heldOut: { runs: 0, cpuMs: 0, durationMs: 0 } }],
      }),
    );

    expect(money).toMatchObject({ realizedGross: 0n, net: -100n, matured: false });
  });

  it('let a template without hold-out runs borrow the ratio measured on its siblings', () => {
    const [reads] = aReceiptInput().reads;
    const sibling = {
      fingerprint: 'f2',
      mart,
      road: 'route',
      served: { runs: 10, allRuns: 10, cpuMs: 1, durationMs: 1 },
      heldOut: { runs: 0, cpuMs: 0, durationMs: 0 },
    } as const;
    const [money] = writeReceipts(
      aReceiptInput({ reads: reads === undefined ? [] : [reads, sibling] }),
    );

    expect(money).toMatchObject({ realizedGross: 800n + 200n, baseRuns: 5, martRuns: 30 });
  });

  it('show a mart that made statements dearer as a loss', () => {
    const [reads] = aReceiptInput().reads;
    const [money] = writeReceipts(
      aReceiptInput({
        reads:
          reads === undefined
            ? []
            : [{ ...reads, served: { runs: 20, allRuns: 20, cpuMs: 50, durationMs: 30 } }],
      }),
    );

    expect(money?.net).toBe(-260n);
  });

  it.for([
    [2 * DAY_MS, false],
    [3 * DAY_MS, true],
  ] as const)('after %i ms of use matured is %s', ([now, matured]) => {
    expect(writeReceipts(aReceiptInput({ now }))[0]?.matured).toBe(matured);
  });
});

describe('the hold-out draw', () => {
  it('keeps close to its share, and the same ask is drawn the same way again', () => {
    const draws = Array.from({ length: 20_000 }, (_, index) => ({
      askId: `ask-${index}`,
      fingerprint: 'f',
      share: 0.05,
    }));
    const held = draws.filter(isHeldOut);

    expect(held.length).toBeGreaterThan(900);
    expect(held.length).toBeLessThan(1100);
    expect(draws.filter(isHeldOut)).toEqual(held);
  });
});
