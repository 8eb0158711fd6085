import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SmallWorld, stepsOf } from '../small-world.ts';

const EVERYTHING = 'select * from gold.daily_sales';
const BOARD = 'select count(*)::int as n from gold.daily_sales';

describe('incidents on a mart', () => {
  let world: SmallWorld;
  let slack: Server;
  const told: string[] = [];

  beforeAll(async () => {
    slack = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        told.push((JSON.parse(body) as { text: string }).text);
        response.end('ok');
      });
    }).listen(0, '127.0.0.1');
    await once(slack, 'listening');
    const address = slack.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    world = await SmallWorld.open({
      orderLines: 400,
      settings: {
        marts: { adoptable: [{ view: 'gold.daily_sales', maxStaleness: '74h' }] },
        notify: { slackWebhookUrl: `http://127.0.0.1:${port}/services/T/B/hook` },
      },
    });
    await world.start();
    world.dashboards(0);
    await world.cycle(1);
    world.dashboards(1);
    expect(stepsOf(await world.cycle(2))).toContain('repoint-view gold.daily_sales: done');
  });
  afterAll(async () => {
    slack.close();
    await world.close();
  });

  /** What was said of incidents since it was last asked. */
  function news(): readonly string[] {
    return told.splice(0).filter((text) => text.startsWith('Incident'));
  }

  it('a source that empties begins one, and readers keep their version within its bound', async () => {
    const before = await world.rows(BOARD);
    await world.run(
      'create table silver.away as from silver.order_lines',
      'delete from silver.order_lines',
    );

    const { applied } = await world.cycle(3);

    const [begun, ...more] = news();
    expect(begun).toContain('silver.order_lines has no rows and had 399');
    expect(begun).toContain('all was well on 2026-08-05T03:00Z');
    expect(more).toEqual([]);
    expect(applied?.steps ?? []).toEqual([]);
    expect(await world.rows(BOARD)).toEqual(before);
    expect(await world.goldsmith.metrics.text()).toContain(
      'goldsmith_incidents_open{kind="source-emptied"} 1',
    );
    expect((await world.goldsmith.drift()).text).toContain(
      'incident  gold.daily_sales: silver.order_lines has no rows and had 399',
    );
  });

  it('is told once, over cycles and a restart, and ends with one message when the source heals', async () => {
    await world.cycle(3.3);
    await world.restart();
    await world.cycle(3.5);
    expect(news()).toEqual([]);
    await world.run('insert into silver.order_lines from silver.away', 'drop table silver.away');

    const { decision } = await world.cycle(3.7);

    const [over, ...more] = news();
    expect(over).toContain('Incident on gold.daily_sales is over after 16.8h');
    expect(more).toEqual([]);
    const kept = decision.verdicts.find(({ relation }) => relation === 'gold.daily_sales');
    expect(kept?.outcome).toBe('keep');
    expect(await world.goldsmith.metrics.text()).not.toContain('kind="source-emptied"} 1');
  });

  it('a removed column begins one, nothing takes its place, and it ends when the column is back', async () => {
    const before = await world.rows(EVERYTHING);
    await world.run(
      'alter table silver.stores rename to stores_whole',
      'create table silver.stores as select * exclude (region) from silver.stores_whole',
    );

    const result = await world.cycle(4);

    expect(result.reacted).toMatchObject([{ action: { kind: 'hold-version' }, outcome: 'done' }]);
    // That the mart may end is asked of a person, and not done.
    expect(result.decision.plan.steps).toMatchObject([
      { action: { kind: 'release-mart', asItStands: true } },
    ]);
    expect(stepsOf(result)).toEqual([]);
    expect(await world.rows(EVERYTHING)).toEqual(before);
    expect(news()[0]).toContain('silver.stores.region (VARCHAR) is gone');
    expect((await world.goldsmith.drift()).text).toContain('gold.daily_sales keeps version 1');

    await world.run('drop table silver.stores', 'alter table silver.stores_whole rename to stores');
    await world.cycle(4.5);

    expect(news()).toHaveLength(1);
    expect((await world.goldsmith.drift()).text).not.toContain('keeps version');
    expect(await world.rows(EVERYTHING)).toEqual(before);
  });

  it('a key that is lost and broken begins one, before joins repeat rows', async () => {
    const before = await world.rows(BOARD);
    await world.run(
      'create table silver.keyless as from silver.stores',
      'drop table silver.stores',
      'alter table silver.keyless rename to stores',
      'insert into silver.stores from silver.stores limit 1',
    );

    await world.cycle(5);

    expect(news()[0]).toContain('silver.stores');
    expect(await world.rows(BOARD)).toEqual(before);
  });

  it('sends readers to the definition once the bound has passed', async () => {
    await world.run('delete from silver.order_lines');
    await world.cycle(6);
    expect((await world.goldsmith.drift()).text).toContain('until its staleness bound has passed');

    const late = await world.cycle(7);

    expect(stepsOf(late)).toEqual(['repoint-view gold.daily_sales: done']);
    expect(await world.rows(BOARD)).toEqual(['[0]']);
    const { text } = await world.goldsmith.drift();
    expect(text).toContain(
      'readers are answered from the definition: by what its sources hold now',
    );
    expect(text).not.toContain('until its staleness bound has passed');
    await world.cycle(8);
    expect(news().filter((text) => text.includes('order_lines'))).toHaveLength(1);
  });
});
