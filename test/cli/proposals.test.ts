import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProposalView } from '../../src/http/service.ts';
import { heldBackClock, liveThroughNights } from '../scenarios/nights-before-now.ts';
import { DAILY_SALES, LOOSE, SmallWorld } from '../scenarios/small-world.ts';
import { freePort } from './a-command.ts';
import { cli } from './in-process.ts';

describe('a person who is asked, at the command line', () => {
  let world: SmallWorld;
  let config: string;
  let id = '';

  beforeAll(async () => {
    const clock = heldBackClock();
    world = await SmallWorld.open({ clock, settings: { mode: 'propose' } });
    await world.start();
    await liveThroughNights(world, clock, [30, 6]);
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

  it('sees what waits, and all of one', async () => {
    const listed = await cli(['proposals', '--json', '-c', config]);
    expect(listed).toMatchObject({ code: 0, stderr: '' });
    const told = await cli(['proposals', '-c', config]);
    expect(told.stdout).toContain('`goldsmith approve <id>` says yes');
    const [proposal] = JSON.parse(listed.stdout) as readonly ProposalView[];
    id = proposal?.id ?? '';
    expect(proposal).toMatchObject({
      state: 'open',
      title: 'Take over and build gold.daily_sales',
    });

    const shown = await cli(['proposals', 'show', id.slice(0, 5), '-c', config]);

    expect(shown.code).toBe(0);
    for (const section of [
      'why',
      'money',
      'evidence',
      'readers',
      'risks',
      'proofs',
      'undo',
      'sql',
    ]) {
      expect(shown.stdout).toMatch(new RegExp(`^${section} +\\S`, 'm'));
    }
  });

  it('is told which proposals there are when he names none, and which reasons when he names no reason', async () => {
    const none = await cli(['approve', 'zzz', '-c', config]);
    const short = await cli(['approve', id, '--meaning', 'abc', '-c', config]);
    const unreasoned = await cli(['decline', id, '--reason', 'because', '-c', config]);

    expect(none).toMatchObject({
      code: 1,
      stderr: 'goldsmith: there is no proposal zzz: `goldsmith proposals` lists them\n',
    });
    expect(unreasoned.code).toBe(2);
    expect(short).toMatchObject({ code: 2 });
    expect(short.stderr).toContain('write at least its first six digits');
    expect(unreasoned.stderr).toContain('not-worth-it, wrong-grain, sensitive');
  });

  it('is told to wait for the others where several have to agree', async () => {
    const strict = join(world.folder, 'strict.yaml');
    const settings = JSON.parse(readFileSync(config, 'utf8')) as object;
    writeFileSync(strict, JSON.stringify({ ...settings, propose: { needed: { build: 2 } } }));

    const first = await cli(['approve', id, '-c', strict]);
    const again = await cli(['approve', id, '-c', strict]);

    expect(first).toMatchObject({ code: 4 });
    expect(first.stdout).toContain('agreed to by 1 of 2 people');
    expect(again).toMatchObject({ code: 3 });
    expect(again.stdout).toContain('said yes to it already');
  });

  it('puts it off, says yes, and takes it back', async () => {
    const snoozed = await cli(['snooze', id, '--days', '2', '-c', config]);
    expect(snoozed).toMatchObject({ code: 0 });
    expect(snoozed.stdout).toContain('snoozed until');

    const approved = await cli(['approve', id, '-c', config]);
    expect(approved).toMatchObject({ code: 0, stderr: '' });
    expect(approved.stdout).toMatch(/done +repoint-view gold\.daily_sales/);
    expect(await planOf(DAILY_SALES)).toContain('daily_sales__v1');

    const listed = await cli(['proposals', '-c', config]);
    expect(listed.stdout).toContain('`goldsmith undo <id>` takes back what was applied');
    expect(listed.stdout).not.toContain('approve');

    const again = await cli(['approve', id, '-c', config]);
    expect(again.code).toBe(3);
    expect(again.stdout).toMatch(/it was applied on .* by goldsmith, so it cannot be approved/);

    const undone = await cli(['undo', id, '-c', config]);
    expect(undone.code).toBe(0);
    expect(await planOf(DAILY_SALES)).toContain('order_lines');
  });

  async function planOf(sql: string): Promise<string> {
    const instance = await DuckDBInstance.create(world.warehousePath);
    const connection = await instance.connect();
    const result = await connection.runAndReadAll(`explain ${sql}`);
    connection.closeSync();
    instance.closeSync();
    return JSON.stringify(result.getRowsJson());
  }
});
