import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/http/create-app.ts';
import { METRICS } from '../../src/metrics/metric-table.ts';
import { BY_REGION, SmallWorld } from '../scenarios/small-world.ts';
import { panelQueries, readDashboard } from './dashboard.ts';
import { isInstalled, type RunningPrometheus, startPrometheus } from './prometheus.ts';

/** Panels that are rightly empty while nothing is wrong. */
const EMPTY_WHEN_WELL = [
  'Alerts firing',
  'Actions refused or failed, by reason',
  'Schema changes upstream, by how bad they are',
  'Incidents of marts, by kind',
  'Answers to proposals, and places that could not be reached',
];

describe('the grafana dashboard', () => {
  it('lays its panels side by side, none over another, each told apart by its id and title', () => {
    const { panels } = readDashboard();
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
    );

    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
  });

  it('shows every metric of the table', () => {
    const asked = panelQueries()
      .map(({ expr }) => expr)
      .join('\n')
      // The recorded ratio rests on the saving gauge; the instance variable on the info gauge.
      .concat('\ngoldsmith_info');

    const shown = (name: string) => asked.includes(name);
    const byOther = [
      'goldsmith_templates',
      'goldsmith_history_skipped_total',
      'goldsmith_config_reloads_total',
    ];
    expect(METRICS.map(({ name }) => name).filter((name) => !shown(name))).toEqual(
      expect.arrayContaining(byOther),
    );
    expect(METRICS.filter(({ name }) => !shown(name))).toHaveLength(byOther.length);
  });
});

describe.skipIf(!isInstalled('prometheus'))('a prometheus that scrapes a goldsmith', () => {
  let world: SmallWorld;
  let server: ReturnType<typeof serve>;
  let prometheus: RunningPrometheus;

  beforeAll(async () => {
    world = await SmallWorld.open({
      settings: {
        notify: {
          slackWebhookUrl: 'http://127.0.0.1:9/',
          openLineage: { url: 'http://127.0.0.1:9/' },
        },
      },
    });
    await world.start();
    world.dashboards(0);
    await world.cycle(1);
    world.dashboards(1);
    await world.cycle(2);
    world.dashboards(2);
    await world.cycle(3);
    world.dashboards(3);
    await world.cycle(4);
    await world.goldsmith.route({ sql: BY_REGION, client: 'notebook' });
    const app = createApp({
      service: world.goldsmith,
      metrics: world.goldsmith.metrics,
      identity: 'test',
      host: '127.0.0.1',
      token: undefined,
      onError: (error) => {
        throw error;
      },
    });
    server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    prometheus = await startPrometheus(`127.0.0.1:${(server.address() as AddressInfo).port}`);
    await prometheus.waitFor('sum_over_time(up{job="goldsmith"}[1m]) >= 3');
    await prometheus.waitFor('goldsmith:realized_over_predicted:ratio');
    // Something happens between two scrapes, so that rates are rates of something.
    world.dashboards(4);
    await world.cycle(5);
    await world.goldsmith.route({ sql: BY_REGION, client: 'notebook' });
    await prometheus.waitFor('increase(goldsmith_cycles_total{outcome="done"}[1m]) > 0');
    await prometheus.waitFor('increase(goldsmith_route_duration_seconds_count[1m]) > 0');
  });
  afterAll(async () => {
    await prometheus.stop();
    server.close();
    await world.close();
  });

  it.for(panelQueries())('answers the panel "$panel": $expr', async ({ panel, expr }) => {
    const result = EMPTY_WHEN_WELL.includes(panel)
      ? prometheus.query(expr)
      : prometheus.waitFor(expr);

    expect(await result).toBeInstanceOf(Array);
  });

  it('scrapes names and labels that the table knows, and no statement', async () => {
    const last = 'last_over_time({job="goldsmith"}[1m])';
    const names = (await prometheus.waitFor(`group by (__name__) (${last})`)).map(
      (one) => (one as { metric: { __name__: string } }).metric.__name__,
    );
    const known = METRICS.map(({ name }) => name as string);
    const isKnown = (name: string) =>
      known.includes(name.replace(/_(bucket|sum|count)$/, '')) ||
      known.includes(name) ||
      /^(goldsmith_(process|nodejs)_|up$|scrape_|ALERTS|goldsmith:)/.test(name);

    expect(names.length).toBeGreaterThan(40);
    expect(names.filter((name) => !isKnown(name))).toEqual([]);
    expect(await world.goldsmith.metrics.text()).not.toMatch(/select |fingerprint/i);
  });

  it('tells the state of the mart, its attributes, and what is used of the caps', async () => {
    const values = async (expr: string) =>
      (await prometheus.waitFor(expr)).map((one) =>
        Number((one as { value: [number, string] }).value[1]),
      );

    expect(await values('goldsmith_mart_state{mart="gold.daily_sales", stage="physical"}')).toEqual(
      [1],
    );
    expect(await values('goldsmith_mart_state{mart="gold.daily_sales", stage="logical"}')).toEqual([
      0,
    ]);
    expect(
      await values('goldsmith_mart_attributes{mart="gold.daily_sales", stage="kept"}'),
    ).not.toEqual([0]);
    expect(await values('goldsmith_cap_used_ratio{cap="marts"}')).toEqual([0.01]);
    expect(await values('max(goldsmith_held_back)')).toEqual([0]);
    expect(await values('sum(goldsmith_own_cost_usd_total) > 0')).toHaveLength(1);
  });
});
