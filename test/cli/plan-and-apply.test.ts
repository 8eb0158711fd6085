import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { heldBackClock, liveThroughNights } from '../scenarios/nights-before-now.ts';
import { DAILY_SALES, LOOSE, SmallWorld } from '../scenarios/small-world.ts';
import { freePort } from './a-command.ts';
import { cli } from './in-process.ts';

describe('a person at the command line, in mode propose', () => {
  let world: SmallWorld;
  let config: string;

  beforeAll(async () => {
    const clock = heldBackClock();
    world = await SmallWorld.open({ clock, settings: { mode: 'propose' } });
    await world.start();
    await liveThroughNights(world, clock, [54, 30, 6]);
    await world.leave();
    config = join(world.folder, 'goldsmith.yaml');
    const settings = {
      ...LOOSE,
      mode: 'propose',
      warehouse: { path: world.warehousePath },
      history: { source: 'export', path: world.historyPath },
      state: { path: world.statePath },
      http: { port: await freePort() },
      log: { level: 'silent' },
    };
    writeFileSync(config, JSON.stringify(settings));
  });
  afterAll(() => world.close());

  async function planOf(sql: string): Promise<string> {
    const instance = await DuckDBInstance.create(world.warehousePath);
    const connection = await instance.connect();
    const result = await connection.runAndReadAll(`explain ${sql}`);
    connection.closeSync();
    instance.closeSync();
    return JSON.stringify(result.getRowsJson());
  }

  it('reads a plan, applies it by its digest in a process of its own, and undoes it', async () => {
    const planned = await cli(['plan', '--json', '-c', config]);
    expect(planned).toMatchObject({ code: 0, stderr: '' });
    const { digest, steps } = JSON.parse(planned.stdout) as {
      digest: string;
      steps: readonly { verb: string; outcome: string }[];
    };
    expect(steps.map(({ verb }) => verb)).toEqual(['adopt-view', 'build-version', 'repoint-view']);
    expect(await planOf(DAILY_SALES)).toContain('order_lines');

    const applied = await cli(['apply', digest.slice(0, 10), '-c', config]);

    expect(applied).toMatchObject({ code: 0, stderr: '' });
    expect(applied.stdout).toMatch(/done +repoint-view gold\.daily_sales/);
    expect(await planOf(DAILY_SALES)).toContain('daily_sales__v1');

    const explained = await cli(['explain', 'gold.daily_sales', '-c', config]);
    expect(explained.stdout).toContain('gold.daily_sales is a physical mart: version 1');

    const undone = await cli(['rollback', 'gold.daily_sales', '-c', config]);
    expect(undone).toMatchObject({ code: 0, stderr: '' });

    const again = await cli(['plan', '--json', '-c', config]);
    expect(JSON.parse(again.stdout)).not.toMatchObject({
      steps: expect.arrayContaining([expect.objectContaining({ verb: 'build-version' })]),
    });
  });

  it('is told what is to be applied where there is nothing', async () => {
    const answer = await cli(['apply', 'feedbeef', '-c', config]);

    expect(answer.code).not.toBe(0);
    expect(answer.stderr).toMatch(/^goldsmith: .*`goldsmith plan`/);
  });
});
