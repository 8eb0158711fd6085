import { describe, expect, it } from 'vitest';
import { canonicalBlocks } from '../../src/sql/canonical-blocks.ts';
import { shapeSql } from './resolve/shape-sql.ts';

const ddl = `
  create table orders (id int, customer int, day date, amount int);
  create table customers (id int, region varchar, parent int);
`;

async function blocksOf(sql: string, dialect = 'duckdb') {
  const { query } = await shapeSql({ sql, ddl, dialect });
  return query === undefined ? [] : canonicalBlocks(query);
}

describe('canonical blocks', () => {
  it('tell joins as classes, filters as ranges, groups and measures', async () => {
    const blocks = await blocksOf(`
      select c.region, sum(o.amount) as total, count(distinct o.id) as n
      from orders o join customers c on o.customer = c.id
      where o.day >= date '2024-01-01' and o.day < date '2024-02-01' and c.region in ('n', 's')
        and c.parent is not null and o.amount > c.parent
      group by c.region having sum(o.amount) > 5`);

    expect(blocks).toEqual([
      {
        at: 'query',
        reads: ['orders', 'customers'],
        equal: [['customers.id', 'orders.customer']],
        outerJoins: [],
        ranges: [
          {
            of: 'orders.day',
            bounds: [
              { op: '>=', values: ['2024-01-01'] },
              { op: '<', values: ['2024-02-01'] },
            ],
          },
          { of: 'customers.region', bounds: [{ op: 'in', values: ['n', 's'] }] },
          { of: 'customers.parent', bounds: [{ op: 'is not null', values: [] }] },
        ],
        residuals: ['(< [customers.parent] [orders.amount])'],
        groupBy: ['customers.region'],
        having: [expect.stringContaining('sum')],
        measures: [
          { call: '(sum [orders.amount] )', additivity: 'additive' },
          { call: '(count distinct [orders.id] )', additivity: 'holistic' },
        ],
        distinct: false,
        barriers: [],
      },
    ]);
  });

  it('stand for every block: grouped sources, members of unions, queries inside expressions', async () => {
    const blocks = await blocksOf(`
      with t as (select customer, sum(amount) as s from orders group by customer)
      select region from customers c join t on t.customer = c.id
      where exists (select 1 from orders o where o.customer = c.id and o.amount = 1)
      union all
      select region from customers where parent = 3`);

    expect(blocks.map(({ at, reads }) => [at, ...reads])).toEqual([
      ['query/left', 'customers', 't'],
      ['query/left/t', 'orders'],
      ['query/left/subquery', 'orders#2'],
      ['query/right', 'customers#2'],
    ]);
    expect(blocks[2]).toMatchObject({
      equal: [['customers.id', 'orders#2.customer']],
      ranges: [{ of: 'orders#2.amount', bounds: [{ op: '=', values: ['1'] }] }],
    });
  });

  it('chain equalities into one class and keep outer joins apart', async () => {
    const [block] = await blocksOf(`
      select 1 from orders o join customers c on o.customer = c.id
      join customers p on c.id = p.id left join customers g on p.parent = g.id`);

    expect(block).toMatchObject({
      equal: [['customers#2.id', 'customers.id', 'orders.customer']],
      outerJoins: [
        {
          kind: 'left',
          left: ['orders', 'customers', 'customers#2'],
          right: ['customers#3'],
          on: ['(= [customers#2.parent] [customers#3.id])'],
        },
      ],
    });
  });

  it('tell what they can of a select that blocks cannot say, and why', async () => {
    const [block] = await blocksOf(
      `select id, amount from orders where day = date '2024-01-01'
       qualify row_number() over (partition by customer order by id) = 1`,
      'snowflake',
    );

    expect(block).toMatchObject({
      reads: ['orders'],
      ranges: [{ of: 'orders.day', bounds: [{ op: '=', values: ['2024-01-01'] }] }],
      barriers: [expect.stringMatching(/row_number|qualify/)],
    });
  });

  it('name parameters where literals were taken out', async () => {
    const [block] = await blocksOf('select id from orders where amount between ? and ?', 'generic');

    expect(block?.ranges.map(({ of, bounds }) => [of, ...bounds.map(({ op }) => op)])).toEqual([
      ['orders.amount', '>=', '<='],
    ]);
  });

  it('are not told of queries nested without end', async () => {
    const nested = (levels: number) =>
      `${'select id from orders where id in ('.repeat(levels)}select 1${')'.repeat(levels)}`;

    expect((await blocksOf(nested(5))).length).toBe(6);
    expect(await blocksOf(nested(60))).toEqual([]);
  });

  it('tell the first of the values of a long list, and how many more there are', async () => {
    const ids = Array.from({ length: 250 }, (_, at) => at);
    const [block] = await blocksOf(`select id from orders where id in (${ids.join(', ')})`);

    expect(block?.ranges[0]?.bounds[0]).toMatchObject({ op: 'in', more: 150 });
  });
});
