import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/base/clock.ts';
import { SmallWorld, stepsOf } from './small-world.ts';

describe('telling people', () => {
  let world: SmallWorld;
  let slack: Server | undefined;
  afterEach(async () => {
    slack?.close();
    slack = undefined;
    await world.close();
  });

  async function built(slackWebhookUrl: string, settings: { readonly mode?: string } = {}) {
    world = await SmallWorld.open({ settings: { ...settings, notify: { slackWebhookUrl } } });
    await world.start();
    world.dashboards(0);
    await world.cycle(1);
    world.dashboards(1);
    return world.cycle(2);
  }

  /** A Slack that takes everything. */
  async function listening(
    at = 0,
  ): Promise<{ readonly url: string; readonly port: number; readonly bodies: string[] }> {
    const bodies: string[] = [];
    slack = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        bodies.push(body);
        response.end('ok');
      });
    }).listen(at, '127.0.0.1');
    await once(slack, 'listening');
    const address = slack.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return { port, url: `http://127.0.0.1:${port}/services/T000/B000/hook`, bodies };
  }

  it('sends one message for each decision carried out, and none for a renewed expiry', async () => {
    const { url, bodies } = await listening();

    await built(url);
    await world.cycle(3);

    expect(bodies.map((body) => (JSON.parse(body) as { text: string }).text.split(':')[0])).toEqual(
      [
        'Took over gold.daily_sales; it stays a view until a table pays',
        'Built and proved gold.daily_sales',
      ],
    );
    expect(await world.goldsmith.metrics.text()).toContain(
      'goldsmith_notifications_total{outcome="sent"} 2',
    );
    expect(world.logLines.join('')).not.toContain('/services/T000');
  });

  it('that a plan waits is said once, not with every cycle that makes it again', async () => {
    const { url, bodies } = await listening();

    await built(url, { mode: 'propose' });
    await world.goldsmith.cycle();
    await world.goldsmith.cycle();

    expect(bodies).toHaveLength(1);
    expect(bodies[0]).toContain('A plan waits for a person: it would take over gold.daily_sales');
    expect(bodies[0]).toContain('`goldsmith apply` all; do nothing and nothing happens');
  });

  it('is made up for after a restart, when Slack was down: each told once, with when it was', async () => {
    const { url, port, bodies } = await listening();
    slack?.close();
    slack?.closeAllConnections();
    await built(url);
    const again = await listening(port);
    await world.restart();

    await world.goldsmith.tellWaiting();
    expect(again.bodies).toEqual([]);
    world.clock.turnTo(world.clock.now() + HOUR_MS);
    await world.goldsmith.tellWaiting();
    await world.goldsmith.tellWaiting();

    expect(bodies).toEqual([]);
    const texts = again.bodies.map((body) => (JSON.parse(body) as { text: string }).text);
    expect(texts.map((text) => text.split(':')[0])).toEqual([
      'Took over gold.daily_sales; it stays a view until a table pays',
      'Built and proved gold.daily_sales',
    ]);
    expect(again.bodies[0]).toContain(', 2026-08-05 03:00 UTC');
  });

  it('that fails leaves the decision standing, and is told in the log and in a metric', async () => {
    const cycle = await built('http://127.0.0.1:9/services/T000/B000/hook');

    expect(stepsOf(cycle)).toContain('repoint-view gold.daily_sales: done');
    expect(cycle.marts).toMatchObject([{ stage: 'physical' }]);
    expect(await world.goldsmith.metrics.text()).toContain(
      'goldsmith_notifications_total{outcome="failed"} 1',
    );
    const told = world.logLines.filter((line) => line.includes('nobody was told'));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('SLACK_UNREACHABLE');
    expect(told[0]).not.toContain('/services/T000');
    expect(world.logLines.filter((line) => line.includes('decision carried out'))).toHaveLength(2);
  });
});
