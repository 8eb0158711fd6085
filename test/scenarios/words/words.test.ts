import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/base/clock.ts';
import { FIRST_DAY, SmallWorld } from '../small-world.ts';

const FROM = 'from silver.order_lines l join silver.orders o on o.order_id = l.order_id';

/** Two teams mean two things by net revenue; a third writes what the first means in other words. */
const FINANCE = `select o.order_date, sum(l.net_amount) as net_revenue ${FROM} where o.order_date >= '2026-08-01' group by o.order_date`;
const BOARD = `with d as (select o.order_date as day, sum(l.net_amount) as s ${FROM} group by 1) select sum(s) as "Net Revenue" from d`;
const MARKETING = `select o.order_date, sum(l.net_amount) filter (l.quantity > 1) as net_revenue ${FROM} group by o.order_date`;
const SECRET = 'zoe.secret@example.com';
const PRIVATE = `select sum(case when o.channel = '${SECRET}' then l.net_amount end) as my_revenue ${FROM}`;

const WEB = `select sum(l.net_amount) filter (o.channel = 'web') as web_revenue ${FROM} where o.channel <> '${SECRET}'`;
const SHARE = `select sum(l.quantity) / nullif(count(*), 0) as unit_share ${FROM}`;
const SAME_SHARE = `select avg(l.quantity * 100) / 100 as unit_share ${FROM}`;

const JOB = 'insert into gold.stage select order_id, net_amount from silver.order_lines';

