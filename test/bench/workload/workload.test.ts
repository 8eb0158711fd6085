import { describe, expect, it } from 'vitest';
import { type TablePool, varyLiterals } from '../../../bench/workload/vary-literals.ts';
import { makeWorkload } from '../../../bench/workload/workload.ts';
import { randomNumbers } from '../../../src/prove/random-numbers.ts';

const pools: readonly TablePool[] = [
  {
    table: 'days',
    columns: [
      { name: 'd_year', kind: 'whole' },
      { name: 'd_date', kind: 'date' },
      { name: 'd_month', kind: 'text' },
    ],
    rows: [{ d_year: '2001', d_date: '2001-07-04', d_month: 'July' }],
  },
  {
    table: 'shops',
    columns: [
      { name: 's_key', kind: 'whole' },
      { name: 's_state', kind: 'text' },
      { name: 's_price', kind: 'decimal' },
    ],
    rows: [{ s_key: '1', s_state: "O'Hio", s_price: '3.00' }],
  },
];

function varied(condition: string): string {
  const random = randomNumbers(5);
  return varyLiterals(`select 1 from days, shops where ${condition}`, { pools, random }).slice(
    'select 1 from days, shops where '.length,
  );
}

describe('other literals for a statement', () => {
  it.each([
    ['comes from a row of the column', "d_month = 'May' and 1 = 1", "d_month = 'July' and 1 = 1"],
    ['is quoted', "s_state in ('TX', 'WA')", "s_state in ('O''Hio', 'WA')"],
    [
      'moves a window by one step',
      'd_year between 1999 and 1999 + 1',
      'd_year between 2001 and 2001 + 1',
    ],
    [
      'moves dates together, intervals stay',
      "d_date between cast('2000-01-31' as date) and cast('2000-02-01' as date) + interval 30 days",
      "d_date between cast('2001-07-04' as date) and cast('2001-07-05' as date) + interval 30 days",
    ],
    [
      'leaves joins and other conditions alone',
      'd_year = s_key and f(2) = 2',
      'd_year = s_key and f(2) = 2',
    ],
    ['never goes below zero', 's_key > -1', 's_key > -1'],
  ])('%s', (_title, condition, expected) => {
    expect(varied(condition)).toBe(expected);
  });
});

describe('a workload', () => {
  const queries = ['a', 'b', 'c', 'd'].map((name) => ({
    name,
    sql: `select '${name}' as ${name}, count(*) from days where d_year = 1999;`,
  }));
  const parts = { queries, pools, days: 3, runsPerDay: 200 };

  it('asks the first templates most, with literals of the data, the same for the same seed', () => {
    const workload = makeWorkload({ ...parts, random: randomNumbers(9) });
    const counts = Object.values(Object.groupBy(workload.flat(), ({ template }) => template))
      .map((asks) => asks?.length ?? 0)
      .toSorted((a, b) => b - a);

    expect(workload).toEqual(makeWorkload({ ...parts, random: randomNumbers(9) }));
    expect(workload.map((asks) => asks.length)).toEqual([200, 200, 200]);
    expect(counts[0]).toBeGreaterThan(1.5 * (counts[1] ?? 0));
    expect(workload[0]?.[0]?.sql).toMatch(/where d_year = 2001$/);
  });
});
