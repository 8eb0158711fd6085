import { describe, expect, it } from 'vitest';
import { type DemandStream, FIRST_DAY, offlineOptimum } from '../../bench/demand-streams.ts';
import { goldsmith } from '../../bench/goldsmith-policy.ts';
import { calendarDay } from '../../src/decide/forecast/calendar.ts';
import { decisionSettings } from '../../src/decide/policy.ts';

interface Prices {
  readonly build: number;
  readonly upkeep: number;
}

/** What each day brings to somebody who knows whether the mart stands that day. */
type Demand = (day: number, stands: boolean) => number;

interface Year {
  readonly ratio: number;
  readonly builds: number;
}

/** A year in which the demand is made up day by day, after the decision of the morning, with the default brakes. */
function aYear(prices: Prices, demand: Demand): Year {
  const saved: number[] = [];
  const stream: DemandStream = { kind: 'bursts', saved, ...prices };
  const decide = goldsmith(decisionSettings.parse({}))(stream);
  let [stands, cost, builds] = [false, 0, 0];
  for (let day = 0; day < 365; day++) {
    const wanted = decide(day, stands);
    if (wanted && !stands) {
      cost += prices.build;
      builds += 1;
    }
    stands = wanted;
    const today = demand(day, stands);
    saved.push(today);
    cost += stands ? prices.upkeep : today;
  }
  return { ratio: cost / offlineOptimum(stream), builds };
}

describe('the decisions of a year, by the default brakes', () => {
  it.each([
    { build: 30, upkeep: 1, high: 6 },
    { build: 30, upkeep: 1, high: 20 },
    { build: 30, upkeep: 5, high: 30 },
    { build: 300, upkeep: 1, high: 20 },
    { build: 300, upkeep: 5, high: 300 },
  ])(
    'cost at most eight times the best where demand of $high a day flees from a table of $build and $upkeep a day',
    ({ high, ...prices }) => {
      const { ratio, builds } = aYear(prices, (_, stands) => (stands ? 0 : high));

      expect(builds).toBeGreaterThan(1);
      expect(ratio).toBeLessThan(8);
    },
  );

  it('build for what saves little each day, once waiting has cost as much as building', () => {
    const { ratio, builds } = aYear({ build: 450, upkeep: 6 }, () => 10);

    expect(builds).toBe(1);
    expect(ratio).toBeLessThan(1.3);
  });

  it('build for what comes in heaps far apart, once waiting has cost ten builds', () => {
    const { builds } = aYear({ build: 30, upkeep: 1 }, (day) => (day % 45 === 20 ? 200 : 0));

    expect(builds).toBe(1);
  });

  it('build for each month-end and let go after it, where the weeks between cost more than building', () => {
    const { ratio, builds } = aYear({ build: 60, upkeep: 4 }, (day) =>
      calendarDay(FIRST_DAY + day).daysLeft < 3 ? 100 : 0,
    );

    expect(builds).toBeGreaterThanOrEqual(10);
    expect(ratio).toBeLessThan(1.6);
  });
});
