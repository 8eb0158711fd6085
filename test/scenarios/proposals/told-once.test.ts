import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FakeSlack } from '../../servers/slack.ts';
import { SmallWorld } from '../small-world.ts';

describe('people who have a Slack app', () => {
  let slack: FakeSlack;
  let webhook: Server;
  let told: string[] = [];
  let world: SmallWorld;
  beforeAll(async () => {
    slack = await FakeSlack.start();
    webhook = createServer((request, response) => {
      request.on('data', (chunk) =>
        told.push((JSON.parse(String(chunk)) as { text: string }).text),
      );
      request.on('end', () => response.end('ok'));
    }).listen(0, '127.0.0.1');
    await once(webhook, 'listening');
  });
  afterEach(async () => {
    await world.close();
    told = [];
    slack.messages.splice(0);
  });
  afterAll(async () => {
    webhook.close();
    await slack.stop();
  });

  async function built(mode: string, notify: Readonly<Record<string, string>>): Promise<void> {
    world = await SmallWorld.open({
      settings: { mode, notify, propose: { slack: slack.settings } },
    });
    await world.start();
    world.dashboards(0);
    await world.cycle(1);
    world.dashboards(1);
    await world.cycle(2);
  }
  const hook = () => ({
    slackWebhookUrl: `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/hook`,
  });
  const shown = () => slack.messages.map(({ text }) => text.split(':')[0]);

  it('and a webhook too are told once what was done, where it can be taken back', async () => {
    await built('auto', hook());

    expect(told).toEqual([]);
    expect(shown()).toEqual(['Take over and build gold.daily_sales']);
    expect(slack.answersOf(slack.messages[0])).toContain('goldsmith.undo');

    await world.goldsmith.rollback('gold.daily_sales');
    expect(told).toEqual([expect.stringContaining('Demoted gold.daily_sales to a view')]);
  });

  it('and a webhook too are asked once, and told once that it was taken back', async () => {
    await built('propose', hook());

    expect(told).toEqual([]);
    expect(shown()).toEqual(['Take over and build gold.daily_sales']);

    const [{ id }] = (await world.goldsmith.proposals()).value as [{ readonly id: string }];
    await world.goldsmith.approve(id, { by: 'cli:ana' });
    expect(await world.goldsmith.undo(id, { by: 'cli:ana' })).toMatchObject({ state: 'undone' });

    expect(slack.messages.map(({ text }) => text)).toEqual([
      'Take over and build gold.daily_sales: Taken back by cli:ana',
    ]);
    expect(told).toEqual([]);
  });

  it('and no webhook read in the channel of the app what no proposal tells', async () => {
    await built('auto', {});
    await world.goldsmith.cycle();
    expect(shown()).toEqual(['Take over and build gold.daily_sales']);

    await world.run('create or replace view gold.daily_sales as select 1 as theirs');
    await world.goldsmith.cycle();
    await world.goldsmith.cycle();

    expect(shown().slice(1)).toEqual(['Stopped touching gold.daily_sales']);
  });
});
