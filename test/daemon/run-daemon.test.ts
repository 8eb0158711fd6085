import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, goldsmith, type Started, start } from '../cli/a-command.ts';
import { heldBackClock, liveThroughNights } from '../scenarios/nights-before-now.ts';
import { BY_REGION, LOOSE, SmallWorld } from '../scenarios/small-world.ts';

const TOKEN = 'a-token-of-the-test';

describe('a standalone daemon', () => {
  let world: SmallWorld;
  let daemon: Started;
  let port: number;
  let config: string;

  /** A config file over this world. */
  function writeConfig(name: string, sections: Readonly<Record<string, unknown>> = {}): string {
    const path = join(world.folder, name);
    const settings = {
      ...LOOSE,
      warehouse: { path: world.warehousePath },
      history: { source: 'export', path: world.historyPath },
      state: { path: world.statePath },
      http: { port, token: TOKEN },
      ...sections,
    };
    writeFileSync(path, JSON.stringify(settings));
    return path;
  }

  async function get(path: string): Promise<{ readonly status: number; readonly body: unknown }> {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    const text = await response.text();
    return {
      status: response.status,
      body: path === '/metrics' ? text : (JSON.parse(text) as unknown),
    };
  }

  beforeAll(async () => {
    port = await freePort();
    const clock = heldBackClock();
    world = await SmallWorld.open({ clock });
    await world.start();
    await liveThroughNights(world, clock, [54, 30, 6]);
    expect((await world.goldsmith.cycle()).marts).toMatchObject([{ stage: 'physical' }]);
    await world.leave();
    config = writeConfig('goldsmith.yaml', { schedule: { cron: '*/4 * * * * *', period: '24h' } });
    daemon = start(['run', '-c', config]);
    await daemon.saying('goldsmith is running');
  });
  afterAll(async () => {
    daemon.process.kill('SIGKILL');
    await daemon.ended;
    await world.close();
  });

  it('answers health, readiness and metrics, and says on which port it listens', async () => {
    const said = await daemon.saying('goldsmith is running');

    expect(said).toContain(`"port":${port}`);
    expect(await get('/healthz')).toEqual({
      status: 200,
      body: { ok: true, goldsmith: expect.any(String) },
    });
    expect(await get('/readyz')).toMatchObject({
      status: 200,
      body: { ready: true, mode: 'auto' },
    });
    expect((await get('/metrics')).body).toContain('# TYPE goldsmith_cycles_total counter');
  });

  it('really runs cycles at the ticks of its schedule, never two at once', async () => {
    const cycles = async () =>
      Number(
        /goldsmith_cycles_total\{outcome="done"\} (\d+)/.exec(
          String((await get('/metrics')).body),
        )?.[1] ?? 0,
      );
    const deadline = Date.now() + 90_000;
    while ((await cycles()) < 2 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }

    expect(await cycles()).toBeGreaterThanOrEqual(2);
    expect((await get('/readyz')).body).toMatchObject({ lastCycleAt: expect.any(String) });
    expect((await get('/readyz')).body).not.toHaveProperty('lastCycleError');
  });

  it('is spoken to by the verbs beside it, for it owns the file', async () => {
    const [explain, receipts, doctor] = await Promise.all(
      [['explain', 'gold.daily_sales'], ['receipts', '--json'], ['doctor']].map((verb) =>
        goldsmith([...verb, '-c', config]),
      ),
    );

    expect(explain?.stdout).toContain('gold.daily_sales is a physical mart: version 1');
    expect(JSON.parse(receipts?.stdout ?? '')).toMatchObject({ receipts: expect.any(Array) });
    expect(doctor).toMatchObject({ code: 0, stdout: expect.stringContaining('warehouse') });
  });

  it('has the warehouse check every kind of statement when the doctor is asked to', async () => {
    const doctor = await goldsmith(['doctor', '--dry-run-statements', '-c', config]);

    expect(doctor).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /ok {4}statements {3}\d\d kinds of statement were checked and accepted, nothing was changed/,
      ),
    });
  });

  it('routes for the command line', async () => {
    const routed = await goldsmith(['route', '--sql', BY_REGION, '--json', '-c', config]);

    expect([0, 3]).toContain(routed.code);
    expect(JSON.parse(routed.stdout)).toMatchObject({ askId: expect.any(String) });

    const refused = await goldsmith(['route', '--sql', 'select 1 + 1', '-c', config]);
    expect(refused.code).toBe(3);
    expect(refused.stdout).toContain('No mart answers it:');
  });

  it('refuses a change from a command line with the wrong token', async () => {
    const wrong = writeConfig('wrong.yaml', { http: { port, token: 'another-token-here' } });

    const answer = await goldsmith(['rollback', 'gold.daily_sales', '-c', wrong]);

    expect(answer).toMatchObject({ code: 1, stdout: '' });
    expect(answer.stderr).toContain('Authorization: Bearer <http.token>');
  });

  it('is not asked about another warehouse that was given the same port', async () => {
    const other = join(world.folder, 'other.duckdb');
    const made = await DuckDBInstance.create(other);
    made.closeSync();
    const path = writeConfig('neighbour.yaml', {
      warehouse: { path: other },
      state: { path: join(world.folder, 'neighbour.sqlite') },
    });

    const answer = await goldsmith(['explain', 'gold.daily_sales', '-c', path]);

    expect(answer).toMatchObject({ code: 0 });
    expect(answer.stdout).not.toContain('physical mart');
  });

  it('rolls a mart back at a word of the command line', async () => {
    const answer = await goldsmith(['rollback', 'gold.daily_sales', '-c', config]);

    expect(answer).toMatchObject({ code: 0, stderr: '' });
    expect(answer.stdout).toContain('repoint-view gold.daily_sales');

    const again = await goldsmith(['rollback', 'gold.daily_sales', '--json', '-c', config]);
    expect(again.code).toBe(1);
    expect(JSON.parse(again.stderr)).toMatchObject({ error: { code: 'NOT_PHYSICAL' } });
  });

  it('keeps the file and the port to itself: a second one ends with one sentence', async () => {
    const other = writeConfig('other.yaml', {
      http: { port: await freePort(), token: TOKEN },
      state: { path: join(world.folder, 'other.sqlite') },
    });

    const ended = await goldsmith(['run', '-c', other]);

    expect(ended.code).toBe(1);
    expect(ended.stderr.trim().split('\n')).toHaveLength(1);
    expect(ended.stderr).toMatch(/another process/);
  });

  it('takes a changed config at SIGHUP, and keeps the former one where the file is bad', async () => {
    const metric = async (line: string) => {
      const deadline = performance.now() + 30_000;
      while (performance.now() < deadline) {
        if (String((await get('/metrics')).body).includes(line)) {
          return true;
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      return false;
    };
    const schedule = { cron: '*/4 * * * * *', period: '24h' };

    writeConfig('goldsmith.yaml', { schedule, caps: { killSwitchFile: config } });
    daemon.process.kill('SIGHUP');
    expect(await metric('goldsmith_held_back{by="kill-switch"} 1')).toBe(true);
    const told = await goldsmith(['doctor', '-c', config]);
    writeFileSync(config, 'caps: { buildsPerDay: many }');
    daemon.process.kill('SIGHUP');
    expect(await metric('goldsmith_config_in_force 0')).toBe(true);
    writeConfig('goldsmith.yaml', { schedule });
    daemon.process.kill('SIGHUP');
    expect(await metric('goldsmith_held_back{by="kill-switch"} 0')).toBe(true);

    expect(told).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/FAIL {2}tonight .*kill switch is on/),
    });
  });

  it('stops gracefully at SIGTERM, with exit code 0, and lets go of the file', async () => {
    daemon.process.kill('SIGTERM');

    const { code, stdout, stderr } = await daemon.ended;

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('"stopped"');
    expect(stdout).not.toMatch(/cycle failed/);
    const doctor = await goldsmith(['doctor', '-c', config]);
    expect(doctor).toMatchObject({ code: 0 });
  });

  it('says in one sentence that its port is taken', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    const address = squatter.address();
    const taken = typeof address === 'object' && address !== null ? address.port : 0;

    const ended = await goldsmith([
      'run',
      '-c',
      writeConfig('taken.yaml', { http: { port: taken } }),
    ]);
    squatter.close();

    expect(ended).toMatchObject({ code: 1 });
    expect(ended.stderr).toBe(
      `goldsmith: cannot listen on 127.0.0.1:${taken} (EADDRINUSE): stop what holds it, or set http.port\n`,
    );
  });
});
