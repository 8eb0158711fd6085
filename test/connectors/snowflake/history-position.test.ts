import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../../src/base/clock.ts';
import {
  forgetting,
  type HistoryPosition,
  parsePosition,
} from '../../../src/connectors/snowflake/history-position.ts';

const THROUGH = 100 * HOUR_MS;

function aPosition(hours: HistoryPosition['hours']): HistoryPosition {
  return { through: THROUGH, reconciledAt: 0, hours, shares: {} };
}

function groups(count: number) {
  return Object.fromEntries(
    Array.from({ length: count }, (_, n) => [
      `g${n}`,
      [1, 1, 1, 1, 1] as [number, number, number, number, number],
    ]),
  );
}

describe('how far a Snowflake history was read', () => {
  it('is kept as text, and begins again where the text is none', () => {
    const position = aPosition({ '5': { runs: 1, groups: groups(1) } });

    expect(parsePosition(JSON.stringify(position))).toEqual(position);
    expect(parsePosition('{"through":1}')).toBeUndefined();
    expect(parsePosition('nonsense')).toBeUndefined();
    expect(parsePosition(undefined)).toBeUndefined();
  });

  it('forgets hours older than two days', () => {
    const young = String(THROUGH - 48 * HOUR_MS);
    const old = String(THROUGH - 49 * HOUR_MS);

    const { hours } = forgetting(aPosition({ [young]: { runs: 1 }, [old]: { runs: 1 } }));

    expect(Object.keys(hours)).toEqual([young]);
  });

  it('remembers the groups of the youngest hours, and of older ones how many runs they had', () => {
    const hour = (ago: number) => String(THROUGH - ago * HOUR_MS);
    const { hours } = forgetting(
      aPosition({
        [hour(3)]: { runs: 3, groups: groups(8_000) },
        [hour(1)]: { runs: 1, groups: groups(8_000) },
        [hour(2)]: { runs: 2, groups: groups(8_000) },
      }),
    );

    expect(hours[hour(1)]?.groups).toBeDefined();
    expect(hours[hour(2)]?.groups).toBeDefined();
    expect(hours[hour(3)]).toEqual({ runs: 3 });
  });
});
