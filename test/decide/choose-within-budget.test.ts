import { describe, expect, it } from 'vitest';
import { nanoUsd } from '../../src/base/usd.ts';
import {
  type Budget,
  type Choice,
  chooseWithinBudget,
} from '../../src/decide/choose-within-budget.ts';

const ROOM: Budget = {
  builds: 10,
  marts: 100,
  bytes: 1e9,
  money: nanoUsd(10_000n),
  refreshMsPerDay: 60_000,
  paybackDays: 14,
};

function aChoice(
  key: string,
  gains: Readonly<Record<string, number>>,
  changes: Partial<Choice> = {},
): Choice {
  return {
    key,
    bytes: 1000,
    buildCost: nanoUsd(100n),
    upkeepPerDay: nanoUsd(10n),
    refreshMsPerDay: 100,
    isNew: true,
    gains: Object.entries(gains).map(([fingerprint, saved]) => ({
      fingerprint,
      savedPerDay: nanoUsd(BigInt(saved)),
    })),
    ...changes,
  };
}

describe('choosing within a budget', () => {
  it('takes all that pays when all fits', () => {
    const { chosen, left } = chooseWithinBudget(
      [aChoice('b', { q2: 50 }), aChoice('a', { q1: 50 })],
      ROOM,
    );

    expect([chosen, left]).toEqual([['a', 'b'], []]);
  });

  it('counts a template for one mart only, so the second must pay by what it adds', () => {
    const { chosen, left } = chooseWithinBudget(
      [aChoice('wide', { q1: 90, q2: 90 }), aChoice('narrow', { q1: 95 })],
      ROOM,
    );

    expect(chosen).toEqual(['wide']);
    expect(left).toEqual([
      {
        key: 'narrow',
        because: 'what it adds to the builds chosen before it does not pay its own build back',
      },
    ]);
  });

  it('prefers many small to one large where bytes are short', () => {
    const many = ['a', 'b', 'c'].map((key) => aChoice(key, { [key]: 60 }, { bytes: 300 }));
    const { chosen } = chooseWithinBudget([...many, aChoice('large', { q: 100 }, { bytes: 900 })], {
      ...ROOM,
      bytes: 1000,
    });

    expect(chosen).toEqual(['a', 'b', 'c']);
  });

  it('prefers the one large where it nets more than the small that fit', () => {
    const small = aChoice('small', { q1: 20 }, { bytes: 1 });
    const { chosen } = chooseWithinBudget([small, aChoice('large', { q2: 900 }, { bytes: 1000 })], {
      ...ROOM,
      bytes: 1000,
    });

    expect(chosen).toEqual(['large']);
  });

  it('says what is left of the day when a build does not fit', () => {
    const { left } = chooseWithinBudget([aChoice('a', { q: 500 })], { ...ROOM, builds: 0 });

    expect(left[0]?.because).toBe(
      'it does not fit what is left today: 0 builds, 100 new marts, 1000000000 bytes',
    );
  });

  it('lets a published mart be built where no new one may be', () => {
    const { chosen } = chooseWithinBudget(
      [aChoice('new', { q1: 500 }), aChoice('old', { q2: 50 }, { isNew: false })],
      { ...ROOM, marts: 0 },
    );

    expect(chosen).toEqual(['old']);
  });

  it('keeps the refreshes of a day within their window', () => {
    const { chosen, left } = chooseWithinBudget(
      [
        aChoice('a', { q1: 500 }, { refreshMsPerDay: 40_000 }),
        aChoice('b', { q2: 400 }, { refreshMsPerDay: 40_000 }),
      ],
      ROOM,
    );

    expect(chosen).toEqual(['a']);
    expect(left[0]?.because).toContain('1 build that nets more uses up what is left today');
  });

  it('tells what it nets a day with the builds spread over the payback days, and what could be netted at most', () => {
    const { netPerDay, atMostPerDay } = chooseWithinBudget(
      [aChoice('a', { q1: 50 }, { buildCost: nanoUsd(140n) })],
      ROOM,
    );

    expect(netPerDay).toBe(50n - 10n - 10n);
    expect(atMostPerDay).toBeGreaterThanOrEqual(netPerDay);
    expect(Number(atMostPerDay)).toBeLessThan(1.01 * Number(netPerDay));
  });

  it('does not depend on the order of what is offered', () => {
    const choices = Array.from({ length: 30 }, (_, i) =>
      aChoice(
        `c${i}`,
        { [`q${i % 7}`]: 30 + ((i * 37) % 50), [`r${i % 5}`]: 20 },
        { bytes: 100 + i },
      ),
    );
    const room = { ...ROOM, bytes: 1500, builds: 6 };

    expect(chooseWithinBudget(choices, room)).toEqual(
      chooseWithinBudget(choices.toReversed(), room),
    );
  });
});
