import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/base/clock.ts';
import { FIRST_DAY, SmallWorld } from './small-world.ts';

const BOARD = `create view gold.board as
select region, count(*) as stores from silver.stores group by region`;
const READ = 'select region, stores from gold.board';

describe('a schema that moves', () => {
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
      orderLines: 200,
      setup: [BOARD, 'create table silver.notes (id integer, text varchar)'],
      settings: { notify: { slackWebhookUrl: `http://127.0.0.1:${port}/services/T/B/hook` } },
    });
    for (const day of [-3, -2, -1]) {
      const at = FIRST_DAY + day * DAY_MS + 9 * HOUR_MS;
      world.record({ text: READ, at, user: 'cfo', client: 'metabase' });
    }
    await world.start();
  });
  afterAll(async () => {
    slack.close();
    await world.close();
  });

  const drift = async () => (await world.goldsmith.drift()).text.split('\n');

  it('is quiet at first sight and while nothing changes', async () => {
    expect((await world.cycle(1)).schemaEvents).toEqual([]);
    expect((await world.cycle(2)).schemaEvents).toEqual([]);
    expect(await drift()).toEqual([
      'Nothing changed in the schema since Goldsmith began to watch it, or in the last 90 days.',
      '',
    ]);
  });

  it('tells who reads a renamed column, and that the rename is a guess', async () => {
    await world.run('alter table silver.stores rename column region to sales_region');
    const { schemaEvents } = await world.cycle(3);

    expect(schemaEvents).toMatchObject([
      {
        kind: 'column-renamed',
        isGuess: true,
        severity: 'breaking',
        views: ['gold.board', 'gold.campaign_sales', 'gold.daily_sales'],
      },
    ]);
    expect(await drift()).toEqual([
      '2026-08-06  breaking  silver.stores.region is now called sales_region (a guess: it stands in the same place, the names are alike, nothing else of this type came or went)',
      '    views: gold.board, gold.campaign_sales, gold.daily_sales',
      '    read by cfo (dashboard, metabase), 3 runs, last on 2026-08-02',
      '',
    ]);
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('Schema change: silver.stores.region is now called sales_region');
    expect(told[0]).toContain('1 reader in');
    expect(told[0]).toContain('cfo (dashboard, last 2026-08-02)');
  });

  it('says nothing to anybody of changes that reach nobody, and keeps them', async () => {
    await world.run(
      'alter table silver.notes add column author varchar',
      'create table silver.more (id integer)',
    );
    const { schemaEvents } = await world.cycle(4);

    expect(schemaEvents.map(({ says, severity }) => `${severity}: ${says}`)).toEqual([
      'none: silver.notes.author (VARCHAR) is new',
      'none: silver.more is new',
    ]);
    expect(told).toHaveLength(1);
    expect(await world.goldsmith.metrics.text()).toContain(
      'goldsmith_schema_changes_total{kind="column-renamed",severity="breaking"} 1',
    );
  });

  it('remembers over a restart what the schema was', async () => {
    await world.restart();
    await world.run('drop table silver.more');
    const { schemaEvents } = await world.cycle(5);
    expect(schemaEvents.map(({ says }) => says)).toEqual(['silver.more is gone']);
    expect(await drift()).toHaveLength(7);
  });
});
