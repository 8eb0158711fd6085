import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/base/clock.ts';
import type { CycleResult } from '../../src/daemon/cycle.ts';
import { stepsOf as allStepsOf, FIRST_DAY, SmallWorld } from './small-world.ts';

const DEFINITION = `select l.order_id, l.line_no, l.quantity, l.net_amount, o.order_date, o.channel, s.store_name, s.region,
  p.product_name, p.category, p.brand, c.customer_name, c.segment
from silver.order_lines l
left join silver.orders o on o.order_id = l.order_id
left join silver.stores s on s.store_id = o.store_id
left join silver.products p on p.product_id = l.product_id
left join silver.customers c on c.customer_id = o.customer_id`;
const READ =
  'select region, category, sum(net_amount) as revenue from gold.order_facts where order_date is not null group by all';
const QUARTERLY = 'select segment, sum(quantity) as units from gold.order_facts group by all';
const UNREAD =
  'select product_name, brand, store_name, count(*) as n from gold.order_facts group by all';
const LISTED = { table: 'gold.order_facts', definition: DEFINITION, maxStaleness: '26h' };
const PRUNE = {
  enabled: true,
  watchFor: '60d',
  announceFor: '2d',
  minimumReadDays: 20,
  minimumCut: -100,
};

/** Of the table alone: what is published beside it is another story. */
function stepsOf(cycle: CycleResult): readonly string[] {
  return allStepsOf(cycle).filter((step) => step.includes(' gold.order_facts:'));
}

