import { describe, expect, it } from 'vitest';
import { queryKey } from '../../../src/sql/normalize/expr-key.ts';
import { printQuery } from '../../../src/sql/print/print-query.ts';
import { boundOf } from '../normalize/bind.ts';

const QUERIES = [
  'select id, total * (1 + 2) - -3 as x from orders',
  "select case when total > 1 then 'a' else 'b''c' end as k, count(distinct id) filter (where clerk = 1) as n from orders group by 1 having count(*) > 2",
  "select date_trunc('month', placed) as m, extract(year from day) as y, cast(total as integer) as t from orders where day >= date '2024-01-01' and placed < timestamp '2024-02-01 00:00:00'",
  'select o.id from orders o join customers c on o.customer = c.id left join regions r on c.region = r.id and r.label is not null',
  'select id from orders where id in (select order_id from lines where quantity > 3) and not exists (select 1 from customers where customers.id = orders.customer)',
  'select state, sum(total) as s from orders group by grouping sets ((state), ()) order by s desc nulls last limit 3 offset 1',
  'select id from orders union all select id from customers',
  'select rank() over (partition by state order by total desc) as r from orders',
  "select id from orders where state like 'a%' or (clerk is distinct from 3 and not vip) and total between 1 and 2".replace(
    ' and not vip',
    '',
  ),
  "select id, day + interval 3 day as later from orders where (state || 'x') <> 'ax'",
];

describe('a printed query', () => {
  it.each(QUERIES)('reads back as the same query: %s', async (sql) => {
    const bound = await boundOf(sql);

    const printed = printQuery(bound, 'duckdb');

    expect(printed.kind).toBe('printed');
    const again = await boundOf(printed.kind === 'printed' ? printed.sql : '');
    expect(queryKey(again)).toBe(queryKey(bound));
    expect(again.outputs).toEqual(bound.outputs);
    expect(printQuery(again, 'duckdb')).toEqual(printed);
  });

  it('has one clause a line', async () => {
    const printed = printQuery(
      await boundOf(
        'select state, sum(total) as s from orders where id > 1 and id < 9 group by state order by 1',
      ),
      'duckdb',
    );

    expect(printed).toEqual({
      kind: 'printed',
      sql: 'select t1.state,\n  sum(t1.total) as s\nfrom orders as t1\nwhere t1.id > 1\n  and t1.id < 9\ngroup by t1.state\norder by t1.state',
    });
  });

  it.each([
    ['duckdb', 'select t1.id as "select", t1.state as "Odd name" from orders as t1'],
    ['postgres', 'select t1.id as "select", t1.state as "Odd name" from orders as t1'],
    ['bigquery', 'select t1.id as `select`, t1.state as `Odd name` from orders as t1'],
  ] as const)('quotes names as %s does', async (dialect, text) => {
    const printed = printQuery(
      await boundOf('select id as "select", state as "Odd name" from orders'),
      dialect,
    );

    expect(printed.kind === 'printed' ? printed.sql.replaceAll(/\s+/g, ' ') : printed.because).toBe(
      text,
    );
  });

  it.each([
    ['a parameter', 'select id from orders where id = ?', 'the value of parameter'],
    ['a sample', 'select id from orders using sample 10 rows', 'sample'],
    ['a table function', 'select * from unnest([1, 2])', 'unnest'],
  ])('is refused for %s', async (_title, sql, because) => {
    const printed = printQuery(await boundOf(sql), 'duckdb');

    expect(printed.kind === 'unprintable' ? printed.because : printed.sql).toContain(because);
  });
});