describe('goldsmith words', () => {
  let world: SmallWorld;

  beforeAll(async () => {
    world = await SmallWorld.open({
      orderLines: 400,
      setup: [
        'create table gold.stage (order_id bigint, amount decimal(12,2))',
        `create view gold.sales as select o.order_date as day, sum(l.net_amount) as net_revenue ${FROM} group by all`,
      ],
    });
    const ran = [
      { text: FINANCE, user: 'finance', client: 'metabase' },
      { text: FINANCE.replace('2026-08-01', '2026-07-01'), user: 'finance', client: 'metabase' },
      { text: BOARD, user: 'cfo', client: 'tableau' },
      { text: MARKETING, user: 'mia', client: 'notebook' },
      { text: MARKETING, user: 'max', client: 'notebook' },
      { text: MARKETING, user: 'mia', client: 'notebook' },
      { text: MARKETING, user: 'max', client: 'notebook' },
      { text: PRIVATE, user: 'zoe', client: 'notebook' },
      { text: PRIVATE, user: 'zoe', client: 'notebook' },
      ...['ana', 'ben'].flatMap((user) => [WEB, WEB].map((text) => ({ text, user }))),
      ...[WEB, WEB].map((text) => ({ text: text.replace('web', 'app'), user: 'cat' })),
      { text: SHARE, user: 'ana' },
      { text: SAME_SHARE, user: 'ben' },
      { text: SHARE.replace('sum(l.quantity)', '2 * sum(l.quantity)'), user: 'cat' },
      ...['2026-08-01', '2026-08-02'].map((day) => ({
        text: `select sum(case when o.order_date >= '${day}' then l.net_amount end) as month_to_date ${FROM}`,
        user: 'ana',
      })),
      { text: `select sum(l.net_amount) as month_to_date ${FROM}`, user: 'ben' },
      { text: JOB, user: 'etl', client: 'airflow' },
      { text: 'select sum(amount) as stored_revenue from gold.stage', user: 'ana' },
      { text: `select sum(l.net_amount) as stored_revenue ${FROM}`, user: 'ben' },
    ];
    for (const [hour, statement] of ran.entries()) {
      world.record({ at: FIRST_DAY - DAY_MS + hour * HOUR_MS, ...statement });
    }
    await world.start();
    await world.cycle(1);
  });
  afterAll(() => world.close());

  it('lists a name that two teams compute in two ways, with who and how often', async () => {
    const { text } = await world.goldsmith.words(undefined);

    expect(text).toMatch(/^5 of 9 words that readers measure by have more than one arithmetic\n/);
    expect(text.split('\n').slice(1, 6)).toEqual([
      'net_revenue (also Net Revenue): 2 definitions, 7 runs by 4 readers',
      expect.stringMatching(
        /^ {2}[0-9a-f]{8} {2}sum\(order_lines\.net_amount\) filter \(where order_lines\.quantity > 1\)$/,
      ),
      '            4 runs by max, mia, last on 2026-08-02',
      expect.stringMatching(/^ {2}[0-9a-f]{8} {2}sum\(order_lines\.net_amount\)$/),
      '            3 runs by finance, cfo, last on 2026-08-02, defined in gold.sales',
    ]);
  });

  it('runs the definitions of a word side by side and tells how they differ', async () => {
    const { text, value } = await world.goldsmith.words('NetRevenue');

    const [many = 0, all = 0] = await Promise.all(
      ['l.quantity > 1', 'true'].map(async (filter) => {
        const [row = ''] = await world.rows(
          `select sum(l.net_amount)::varchar from silver.order_lines l where ${filter}`,
        );
        return Number(JSON.parse(row)[0]);
      }),
    );
    expect(value).toMatchObject({
      word: 'netrevenue',
      comparison: {
        kind: 'compared',
        totals: [
          { total: many.toFixed(2), isEqual: true },
          { total: all.toFixed(2), isEqual: false, difference: (all - many) / many },
        ],
        byGroup: { by: 'orders.order_date', groups: 30, differing: 30 },
      },
    });
    expect(text).toContain('sometimes where orders.order_date >= ?');
    expect(text).toContain('mostly by orders.order_date');
    expect(text).toContain('used by finance (dashboard, metabase): 2 runs, last on 2026-08-02');
    expect(text).toContain('% more than the first');
    expect(text).toMatch(/by orders\.order_date: 30 of 30 groups differ, by [\d.]+ % at most/);
    expect(text).toContain('Goldsmith picks none of them');
  });

  it('shows no value that one reader alone uses', async () => {
    const { text, value } = await world.goldsmith.words('my_revenue');

    expect(text).toContain('sum(case when orders.channel = ? then order_lines.net_amount end)');
    expect(text).toContain('? is a value that one reader alone uses');
    const kept = ['', '-wal'].map((end) => readFileSync(`${world.statePath}${end}`, 'latin1'));
    const all = [text, JSON.stringify(value), ...world.logLines, ...kept].join('\n');
    expect(all).not.toContain(SECRET);
    expect(all).not.toContain('secret');
  });

  it('shows a value several readers share, and tells it from another', async () => {
    const { text, value } = await world.goldsmith.words('web_revenue');

    expect(text).toContain("filter (where orders.channel = 'web')");
    expect(text).toContain('web_revenue: 2 definitions, 6 runs by 3 readers');
    expect(text).toContain('always asked where orders.channel <> ?');
    expect(text + JSON.stringify(value)).not.toContain(SECRET);
    expect(text).toContain('filter (where orders.channel = ?)');
  });

  it('finds out on small databases that two ways to write it are one arithmetic', async () => {
    const { text } = await world.goldsmith.words('unit_share');

    expect(text).toContain('unit_share: 2 definitions, 3 runs by 3 readers');
    const one = text.split('\n').findIndex((line) => line.includes('used by ben'));
    expect(
      text
        .split('\n')
        .slice(one - 1, one + 2)
        .join(),
    ).toContain('used by ana');
  });

  it('says why what changes from run to run cannot be compared', async () => {
    const { text } = await world.goldsmith.words('month_to_date');

    expect(text).toContain('? is a value that changes from run to run');
    expect(text).toContain('not compared: it holds values that change from run to run');
  });

  it('says what a job made a stored column of', async () => {
    const { text } = await world.goldsmith.words('stored_revenue');

    expect(text).toContain('stored_revenue: 2 definitions');
    expect(text).toContain(
      'gold.stage.amount is written from silver.order_lines.net_amount by etl',
    );
  });

  it('says of an unknown word where to look', async () => {
    await expect(world.goldsmith.words('nonsense')).rejects.toThrow(
      'nobody measured by the name nonsense in the last 90 days, and no view defines it',
    );
  });
});
