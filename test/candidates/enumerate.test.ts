import { describe, expect, it } from 'vitest';
import type { RelationId } from '../../src/base/relation.ts';
import { survey } from '../../src/decide/survey.ts';
import { type Asked, aCycleInput } from '../builders/a-world.ts';

const NOW = Date.parse('2026-03-20T02:00:00Z');

function asked(sql: string, changes: Partial<Asked> = {}): Asked {
  return {
    sql,
    client: 'notebook',
    readers: ['ana', 'bob'],
    runsPerDay: 4,
    days: 14,
    cpuMs: 40,
    ...changes,
  };
}

async function definitions(...statements: readonly string[]): Promise<readonly string[]> {
  const seen = survey(
    await aCycleInput({ statements: statements.map((sql) => asked(sql)), now: NOW }),
  );
  return seen.candidates
    .filter(({ enumerator }) => enumerator === 'aggregated')
    .map(({ definition }) => definition.sql.replaceAll(/\s+/g, ' '));
}

const LINES = 'from silver.order_lines l';
const PRODUCTS = 'join silver.products p on p.product_id = l.product_id';

describe('aggregate candidates', () => {
  it.each([
    {
      title: 'turn a filter on an unknown constant into a column',
      sql: `select sum(amount) ${LINES} where status = 'returned'`,
      has: 'select t1.status, sum(t1.amount) as sum_amount, count(*) as row_count',
    },
    {
      title: 'take an average apart into sum and count',
      sql: `select status, avg(amount) ${LINES} group by status`,
      has: 'count(t1.amount) as count_amount, sum(t1.amount) as sum_amount, count(*) as row_count',
    },
    {
      title: 'keep the columns of the condition of a sum over some rows',
      sql: `select order_date, sum(case when status = 'returned' then amount end) ${LINES} group by 1`,
      has: 'select t1.order_date, t1.status, sum(t1.amount) as sum_amount, count(*) as row_count',
    },
    {
      title: 'keep them too where such a sum adds nothing for the other rows',
      sql: `select order_date, sum(case when status = 'returned' then amount else 0 end) ${LINES} group by 1`,
      has: 'select t1.order_date, t1.status, sum(t1.amount) as sum_amount, count(*) as row_count',
    },
    {
      title: 'count rows where such a sum counts them',
      sql: `select order_date, sum(case when status = 'returned' then 1 else 0 end) ${LINES} group by 1`,
      has: 'select t1.order_date, t1.status, count(*) as row_count',
    },
    {
      title: 'keep what is counted distinct as a column',
      sql: `select status, count(distinct customer_id) ${LINES} group by status`,
      has: 'select t1.customer_id, t1.status, count(*) as row_count',
    },
    {
      title: 'keep an expression inside a sum whole',
      sql: `select status, sum(quantity * amount) ${LINES} group by status`,
      has: 'sum(t1.quantity * t1.amount) as sum_quantity_amount',
    },
    {
      title: 'keep a month as a month where nothing finer is asked',
      sql: `select date_trunc('month', order_date) m, count(*) ${LINES} group by 1`,
      has: "date_trunc('month', t1.order_date) as order_date_month",
    },
    {
      title: 'keep the day alone where a month and a day are asked',
      sql: `select date_trunc('month', order_date) m, count(*) ${LINES} where order_date > date '2026-01-01' group by 1`,
      has: 'select t1.order_date, count(*) as row_count from',
    },
  ])('$title', async ({ sql, has }) => {
    expect((await definitions(sql)).join('\n')).toContain(has);
  });

  it('answer several kinds of question at once while they stay small', async () => {
    const found = await definitions(
      `select p.category, sum(l.amount) ${LINES} ${PRODUCTS} group by 1`,
      `select p.brand, max(l.amount) ${LINES} ${PRODUCTS} group by 1`,
    );

    expect(found).toHaveLength(3);
    expect(found.some((sql) => sql.includes('group by t2.brand, t2.category'))).toBe(true);
  });

  it('are not merged into one that would keep most of the rows it groups', async () => {
    const found = await definitions(
      `select product_id, order_date, sum(amount) ${LINES} group by 1, 2`,
      `select customer_id, order_date, sum(amount) ${LINES} group by 1, 2`,
    );

    expect(found).toHaveLength(2);
  });

  it('are not made of what cannot be rolled up, and say so', async () => {
    const input = await aCycleInput({
      statements: [asked(`select status, median(amount) ${LINES} group by status`)],
      now: NOW,
    });
    const seen = survey(input);

    expect(seen.candidates).toEqual([]);
    expect(seen.not).toMatchObject([
      { enumerator: 'aggregated', because: 'median cannot be rolled up from a coarser grain' },
    ]);
  });

  it('are anchored at the table whose rows the joins keep', async () => {
    const input = await aCycleInput({
      statements: [asked(`select p.category, sum(l.amount) ${LINES} ${PRODUCTS} group by 1`)],
      now: NOW,
    });
    const [candidate] = survey(input).candidates;

    expect(candidate?.anchor).toBe('shop.silver.order_lines');
    expect(candidate?.unverified.map(({ kind }) => kind)).toEqual([
      'unique-key',
      'inclusion',
      'not-null',
    ]);
  });

  it('are not made of self-joins, nor of cross products', async () => {
    const found = await definitions(
      `select a.status, count(*) from silver.order_lines a join silver.order_lines b on a.order_id = b.order_id group by 1`,
      `select p.category, count(*) from silver.order_lines l, silver.products p group by 1`,
    );

    expect(found).toEqual([]);
  });

  it('keep a predicate that stands in a view, as it stands there', async () => {
    const found = await definitions(
      `select date_trunc('month', order_date) m, sum(revenue) from gold.daily_sales group by 1`,
    );

    expect(found.join('\n')).toContain("where t1.status = 'completed'");
  });

  it('avoid the names of relations that exist', async () => {
    const ddl = `create table shop.silver.order_lines (order_id bigint, status varchar, amount decimal(12,2));
      create table shop.gold.order_lines_by_status (x integer);`;
    const input = await aCycleInput({
      statements: [asked(`select status, sum(amount) ${LINES} group by 1`)],
      now: NOW,
      ddl,
    });
    const [candidate] = survey(input).candidates;

    expect(candidate?.definition.relation).toMatch(
      /^shop\.gold\.order_lines_by_status_[0-9a-f]{6}$/,
    );
  });
});

