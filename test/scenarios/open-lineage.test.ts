import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/base/clock.ts';
import { runEventSpec, type SpecifiedEvent } from '../notify/open-lineage/open-lineage-spec.ts';
import { SmallWorld, stepsOf } from './small-world.ts';

describe('OpenLineage events of what Goldsmith builds', () => {
  let world: SmallWorld;
  let receiver: Server | undefined;
  afterEach(async () => {
    receiver?.close();
    receiver?.closeAllConnections();
    await world.close();
  });

  async function listening(at = 0) {
    const events: SpecifiedEvent[] = [];
    receiver = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        events.push(runEventSpec.parse(JSON.parse(body)));
        response.writeHead(201).end();
      });
    }).listen(at, '127.0.0.1');
    await once(receiver, 'listening');
    const address = receiver.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return { port, url: `http://127.0.0.1:${port}/api/v1/lineage`, events };
  }

  async function built(url: string) {
    world = await SmallWorld.open({ settings: { notify: { openLineage: { url } } } });
    await world.start();
    world.dashboards(0);
    await world.cycle(1);
    world.dashboards(1);
    return world.cycle(2);
  }

  const told = ({ eventType, job }: SpecifiedEvent) => `${eventType} ${job.name}`;

  it('tell start and end of each step, what it read and what each column is made of', async () => {
    const { url, events } = await listening();

    expect(stepsOf(await built(url))).toEqual([
      'adopt-view gold.daily_sales: done',
      'build-version gold.daily_sales: done',
      'repoint-view gold.daily_sales: done',
    ]);

    expect(events.map(told)).toEqual([
      'START gold.daily_sales.take-over',
      'COMPLETE gold.daily_sales.take-over',
      'START gold.daily_sales.build',
      'COMPLETE gold.daily_sales.build',
      'START gold.daily_sales.publish',
      'COMPLETE gold.daily_sales.publish',
    ]);
    const [, , start, build, , publish] = events;
    expect(start?.run.runId).toBe(build?.run.runId);
    expect(build?.inputs.map(({ name }) => name).toSorted()).toEqual([
      'lake.silver.customers',
      'lake.silver.order_lines',
      'lake.silver.orders',
      'lake.silver.products',
      'lake.silver.stores',
    ]);
    const [version] = build?.outputs ?? [];
    expect(version?.name).toMatch(/^lake\.gold_data\.daily_sales/);
    expect(version?.facets.columnLineage?.fields['revenue']?.inputFields).toMatchObject([
      { name: 'lake.silver.order_lines', field: 'net_amount' },
    ]);
    expect(publish?.inputs.map(({ name }) => name)).toEqual([version?.name]);
    expect(publish?.outputs.map(({ name }) => name)).toEqual(['lake.gold.daily_sales']);
    expect(await world.goldsmith.metrics.text()).toContain(
      'goldsmith_open_lineage_events_total{outcome="sent"} 6',
    );
  });

  it('are made up for after an outage and a restart: each once, in order', async () => {
    const down = await listening();
    receiver?.close();
    receiver?.closeAllConnections();
    await built(down.url);
    const again = await listening(down.port);
    await world.restart();

    await world.goldsmith.tellWaiting();
    expect(again.events).toEqual([]);
    world.clock.turnTo(world.clock.now() + HOUR_MS);
    await world.goldsmith.tellWaiting();
    await world.goldsmith.tellWaiting();

    expect(again.events.map(told).slice(0, 2)).toEqual([
      'START gold.daily_sales.take-over',
      'COMPLETE gold.daily_sales.take-over',
    ]);
    expect(again.events).toHaveLength(6);
  });
});
