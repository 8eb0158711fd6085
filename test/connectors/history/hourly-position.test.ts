import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../../src/base/clock.ts';
import {
  forgetting,
  groupedBy,
  type HourlyPosition,
  parseHourlyPosition,
  type Told,
  withTold,
} from '../../../src/connectors/history/hourly-position.ts';

const CLOSED = 100 * HOUR_MS;
const hour = (ago: number) => CLOSED - ago * HOUR_MS;

function aPosition(hours: HourlyPosition['hours']): HourlyPosition {
  return { through: CLOSED, reconciledAt: 0, hours };
}

function groups(count: number): Record<string, Told> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, n): [string, Told] => [`g${n}`, [1, 1, 1, 1]]),
  );
}

describe('how far an hourly history was read', () => {
  it('is kept as text, and begins again where the text is none', () => {
    const position = { ...aPosition({ '5': { runs: 1, groups: groups(1) } }), rates: { BI: 0.5 } };

    expect(parseHourlyPosition(JSON.stringify(position))).toEqual(position);
    expect(parseHourlyPosition('{"hours":{}}')).toBeUndefined();
    expect(parseHourlyPosition('nonsense')).toBeUndefined();
    expect(parseHourlyPosition(undefined)).toBeUndefined();
  });

  it('is read as earlier versions wrote it: how far, and how many runs an hour had, but not of which groups', () => {
    const earlier = {
      through: CLOSED,
      reconciledAt: CLOSED,
      hours: { [hour(2)]: { runs: 7, groups: { g: [7, 5, 3, 1, 0] } }, [hour(1)]: { runs: 2 } },
      shares: { BI_WH: 1.5 },
    };

    expect(parseHourlyPosition(JSON.stringify(earlier))).toEqual({
      through: CLOSED,
      reconciledAt: 0,
      hours: { [hour(2)]: { runs: 7 }, [hour(1)]: { runs: 2 } },
      rates: { BI_WH: 1.5 },
    });
    expect(parseHourlyPosition('{"through":1}')).toMatchObject({ through: 1, hours: {} });
  });

  it('forgets hours older than two days', () => {
    const { hours } = forgetting(
      aPosition({ [hour(48)]: { runs: 1 }, [hour(49)]: { runs: 1 } }),
      CLOSED,
    );

    expect(Object.keys(hours)).toEqual([String(hour(48))]);
  });

  it('remembers the groups of the youngest hours, and of older ones how many runs they had', () => {
    const { hours } = forgetting(
      aPosition({
        [hour(3)]: { runs: 3, groups: groups(25_000) },
        [hour(1)]: { runs: 1, groups: groups(25_000) },
        [hour(2)]: { runs: 2, groups: groups(25_000) },
      }),
      CLOSED,
    );

    expect(hours[hour(1)]?.groups).toBeDefined();
    expect(hours[hour(2)]?.groups).toBeDefined();
    expect(hours[hour(3)]).toEqual({ runs: 3 });
  });

  it('knows of an hour that its costs are told for good, also where its groups are forgotten or made otherwise', () => {
    const isSettled = true as const;
    const position = aPosition({
      [hour(1)]: { runs: 1, groups: groups(60_000) },
      [hour(2)]: { runs: 2, groups: groups(1), isSettled },
    });

    expect(forgetting(position, CLOSED).hours[hour(2)]).toEqual({ runs: 2, isSettled });
    expect(groupedBy('other', position).hours[hour(2)]).toEqual({ runs: 2, isSettled });
  });

  it('adds what is told of a group to the runs of its hour, and only what is new of it', () => {
    const before = aPosition({
      [hour(1)]: { runs: 7, groups: { a: [4, 1, 1, 1], b: [3, 1, 1, 1] } },
    });

    const { hours } = withTold(before, [
      { hour: hour(1), key: 'a', counts: [6, 2, 2, 2] },
      { hour: hour(1), key: 'c', counts: [1, 1, 1, 1, 9] },
      { hour: hour(2), key: 'a', counts: [5, 1, 1, 1] },
    ]);

    expect(hours).toEqual({
      [hour(1)]: {
        runs: 10,
        groups: { a: [6, 2, 2, 2], b: [3, 1, 1, 1], c: [1, 1, 1, 1, 9] },
      },
      [hour(2)]: { runs: 5, groups: { a: [5, 1, 1, 1] } },
    });
  });
});
