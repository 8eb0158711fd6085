import { describe, expect, it } from 'vitest';
import { chooseClustering, type Reading } from '../../src/decide/choose-clustering.ts';

const GIB = 2 ** 30;
const COLUMNS = [
  { name: 'day', type: 'DATE' },
  { name: 'region', type: 'STRING' },
  { name: 'share', type: 'FLOAT64' },
  { name: 'store', type: 'INT64' },
  { name: 'revenue', type: 'NUMERIC(38, 9)' },
];
const clusters = { most: 2, types: String.raw`^(int64|string|date|numeric)\b` };

function choose(readings: readonly Reading[], bytes = GIB) {
  return chooseClustering({ columns: COLUMNS, bytes }, { readings, clusters });
}

describe('how a version’s rows lie', () => {
  it('is by what most of the reading filters by, dearest first, and by no more columns than the warehouse takes', () => {
    const readings = [
      { filters: ['region'], weight: 50 },
      { filters: ['day', 'region'], weight: 30 },
      { filters: ['store'], weight: 20 },
    ];

    expect(choose(readings)).toEqual({ kind: 'clustered', by: ['region', 'day'] });
  });

  it('is in the order of names where two columns are worth the same, so that plans are', () => {
    expect(choose([{ filters: ['store', 'day'], weight: 1 }])).toEqual({
      kind: 'clustered',
      by: ['day', 'store'],
    });
  });

  it.each([
    ['a type the warehouse does not cluster by', [{ filters: ['share'], weight: 100 }]],
    [
      'less than a tenth of the reading',
      [
        { filters: ['day'], weight: 9 },
        { filters: [], weight: 91 },
      ],
    ],
    ['reading that filters by nothing', [{ filters: [], weight: 1 }]],
  ])('is left as it comes for %s', (_why, readings) => {
    expect(choose(readings)).toEqual({
      kind: 'as-it-comes',
      because:
        'no column that can be clustered by is compared with a constant in 10 % of the reading',
    });
  });

  it('is left as it comes below 64 MiB, and says how much is expected', () => {
    const readings = [{ filters: ['day'], weight: 1 }];

    expect(choose(readings, 63.5 * 2 ** 20)).toEqual({
      kind: 'as-it-comes',
      because: '63 MiB are expected, and from 64 MiB on it pays',
    });
    expect(choose(readings, 64 * 2 ** 20)).toEqual({ kind: 'clustered', by: ['day'] });
  });

  it('looks at no column beyond those the warehouse has statistics of', () => {
    const readings = [{ filters: ['store', 'region'], weight: 1 }];
    const within = { ...clusters, within: 2 };

    expect(
      chooseClustering({ columns: COLUMNS, bytes: GIB }, { readings, clusters: within }),
    ).toEqual({ kind: 'clustered', by: ['region'] });
  });

  it('is in parts by the month of a column, too, where the warehouse has such and the table is large', () => {
    const parted = { ...clusters, parts: { types: '^date$', leastBytes: 100 * GIB } };
    const readings = [{ filters: ['region', 'day'], weight: 1 }];
    const chosen = (bytes: number, of: readonly Reading[] = readings) =>
      chooseClustering({ columns: COLUMNS, bytes }, { readings: of, clusters: parted });

    expect(chosen(100 * GIB)).toEqual({ kind: 'clustered', by: ['day', 'region'], parted: 'day' });
    expect(chosen(100 * GIB - 1)).toEqual({ kind: 'clustered', by: ['day', 'region'] });
    expect(chosen(100 * GIB, [{ filters: ['region'], weight: 1 }])).not.toHaveProperty('parted');
  });
});
