import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/base/clock.ts';
import { usd } from '../../src/base/usd.ts';
import type { DecisionInput } from '../../src/decide/decision-rule.ts';
import { whyLetGo } from '../../src/decide/why-let-go.ts';
import { whyRollBack } from '../../src/decide/why-roll-back.ts';
import type { Receipt } from '../../src/marts/receipt.ts';
import { aDecisionInput, anEstimate, SALES } from '../builders/a-decision-input.ts';

/** Build $8, upkeep $1 a day; it has stood for its least life of seven days. */
function ask(
  lost: number,
  { livedDays = 7, ...changes }: Partial<DecisionInput> & { readonly livedDays?: number } = {},
): string | undefined {
  const estimate = anEstimate({ buildCost: usd(8), upkeepPerDay: usd(1) });
  const saving = { lowPerDay: usd(0.5), meanPerDay: usd(0.9), highPerDay: usd(1.3) };
  const input = aDecisionInput({ estimate, saving, ...changes });
  return whyLetGo(input, { lost: usd(lost), stageSince: input.now - livedDays * DAY_MS });
}

const season = {
  from: '2026-03-29',
  until: '2026-03-31',
  saves: usd(5),
  seasonSaves: usd(30),
} as const;

const dead = { lowPerDay: usd(0), meanPerDay: usd(0.1), highPerDay: usd(0.2) };

describe('letting a mart go', () => {
  it('takes a loss of twice the build while it may still pay', () => {
    expect(ask(15.99)).toBeUndefined();
    expect(ask(16)).toBe('it lost $16.00 net, more than the $16.00 at which it is given up');
  });

  it('takes twice that while the forecast expects it to pay: quiet days are no end', () => {
    const saving = { lowPerDay: usd(0.9), meanPerDay: usd(1.1), highPerDay: usd(1.3) };

    expect(ask(31.99, { saving })).toBeUndefined();
    expect(ask(32, { saving })).toContain('more than the $32.00 at which it is given up');
  });

  it('takes a quarter of a build where even the hopeful forecast does not pay its upkeep', () => {
    expect(ask(1.99, { saving: dead })).toBeUndefined();
    expect(ask(2, { saving: dead })).toBe(
      'it lost $2.00 net, more than the $2.00 at which it is given up, as it is expected to save at most $0.20 a day and costs $1.00',
    );
  });

  it('takes any loss within its least life: a week has its quiet days', () => {
    expect(ask(99, { livedDays: 6.9 })).toBeUndefined();
    expect(ask(99, { livedDays: 7 })).toContain('it lost $99.00 net');
  });

  it('goes when the calendar says so, however young: the season it was built for is over', () => {
    const reservation = { kind: 'let-go', ...season } as const;

    expect(ask(0, { reservation, livedDays: 3 })).toContain('it is not needed until 2026-03-29');
  });

  it('waits for a season that is worth the quiet weeks, whatever they cost so far', () => {
    expect(ask(99, { saving: dead, reservation: { kind: 'keep', ...season } })).toBeUndefined();
    expect(ask(0, { saving: dead, reservation: { kind: 'let-go', ...season } })).toBe(
      'it is not needed until 2026-03-29, and keeping it until then costs $5.00 more than building it again',
    );
  });
});

describe('rolling back what made readers slower', () => {
  const slower = ['a', 'b', 'c'].map((fingerprint, i) => ({
    fingerprint,
    baseMs: 100,
    martMs: 120 + 10 * i,
  }));

  function aReceipt(changes: Partial<Receipt>): Receipt {
    return {
      decision: 'd',
      relation: SALES,
      line: 'time',
      from: 0,
      until: 1,
      predicted: 1n,
      realizedGross: 1n,
      debits: 0n,
      net: 1n,
      method: 'hold-out',
      baseRuns: 9,
      martRuns: 9,
      matured: true,
      rolledBack: false,
      ...changes,
    };
  }

  it('takes three kinds of statement, and says which is worst', () => {
    expect(whyRollBack([aReceipt({ slower })])).toBe(
      '3 kinds of statement are at least 15% slower on it than on base, the worst takes 140.0 ms instead of 100.0 ms',
    );
    expect(whyRollBack([aReceipt({ slower: slower.slice(1) })])).toBeUndefined();
    expect(whyRollBack([aReceipt({})])).toBeUndefined();
    expect(whyRollBack([])).toBeUndefined();
  });

  it('looks at the open decision only', () => {
    expect(whyRollBack([aReceipt({ slower, rolledBack: true })])).toBeUndefined();
    expect(whyRollBack([aReceipt({ slower }), aReceipt({ until: 2 })])).toBeUndefined();
  });
});
