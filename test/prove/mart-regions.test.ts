import { expect, it } from 'vitest';
import { readDdl } from '../../src/cli/read-ddl.ts';
import { regionsOf } from '../../src/prove/mart-regions.ts';
import { dialectOf } from '../../src/sql/dialects.ts';
import { normalize } from '../../src/sql/normalize/normalize.ts';
import { printQuery } from '../../src/sql/print/print-query.ts';
import { bindQuery } from '../../src/sql/resolve/bind-query.ts';
import { indexSchema } from '../../src/sql/schema-index.ts';
import { parse, SHOP } from '../sql/match/ask.ts';

const duckdb = dialectOf('duckdb');

async function regions(sql: string): Promise<readonly string[] | undefined> {
  const schema = await readDdl({ ddl: SHOP, dialect: duckdb, names: {} }, parse);
  const [outcome] = await parse([{ sql, dialect: 'duckdb' }]);
  const statement = outcome?.kind === 'parsed' ? outcome.statements[0] : undefined;
  if (statement?.kind !== 'query') {
    throw new Error(`not read: ${sql}`);
  }
  const context = { schema: indexSchema(schema, duckdb), names: {}, dialect: duckdb };
  return regionsOf(normalize(bindQuery(statement.query, context).query))?.map(({ query }) => {
    const printed = printQuery(query, 'duckdb');
    return printed.kind === 'printed' ? printed.sql.replaceAll(/\s+/g, ' ') : printed.because;
  });
}

it.each([
  [
    'the rows and columns a grouped table gives',
    "select state, sum(total) as t from orders where day < '2024-02-01' group by state",
    ["select t1.day, t1.state, t1.total from orders as t1 where t1.day < '2024-02-01'"],
  ],
  [
    'each table by its own conditions',
    "select o.id from orders o join customers c on o.customer = c.id where o.day < '2024-02-01' and c.vip and o.clerk > c.region",
    [
      'select t1.id, t1.region, t1.vip from customers as t1 where t1.vip',
      "select t1.clerk, t1.customer, t1.day, t1.id from orders as t1 where t1.day < '2024-02-01'",
    ],
  ],
  [
    'all rows of the side an outer join may leave empty',
    "select o.id, c.name from orders o left join customers c on o.customer = c.id and c.vip where o.day < '2024-02-01'",
    [
      'select t1.id, t1.name, t1.vip from customers as t1',
      "select t1.customer, t1.day, t1.id from orders as t1 where t1.day < '2024-02-01'",
    ],
  ],
  [
    'all rows of both sides of a full join',
    "select o.id from orders o full join customers c on o.customer = c.id where o.day < '2024-02-01' or c.vip",
    [
      'select t1.id, t1.vip from customers as t1',
      'select t1.customer, t1.day, t1.id from orders as t1',
    ],
  ],
  [
    'all rows of a table that is read twice',
    "select a.id from orders a join orders b on a.id = b.clerk where a.day < '2024-02-01' and b.day < '2024-02-01'",
    ['select t1.clerk, t1.day, t1.id from orders as t1'],
  ],
  [
    'all rows where a condition reads other queries',
    "select id from orders where customer in (select id from customers where vip) and day < '2024-02-01'",
    [
      'select t1.id, t1.vip from customers as t1',
      "select t1.customer, t1.day, t1.id from orders as t1 where t1.day < '2024-02-01'",
    ],
  ],
  [
    'all rows of both sides of a union',
    "select id from orders where day < '2024-02-01' union all select id from customers where vip",
    ['select t1.id, t1.vip from customers as t1', 'select t1.day, t1.id from orders as t1'],
  ],
  [
    'the number of rows where no column is read',
    'select count(*) as n from orders',
    ['select 1 as one from orders as t1'],
  ],
])('finds %s', async (_what, sql, expected) => {
  expect(await regions(sql)).toEqual(expected);
});

it('finds nothing where a definition reads what is no table', async () => {
  expect(await regions('select o.id, u.x from orders o, range(3) as u(x)')).toBeUndefined();
});
