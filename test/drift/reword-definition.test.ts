import { describe, expect, it } from 'vitest';
import { relationId } from '../../src/base/relation.ts';
import { whyNotTheSame } from '../../src/drift/means-the-same.ts';
import { rewordings } from '../../src/drift/reword-definition.ts';
import { pictureOf } from '../../src/drift/schema-picture.ts';
import type { SourceNow } from '../../src/drift/source-now.ts';
import { dialectOf } from '../../src/sql/dialects.ts';
import type { Query } from '../../src/sql/ir.ts';
import { schemaOf, statementsOf } from '../sql/resolve/shape-sql.ts';

const dialect = dialectOf('duckdb');
const BEFORE = `
  create table silver.stores (store_id int, name varchar, region varchar);
  create table silver.orders (order_id int, store_id int, day date, region varchar);
  create table silver.lines (order_id int, amount double);
`;

async function parseQuery(sql: string): Promise<Query> {
  const [statement] = await statementsOf(sql, dialect);
  if (statement?.kind !== 'query') {
    throw new Error(`no query: ${sql}`);
  }
  return statement.query;
}

/** The first rewording that means the same after these changes of the schema, or why there is none. */
async function followed(
  sql: string,
  {
    after,
    renamed = {},
    moved = {},
  }: {
    readonly after: string;
    readonly renamed?: Readonly<Record<string, Readonly<Record<string, string>>>>;
    readonly moved?: Readonly<Record<string, string>>;
  },
): Promise<string> {
  const was = await schemaOf(BEFORE, { dialect });
  const is = await schemaOf(after, { dialect });
  const olds = pictureOf(was.snapshot, { takenAt: 0 }).relations;
  const news = pictureOf(is.snapshot, { takenAt: 0 }).relations;
  const sources = olds.flatMap((old): SourceNow[] => {
    const now = news.find(({ id }) => id === (moved[old.id] ?? old.id));
    return now === undefined
      ? []
      : [{ was: old, is: now, renamed: new Map(Object.entries(renamed[old.id] ?? {})) }];
  });
  const reasons: string[] = [];
  for (const text of rewordings(sql, { sources, dialect })) {
    const because = whyNotTheSame({
      relation: relationId({ schema: 'gold', name: 'mart' }),
      dialect: 'duckdb',
      was: { query: await parseQuery(sql), schema: was },
      is: { query: await parseQuery(text), schema: is },
      sources,
    });
    if (because === undefined) {
      return text;
    }
    reasons.push(because);
  }
  return `none: ${reasons.join('; ')}`;
}

const REGION = {
  after: BEFORE.replace('name varchar, region', 'name varchar, sales_region'),
  renamed: { 'silver.stores': { region: 'sales_region' } },
};

describe('following a renamed column in the text of a definition', () => {
  it.for([
    [
      'keeps the name of the output',
      'select s.region, count(*) as n from silver.stores s group by s.region',
      'select s.sales_region as region, count(*) as n from silver.stores s group by s.sales_region',
    ],
    [
      'leaves a name that was given alone',
      'select s.region as r, max(region) over () region from silver.stores as s',
      'select s.sales_region as r, max(sales_region) over () region from silver.stores as s',
    ],
    [
      'tells the column of one relation from that of another',
      'select s.region, o.region as of_order from silver.orders o join silver.stores s on s.store_id = o.store_id where o.region <> s.region',
      'select s.sales_region as region, o.region as of_order from silver.orders o join silver.stores s on s.store_id = o.store_id where o.region <> s.sales_region',
    ],
    [
      'leaves what a CTE passes on alone',
      'with r as (select region, store_id from silver.stores) select r.region, count(*) as n from r join silver.orders o on o.store_id = r.store_id group by r.region',
      'with r as (select sales_region as region, store_id from silver.stores) select r.region, count(*) as n from r join silver.orders o on o.store_id = r.store_id group by r.region',
    ],
    [
      'reaches into a correlated subquery',
      'select o.order_id from silver.orders o where exists (select 1 from silver.stores s where s.store_id = o.store_id and s.region = o.region)',
      'select o.order_id from silver.orders o where exists (select 1 from silver.stores s where s.store_id = o.store_id and s.sales_region = o.region)',
    ],
    [
      'keeps quotes, comments and blanks',
      'select "s"."region" -- where it was sold\n  , name\nfrom silver.stores AS "s"',
      'select "s".sales_region as region -- where it was sold\n  , name\nfrom silver.stores AS "s"',
    ],
    [
      'puts the former names over the source where a star passes them on',
      'select * from silver.stores s where s.store_id > 3',
      'select * from (select store_id, name, sales_region as region from silver.stores) as s where s.store_id > 3',
    ],
    [
      'puts the former names over the source where a join names both sides at once',
      'select count(*) as n from silver.orders join silver.stores using (store_id, region)',
      'select count(*) as n from silver.orders join (select store_id, name, sales_region as region from silver.stores) as stores using (store_id, region)',
    ],
    [
      'follows a cast and a case',
      "select case when region = 'EU' then 1 else 0 end as eu, region::varchar as txt from silver.stores",
      "select case when sales_region = 'EU' then 1 else 0 end as eu, sales_region::varchar as txt from silver.stores",
    ],
    [
      'finds sources in brackets, as PostgreSQL writes them',
      ' SELECT s.region, count(*) AS n FROM ((silver.lines l JOIN silver.orders o ON ((o.order_id = l.order_id))) JOIN silver.stores s ON ((s.store_id = o.store_id))) GROUP BY s.region',
      ' SELECT s.sales_region as region, count(*) AS n FROM ((silver.lines l JOIN silver.orders o ON ((o.order_id = l.order_id))) JOIN silver.stores s ON ((s.store_id = o.store_id))) GROUP BY s.sales_region',
    ],
    [
      'follows both sides of a union',
      'select region from silver.stores union all select region from silver.orders',
      'select sales_region as region from silver.stores union all select region from silver.orders',
    ],
  ] as const)('%s', async ([, sql, expected]) => {
    expect(await followed(sql, REGION)).toBe(expected);
  });

  it('quotes a new name that is a word of SQL', async () => {
    const after = BEFORE.replace('name varchar, region', 'name varchar, "order"');
    expect(
      await followed('select region from silver.stores', {
        after,
        renamed: { 'silver.stores': { region: 'order' } },
      }),
    ).toBe('select "order" as region from silver.stores');
  });

  it('follows a relation that moved, under the name it was read by', async () => {
    const after = BEFORE.replace('silver.stores', 'bronze.shops');
    expect(
      await followed('select stores.region, o.day from silver.stores, silver.orders as o', {
        after,
        moved: { 'silver.stores': 'bronze.shops' },
      }),
    ).toBe('select stores.region, o.day from bronze.shops as stores, silver.orders as o');
  });

  it('finds none where what was removed is wanted', async () => {
    const after = BEFORE.replace(
      ', region varchar);\n  create table silver.orders',
      ');\n  create table silver.orders',
    );
    expect(
      await followed('select s.name, s.region from silver.stores s', {
        after,
        renamed: { 'silver.stores': { name: 'title' } },
      }),
    ).toMatch(/^none: the rewritten definition is not understood/);
  });

  it('takes no text that computes something else of the sources', async () => {
    const after = BEFORE.replace('name varchar, region', 'region varchar, name');
    const swapped = await followed('select name, region from silver.stores', {
      after,
      renamed: { 'silver.stores': { name: 'region', region: 'name' } },
    });
    expect(swapped).toBe('select region as name, name as region from silver.stores');
  });
});