describe('wide candidates', () => {
  it('hold the columns their statements touch, and no others', async () => {
    const input = await aCycleInput({
      statements: [
        asked(`select l.order_id, p.category ${LINES} ${PRODUCTS} where l.status = 'open'`),
      ],
      now: NOW,
    });
    const wide = survey(input).candidates.find(({ enumerator }) => enumerator === 'prejoined');

    expect(wide?.definition.columns).toEqual([
      { name: 'order_id', type: 'bigint' },
      { name: 'status', type: 'varchar' },
      { name: 'category', type: 'varchar' },
    ]);
  });
});

describe('adoptable views', () => {
  it('may not be what the catalog does not hold', async () => {
    const view = 'shop.gold.gone' as RelationId;
    const input = await aCycleInput(
      { statements: [asked(`select count(*) ${LINES}`)], now: NOW },
      { adoptable: [{ view, maxStalenessMs: 1 }] },
    );

    expect(survey(input).not).toContainEqual({
      enumerator: 'adopted',
      about: view,
      because: 'it is listed as adoptable, but the catalog holds no view of that name we can read',
    });
  });

  it('are objected to when their answers change by themselves', async () => {
    const view = 'shop.gold.today' as RelationId;
    const ddl = `create table shop.silver.t (d date);
      create view shop.gold.today as select count(*) as n from shop.silver.t where d = current_date;`;
    const input = await aCycleInput(
      { statements: [asked('select n from gold.today')], now: NOW, ddl },
      { adoptable: [{ view, maxStalenessMs: 1 }] },
    );
    const candidate = survey(input).candidates.find(({ enumerator }) => enumerator === 'adopted');

    expect(candidate?.objections).toEqual([
      'its definition calls a function whose value changes without its sources',
    ]);
  });
});