describe('a gold table whose definition was handed over', () => {
  let world: SmallWorld;

  const settings = (adoptable: readonly unknown[]) => ({
    marts: { maxStaleness: '26h', adoptable },
    prune: PRUNE,
    usage: { idRetentionDays: 200 },
  });

  beforeAll(async () => {
    world = await SmallWorld.open({
      orderLines: 20_000,
      setup: [
        `create table gold.order_facts as ${DEFINITION}`,
        "comment on table gold.order_facts is 'Everything of an order line. Owner: sales.'",
        'create view gold.yearly as select year(order_date) as year, sum(net_amount) as revenue from gold.order_facts group by 1',
      ],
      settings: settings([LISTED]),
      baseCpuMs: 3,
    });
    for (let day = -110; day < 1; day += 1) {
      read(day);
    }
    for (const day of [-210, -209, -122, -121]) {
      world.record({ text: QUARTERLY, at: FIRST_DAY + day * DAY_MS + 9 * HOUR_MS, user: 'cfo' });
    }
    await world.start();
  });
  afterAll(() => world.close());

  function read(day: number): void {
    for (let run = 0; run < 10; run += 1) {
      const at = FIRST_DAY + day * DAY_MS + (8 + run / 4) * HOUR_MS;
      world.record({ text: READ, at, user: run % 2 === 0 ? 'emea' : 'apac', client: 'metabase' });
    }
  }

  function next(day: number) {
    read(day - 1);
    return world.cycle(day);
  }

  const face = async () => ({
    answers: await Promise.all(
      [READ, QUARTERLY, UNREAD, 'select * from gold.yearly'].map((sql) => world.rows(sql)),
    ),
    columns: await world.rows('describe gold.order_facts'),
  });

  it('is left alone while its definition gives other rows, which is told, and taken over once it does not', async () => {
    await world.run(
      "update silver.products set brand = 'newer than the table' where product_id = 1",
    );
    const tooEarly = await next(1);

    expect(stepsOf(tooEarly)).toEqual(['adopt-table gold.order_facts: failed']);
    expect(tooEarly.applied?.steps[0]?.detail).toContain(
      'does not hold what the definition handed over gives now',
    );
    expect(stepsOf(await next(2))).toEqual([]);
    const waiting = await world.goldsmith.explain('gold.order_facts');
    expect(waiting.text).toContain('its last build failed on');

    await world.run(`create or replace table gold.order_facts as ${DEFINITION}`);
    await world.run(
      "comment on table gold.order_facts is 'Everything of an order line. Owner: sales.'",
    );
    const before = await face();
    let cycle = await next(3);
    for (let day = 4; day < 12 && stepsOf(cycle).length === 0; day += 1) {
      cycle = await next(day);
    }

    expect(stepsOf(cycle)).toEqual(['adopt-table gold.order_facts: done']);
    expect(cycle.decision.verdicts).toContainEqual(
      expect.objectContaining({
        enumerator: 'adopted-table',
        outcome: 'build',
        because: 'the operator listed it with its definition, its own job switched off',
      }),
    );
    expect(await face()).toEqual(before);
    expect(
      await world.rows("select comment from duckdb_views() where view_name = 'order_facts'"),
    ).toEqual(['["Everything of an order line. Owner: sales."]']);
  });

  it('is pruned like any mart: what was recorded of its use as a table counts', async () => {
    const cycle = await next(12);

    const standings =
      cycle.decision.attributes.find(({ relation }) => relation.endsWith('.order_facts'))
        ?.standings ?? [];
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
      customer_name: 'announce',
      segment: 'calendar-reads',
    });
    const before = await face();
    await next(13);
    const hidden = await next(14);

    expect(stepsOf(hidden)).toContain('build-version gold.order_facts: done');
    expect(stepsOf(hidden)).toContain('mark-attributes gold.order_facts: done');
    expect(await face()).toEqual(before);
    const [plan] = await world.rows(`explain ${READ}`);
    expect(plan).toContain('order_facts__v2__rows');
  });

  it('is refreshed when a source changed, claims no saving for its reads, and does not go for its money', async () => {
    await world.run("update silver.products set brand = 'another' where product_id = 2");
    const refreshed = await next(15);
    for (let day = 16; day < 40; day += 1) {
      await world.cycle(day);
    }
    const { marts } = await world.cycle(40);
    const mart = marts.find(({ definition }) => definition.relation.endsWith('.order_facts'));

    expect(stepsOf(refreshed)).toContain('build-version gold.order_facts: done');
    expect(mart).toMatchObject({ stage: 'physical', was: 'table' });
    expect((await world.goldsmith.receipts()).receipts).toEqual([]);
  });

  it('goes on with the definition it was taken over with when somebody edits that, and says so once', async () => {
    const file = join(world.folder, 'order_facts.sql');
    const { definition: _inline, ...listed } = LISTED;
    writeFileSync(file, `-- formatted anew\n${DEFINITION.replaceAll(' join ', '\n  JOIN ')};\n`);
    await world.restart(world.configWith(settings([{ ...listed, definitionFile: file }])));
    const formatted = await world.cycle(41);
    const before = await face();

    writeFileSync(file, `${DEFINITION}\nwhere o.channel <> 'web'`);
    const edited = await world.cycle(42);
    const told = () => world.logLines.filter((line) => line.includes('handed over was edited'));
    const toldOnce = told().length;
    await world.cycle(43);

    const because = `its definition in ${file} is no longer the one it was taken over with, which it goes on with; take it off marts.adoptable, make the table by the new definition, and list it again`;
    expect(formatted.edited).toEqual([]);
    expect(edited.edited.map((one) => one.because)).toEqual([because]);
    expect(stepsOf(edited).filter((step) => !step.startsWith('repoint-view'))).toEqual([]);
    expect(await face()).toEqual(before);
    expect((await world.goldsmith.explain('gold.order_facts')).text).toContain(
      `edited  gold.order_facts: ${because}`,
    );
    expect([toldOnce, told().length]).toEqual([1, 1]);
  });

  it('is a table again under its own name when it is taken off the list', async () => {
    const before = await face();
    await world.restart(world.configWith(settings([])));
    const given: string[] = [];
    for (let day = 44; day < 63; day += 1) {
      given.push(...stepsOf(await world.cycle(day)).filter((step) => !step.startsWith('drop')));
    }

    expect(given).toEqual([
      'repoint-view gold.order_facts: done',
      'release-mart gold.order_facts: done',
    ]);
    expect(
      await world.rows("select table_name from duckdb_tables() where schema_name = 'gold'"),
    ).toEqual(['["order_facts"]']);
    expect(await face()).toEqual(before);
  });
});
