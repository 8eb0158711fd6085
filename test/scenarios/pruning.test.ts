import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/base/clock.ts';
import { FIRST_DAY, SmallWorld, stepsOf } from './small-world.ts';

const WIDE = `create view gold.order_facts as
select l.order_id, l.line_no, l.quantity, l.net_amount, o.order_date, o.channel, s.store_name, s.region, p.product_name, p.category, p.brand,
  coalesce(c.email, 'none') as contact, c.customer_name, c.segment
from silver.order_lines l
left join silver.orders o on o.order_id = l.order_id
left join silver.stores s on s.store_id = o.store_id
left join silver.products p on p.product_id = l.product_id
left join silver.customers c on c.customer_id = o.customer_id`;

const READ =
  'select region, category, sum(net_amount) as revenue from gold.order_facts where order_date is not null group by all';
const QUARTERLY = 'select segment, sum(quantity) as units from gold.order_facts group by all';
const HIDDEN =
  'select contact, product_name, brand, store_name, count(*) as n from gold.order_facts group by all';

describe('attributes nobody reads', () => {
  let world: SmallWorld;

  beforeAll(async () => {
    world = await SmallWorld.open({
      orderLines: 20_000,
      setup: [WIDE],
      settings: {
        marts: {
          maxStaleness: '26h',
          adoptable: [{ view: 'gold.order_facts', maxStaleness: '26h' }],
        },
        prune: {
          enabled: true,
          watchFor: '60d',
          announceFor: '2d',
          hideFor: '5d',
          minimumReadDays: 20,
          minimumCut: -100,
        },
        usage: { idRetentionDays: 200 },
      },
    });
    for (let day = -110; day < 2; day += 1) {
      read(day, 30);
    }
    for (const day of [-210, -209, -122, -121]) {
      world.record({ text: QUARTERLY, at: FIRST_DAY + day * DAY_MS + 9 * HOUR_MS, user: 'cfo' });
    }
    await world.start();
  });
  afterAll(() => world.close());

  function read(day: number, runs: number): void {
    for (let run = 0; run < runs; run += 1) {
      const at = FIRST_DAY + day * DAY_MS + (8 + run / 4) * HOUR_MS;
      world.record({ text: READ, at, user: run % 2 === 0 ? 'emea' : 'apac', client: 'metabase' });
    }
  }

  function next(day: number) {
    read(day - 1, 30);
    return world.cycle(day);
  }

  const stagesOf = async () =>
    new Map(
      (await world.goldsmith.cycle()).input.marts.flatMap(({ pruned = [] }) =>
        pruned.map(({ name, stage }) => [name, stage]),
      ),
    );

  it('are announced once the mart stands, and what is read or needed is kept', async () => {
    expect(stepsOf(await world.cycle(2))).toEqual([
      'adopt-view gold.order_facts: done',
      'build-version gold.order_facts: done',
      'repoint-view gold.order_facts: done',
    ]);
    const cycle = await next(3);

    expect(stepsOf(cycle)).toContain('mark-attributes gold.order_facts: done');
    const [{ standings } = { standings: [] }] = cycle.decision.attributes;
    expect(Object.fromEntries(standings.map(({ attribute, rule }) => [attribute, rule]))).toEqual({
      order_id: 'join-attributes',
      line_no: 'announce',
      quantity: 'calendar-reads',
      net_amount: 'named-lately',
      order_date: 'named-lately',
      channel: 'announce',
      store_name: 'announce',
      region: 'named-lately',
      product_name: 'announce',
      category: 'named-lately',
      brand: 'announce',
      contact: 'announce',
      customer_name: 'announce',
      segment: 'calendar-reads',
    });
  });

  it('are hidden after the announcement, stay answerable, and the refresh gets cheaper, measured', async () => {
    const before = {
      answers: await Promise.all([READ, QUARTERLY, HIDDEN].map((sql) => world.rows(sql))),
      columns: await world.rows('describe gold.order_facts'),
    };
    expect(stepsOf(await next(4))).toEqual(['repoint-view gold.order_facts: done']);
    const cycle = await next(5);

    expect(stepsOf(cycle)).toEqual([
      'repoint-view gold.order_facts: done',
      'build-version gold.order_facts: done',
      'repoint-view gold.order_facts: done',
      'mark-attributes gold.order_facts: done',
    ]);
    const evidence = cycle.applied?.steps[1]?.evidence;
    expect(evidence).toMatchObject({ cutPairs: 5 });
    expect(evidence?.['cut']).toEqual(expect.any(Number));
    expect({
      answers: await Promise.all([READ, QUARTERLY, HIDDEN].map((sql) => world.rows(sql))),
      columns: await world.rows('describe gold.order_facts'),
    }).toEqual(before);
    const [plan] = await world.rows(`explain ${READ}`);
    expect(plan).toContain('order_facts__v2__rows');
    expect(plan).not.toContain('silver');
  });

  it('stay so over a refresh', async () => {
    await world.run("update silver.products set brand = 'new brand' where product_id = 1");
    const cycle = await next(6);

    expect(stepsOf(cycle)).toContain('build-version gold.order_facts: done');
    expect(
      await world.rows("select count(*) > 0 from gold.order_facts where brand = 'new brand'"),
    ).toEqual(['[true]']);
    const [plan] = await world.rows(`explain ${READ}`);
    expect(plan).toContain('order_facts__v3__rows');
  });

  it('come back in the next cycle when somebody reads one', async () => {
    world.record({
      text: 'select brand, count(*) from gold.order_facts group by all',
      at: FIRST_DAY + 6 * DAY_MS + 12 * HOUR_MS,
      user: 'ana',
    });
    const cycle = await next(7);

    expect(stepsOf(cycle)).toEqual([
      'repoint-view gold.order_facts: done',
      'drop-version gold.order_facts: done',
      'build-version gold.order_facts: done',
      'repoint-view gold.order_facts: done',
      'mark-attributes gold.order_facts: done',
    ]);
    const mark = cycle.applied?.steps.at(-1)?.action;
    expect(mark).toMatchObject({
      changes: [
        {
          name: 'brand',
          from: 'hidden',
          to: 'kept',
          because: 'somebody read it on 2026-08-09, after it was hidden',
        },
      ],
    });
    expect((await stagesOf()).has('brand')).toBe(false);
    expect((await stagesOf()).get('contact')).toBe('hidden');
  });

  it('are shown with their readers and where they stand', async () => {
    const { text } = await world.goldsmith.attributes('gold.order_facts');

    expect(text).toMatch(/region\s+kept\s+2026-08-09\s+\d+\s+2\s+named-lately: it was named/);
    expect(text).toMatch(/contact\s+hidden\s+never\s+0\s+0\s+wait: nobody named it in 60 days/);
    expect(text).toMatch(/segment\s+kept\s+2026-04-04.*calendar-reads: it is read by the quarter/);
  });

  it('come back at a word of a person, and stay', async () => {
    const { ok, steps } = await world.goldsmith.restore('gold.order_facts', 'Contact');

    expect(ok).toBe(true);
    expect(steps.map(({ verb }) => verb)).toEqual([
      'repoint-view',
      'build-version',
      'repoint-view',
      'mark-attributes',
    ]);
    expect((await stagesOf()).has('contact')).toBe(false);
    await expect(world.goldsmith.restore('gold.order_facts', 'contact')).rejects.toThrow(
      'contact of gold.order_facts is not pruned; these are:',
    );
  });

  it('may be tombstoned, and then tell who names one how to get it back', async () => {
    await world.restart(
      world.configWith({
        marts: {
          maxStaleness: '26h',
          adoptable: [{ view: 'gold.order_facts', maxStaleness: '26h' }],
        },
        prune: {
          enabled: true,
          watchFor: '60d',
          hideFor: '2d',
          minimumReadDays: 20,
          minimumCut: -100,
          tombstones: true,
        },
      }),
    );
    const cycle = await next(8);

    expect(stepsOf(cycle)).toContain('mark-attributes gold.order_facts: done');
    expect((await stagesOf()).get('customer_name')).toBe('tombstoned');
    await expect(world.rows('select customer_name from gold.order_facts')).rejects.toThrow(
      /gold\.order_facts\.customer_name was pruned on 2026-08-11 .* goldsmith restore gold\.order_facts customer_name/,
    );
    expect(await world.rows('select count(*) from gold.order_facts')).toHaveLength(1);
    const base = `select c.customer_name, sum(l.quantity) as n from silver.order_lines l left join silver.orders o on o.order_id = l.order_id
      left join silver.customers c on c.customer_id = o.customer_id group by all`;
    const answer = await world.goldsmith.route({ sql: base, client: 'notebook' });
    expect(answer.answer).toBe('base');
    await expect(world.rows(answer.sql)).resolves.not.toHaveLength(0);

    const { ok } = await world.goldsmith.restore('gold.order_facts', 'customer_name');
    expect(ok).toBe(true);
    expect(
      await world.rows('select count(distinct customer_name) > 10 from gold.order_facts'),
    ).toEqual(['[true]']);
  });
});
