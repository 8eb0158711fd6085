import { describe, expect, it } from 'vitest';
import { handTurnedClock } from '../../src/base/clock.ts';
import type { Config } from '../../src/config/config.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import { liveSettings } from '../../src/daemon/live-settings.ts';
import { openLogger } from '../../src/daemon/logger.ts';
import { openMetrics } from '../../src/metrics/registry.ts';
import { outboxInMemory } from '../../src/notify/outbox.ts';

type Sections = Readonly<Record<string, unknown>>;

function config(sections: Sections = {}): Config {
  const settings = {
    mode: 'auto',
    warehouse: { path: 'lake.duckdb' },
    history: { source: 'export', path: 'history.jsonl' },
    ...sections,
  };
  return parseConfig({ file: 'goldsmith.yaml', text: JSON.stringify(settings), env: {} });
}

function started(first: Config = config()) {
  const lines: string[] = [];
  const metrics = openMetrics();
  const settings = liveSettings({
    config: first,
    notifier: undefined,
    clock: handTurnedClock(0),
    outbox: outboxInMemory(),
    log: openLogger('debug', { write: (line) => void lines.push(line) }),
    metrics,
  });
  return { settings, metrics, lines };
}

describe('settings that are read again', () => {
  it('take effect at once in the live sections, told by name and not by value', () => {
    const { settings, lines } = started();

    const report = settings.reload(() =>
      config({
        caps: { buildsPerDay: 2, quietHours: { from: '08:00', until: '18:00' } },
        notify: { slackWebhookUrl: 'https://hooks.example.com/services/T0/B0/secret' },
      }),
    );

    expect(report).toEqual({
      kind: 'taken',
      changed: ['caps.buildsPerDay', 'caps.quietHours', 'notify.slackWebhookUrl'],
      atNextStart: [],
    });
    expect(settings.config().caps.buildsPerDay).toBe(2);
    expect(settings.notifier()).toBeDefined();
    expect(lines.join('')).toContain('config taken');
    expect(lines.join('')).not.toContain('secret');
  });

  it('that cannot change while it runs are named, and wait for a restart', () => {
    const { settings } = started();
    const next = config({ http: { port: 8000 }, caps: { maxMarts: 7 } });

    expect(settings.reload(() => next)).toEqual({
      kind: 'taken',
      changed: ['caps.maxMarts'],
      atNextStart: ['http.port'],
    });
    expect(settings.config().http.port).toBe(7311);
    expect(settings.waiting()).toEqual(['http.port']);
    expect(settings.reload(() => next)).toEqual({ kind: 'unchanged' });
  });

  it('that are bad keep the old ones, and say so in one sentence', async () => {
    const { settings, metrics, lines } = started(config({ caps: { buildsPerDay: 3 } }));
    const bad = () => config({ caps: { buildsPerDay: -1, maxMarts: 'many' } });

    const report = settings.reload(bad);
    settings.reload(bad);

    expect(report).toMatchObject({
      kind: 'refused',
      because: expect.stringMatching(
        /^goldsmith\.yaml:1: caps\.buildsPerDay: .+ \(and 1 more: `goldsmith check-config` names every problem\); the former settings stay in force$/,
      ),
    });
    expect(settings.config().caps.buildsPerDay).toBe(3);
    expect(lines).toHaveLength(1);
    const text = await metrics.text();
    expect(text).toContain('goldsmith_config_in_force 0');
    expect(text).toContain('goldsmith_config_reloads_total{outcome="refused"} 1');
  });

  it('that are good again end the refusal', async () => {
    const { settings, metrics } = started();
    settings.reload(() => config({ caps: { buildsPerDay: -1 } }));

    expect(settings.reload(() => config())).toEqual({ kind: 'unchanged' });
    expect(settings.refusal()).toBeUndefined();
    expect(await metrics.text()).toContain('goldsmith_config_in_force 1');
  });

  it('cannot make a Goldsmith act that opened the warehouse for looking only', () => {
    const { settings } = started(config({ mode: 'observe' }));

    expect(settings.reload(() => config({ mode: 'auto' }))).toEqual({
      kind: 'taken',
      changed: [],
      atNextStart: ['mode'],
    });
    expect(settings.config().mode).toBe('observe');
  });

  it('can stop one that acts: mode auto becomes observe at once', () => {
    const { settings } = started();

    settings.reload(() => config({ mode: 'observe' }));

    expect(settings.config().mode).toBe('observe');
  });
});
