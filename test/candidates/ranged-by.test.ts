import { describe, expect, it } from 'vitest';
import { type Rangeable, rangeableBy } from '../../src/candidates/ranged-by.ts';
import { readView, rowsOf } from './events-view.ts';

async function rangeable(
  sql: string,
  columns: readonly (readonly [string, string])[],
): Promise<Rangeable> {
  return rangeableBy(await readView(sql, columns), { dialect: 'duckdb', rowsOf });
}

const SUM = ['total', 'DECIMAL(38,2)'] as const;

describe('a definition falls into ranges', () => {
  it.for([
    [
      'of a date it groups by',
      'select day, kind, sum(amount) as total from shop.s.events group by all',
      [['day', 'DATE'], ['kind', 'VARCHAR'], SUM],
      'day',
    ],
    [
      'of a month it groups by',
      `select date_trunc('month', day) as month, sum(amount) as total from shop.s.events group by 1`,
      [['month', 'DATE'], SUM],
      `date_trunc('month', day)`,
    ],
    [
      'of a date rather than a number',
      'select user_id, seen, day, count(*) as n from shop.s.events group by all',
      [
        ['user_id', 'BIGINT'],
        ['seen', 'TIMESTAMP'],
        ['day', 'DATE'],
        ['n', 'BIGINT'],
      ],
      'day',
    ],
    [
      'of a plain column where it does not group, joined to others',
      'select e.seen, e.amount, u.region from shop.s.events e left join shop.s.users u using (user_id)',
      [
        ['seen', 'TIMESTAMP'],
        ['amount', 'DECIMAL(12,2)'],
        ['region', 'VARCHAR'],
      ],
      'seen',
    ],
    [
      'of a number where there is nothing better',
      'select user_id, max(amount) as most from shop.s.events group by user_id having count(*) > 1',
      [
        ['user_id', 'BIGINT'],
        ['most', 'DECIMAL(12,2)'],
      ],
      'user_id',
    ],
  ] as const)('%s', async ([, sql, columns, onSource]) => {
    expect(await rangeable(sql, columns)).toMatchObject({
      kind: 'ranged',
      by: { source: 'shop.s.events', onSource },
    });
  });
});

describe('a definition is one piece', () => {
  it.for([
    [
      'where its only date is of another source than the largest',
      'select u.joined, sum(e.amount) as total from shop.s.events e join shop.s.users u using (user_id) group by 1',
      [['joined', 'DATE'], SUM],
      'none of its columns is a date, a moment or a whole number of shop.s.events',
    ],
    [
      'where the day depends on the zone of whoever asks',
      'select at_zone, sum(amount) as total from shop.s.events group by 1',
      [['at_zone', 'TIMESTAMP WITH TIME ZONE'], SUM],
      'none of its columns is a date',
    ],
    [
      'where it reads its largest source twice',
      'select a.day, count(*) as n from shop.s.events a join shop.s.events b on a.user_id = b.user_id group by 1',
      [
        ['day', 'DATE'],
        ['n', 'BIGINT'],
      ],
      'it reads shop.s.events more than once',
    ],
    [
      'where it looks into its largest source from within a derived table, too',
      'select e.day, e.amount from shop.s.events e join (select user_id, max(day) as last from shop.s.events group by 1) l on l.user_id = e.user_id',
      [
        ['day', 'DATE'],
        ['amount', 'DECIMAL(12,2)'],
      ],
      'it reads shop.s.events more than once',
    ],
    [
      'where its largest source is looked up by another',
      'select e.day, u.region from shop.s.users u left join shop.s.events e using (user_id)',
      [
        ['day', 'DATE'],
        ['region', 'VARCHAR'],
      ],
      'are looked up by those of another',
    ],
    [
      'where rows outside a range count within it',
      'select day, sum(sum(amount)) over (order by day) as total from shop.s.events group by day',
      [['day', 'DATE'], SUM],
      'it has',
    ],
    [
      'where it groups in several ways at once',
      'select day, kind, sum(amount) as total from shop.s.events group by rollup (day, kind)',
      [['day', 'DATE'], ['kind', 'VARCHAR'], SUM],
      'it groups in several ways at once',
    ],
    [
      'where a query within an expression reads more',
      'select day, amount, (select max(amount) from shop.s.events) as most from shop.s.events',
      [
        ['day', 'DATE'],
        ['amount', 'DECIMAL(12,2)'],
        ['most', 'DECIMAL(12,2)'],
      ],
      'it ',
    ],
    [
      'where it is one row of totals',
      'select count(*) as n from shop.s.events',
      [['n', 'BIGINT']],
      'it is one row of totals',
    ],
  ] as const)('%s', async ([, sql, columns, because]) => {
    expect(await rangeable(sql, columns)).toMatchObject({
      kind: 'whole',
      because: expect.stringContaining(because),
    });
  });
});
