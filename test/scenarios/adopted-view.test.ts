import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAILY_SALES, DAILY_UNITS, SmallWorld, stepsOf } from './small-world.ts';

const EVERYTHING = 'select * from gold.daily_sales';

describe('a gold view that pays as a table', () => {
  let world: SmallWorld;

  beforeAll(async () => {
    world = await SmallWorld.open({
      setup: [
        "comment on view gold.daily_sales is 'Revenue a day. Owner: finance.'",
        'create view gold.yearly_sales as select year(order_date) as year, sum(revenue) as revenue from gold.daily_sales group by 1',
      ],
    });
    await world.start();
  });
  afterAll(() => world.close());

  it('is taken over, built, proved and served by its own name, with the same answers and the same columns', async () => {
    const reads = [EVERYTHING, DAILY_SALES, DAILY_UNITS, 'select * from gold.yearly_sales'];
    const before = await Promise.all(reads.map((sql) => world.rows(sql)));
    const columns = await world.rows('describe gold.daily_sales');

    world.dashboards(0);
    expect(stepsOf(await world.cycle(1))).toEqual([]);
    world.dashboards(1);
    expect(stepsOf(await world.cycle(2))).toEqual([
      'adopt-view gold.daily_sales: done',
      'build-version gold.daily_sales: done',
      'repoint-view gold.daily_sales: done',
    ]);

    expect(await Promise.all(reads.map((sql) => world.rows(sql)))).toEqual(before);
    expect(await world.rows('describe gold.daily_sales')).toEqual(columns);
    const [plan] = await world.rows(`explain ${DAILY_SALES}`);
    expect(plan).toMatch(/gold_data|daily_sales__v1/);
    expect(plan).not.toContain('order_lines');
  });

  it('keeps the comment its owner wrote', async () => {
    const [comment] = await world.rows(
      "select comment from duckdb_views() where schema_name = 'gold' and view_name = 'daily_sales'",
    );

    expect(comment).toContain('Revenue a day. Owner: finance.');
  });

  it('says in explain that it is a physical mart now', async () => {
    const { text } = await world.goldsmith.explain('gold.daily_sales');

    expect(text).toContain('gold.daily_sales is a physical mart: version 1');
  });

  it('is refreshed when its sources changed, and not otherwise', async () => {
    world.dashboards(2, 2);
    expect(stepsOf(await world.cycle(3))).toEqual(['repoint-view gold.daily_sales: done']);

    await world.run(
      "insert into silver.orders values (900001, 1, 1, timestamp '2026-08-05 10:00:00', date '2026-08-05', 'web')",
    );
    await world.run('insert into silver.order_lines values (900001, 1, 1, 2, 77.00)');
    expect(stepsOf(await world.cycle(4))).toEqual([
      'build-version gold.daily_sales: done',
      'repoint-view gold.daily_sales: done',
    ]);

    expect(
      await world.rows("select revenue from gold.daily_sales where order_date = date '2026-08-05'"),
    ).toEqual(['["77.00"]']);
  });

  it('goes back to a view at a word of a person, and is not built again', async () => {
    const before = await world.rows(EVERYTHING);

    const answer = await world.goldsmith.rollback('gold.daily_sales');

    expect(answer.ok).toBe(true);
    const { receipts } = await world.goldsmith.receipts();
    expect(receipts.map(({ rolledBack }) => rolledBack)).toEqual([true, true]);
    expect(await world.rows(EVERYTHING)).toEqual(before);
    const [plan] = await world.rows(`explain ${DAILY_SALES}`);
    expect(plan).toContain('order_lines');

    world.dashboards(4);
    const after = await world.cycle(5);
    expect(stepsOf(after).filter((step) => step.startsWith('build'))).toEqual([]);
    const verdict = after.decision.verdicts.find(({ relation }) =>
      relation.endsWith('daily_sales'),
    );
    expect(verdict).toMatchObject({ outcome: 'refuse', rule: 'was-not-declined' });
  });

  it('refuses a second rollback with one sentence', async () => {
    await expect(world.goldsmith.rollback('gold.daily_sales')).rejects.toThrow(
      'gold.daily_sales is a view already: nothing to roll back',
    );
    await expect(world.goldsmith.rollback('gold.nothing')).rejects.toThrow(
      'gold.nothing is not a mart of Goldsmith',
    );
  });
});
