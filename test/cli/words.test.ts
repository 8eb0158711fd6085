import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/base/clock.ts';
import { systemClock } from '../../src/daemon/system-clock.ts';
import { LOOSE, SmallWorld } from '../scenarios/small-world.ts';
import { freePort } from './a-command.ts';
import { cli } from './in-process.ts';

const FROM = 'from silver.order_lines l join silver.orders o on o.order_id = l.order_id';

describe('words at the command line', () => {
  let world: SmallWorld;
  let config: string;

  beforeAll(async () => {
    world = await SmallWorld.open({ orderLines: 100 });
    for (const expression of ['sum(l.net_amount)', 'sum(l.net_amount * l.quantity)']) {
      world.record({
        text: `select o.order_date, ${expression} as sales_volume ${FROM} group by 1`,
        at: systemClock.now() - HOUR_MS,
      });
    }
    await world.leave();
    config = join(world.folder, 'goldsmith.yaml');
    const settings = {
      ...LOOSE,
      mode: 'observe',
      warehouse: { path: world.warehousePath },
      history: { source: 'export', path: world.historyPath },
      state: { path: world.statePath },
      http: { port: await freePort() },
      log: { level: 'silent' },
    };
    writeFileSync(config, JSON.stringify(settings));
  });
  afterAll(() => world.close());

  it('are listed, told one by one, and written as files once a person chose', async () => {
    const listed = await cli(['words', '-c', config]);
    expect(listed).toMatchObject({ code: 0, stderr: '' });
    expect(listed.stdout).toContain('sales_volume: 2 definitions, 2 runs by 1 reader');

    const told = await cli(['words', 'sales_volume', '--json', '-c', config]);
    const { definitions } = JSON.parse(told.stdout) as {
      definitions: readonly { id: string; text: string }[];
    };
    const plain = definitions.find(({ text }) => text === 'sum(order_lines.net_amount)');
    const out = mkdtempSync(join(tmpdir(), 'goldsmith-words-'));
    const chosen = await cli([
      'words',
      'choose',
      'sales_volume',
      plain?.id ?? '',
      '--out',
      out,
      '-c',
      config,
    ]);

    expect(chosen).toMatchObject({ code: 0, stderr: '' });
    expect(chosen.stdout).toContain('sales_volume is sum(order_lines.net_amount) from now on');
    expect(readFileSync(join(out, 'models/semantic/sales_volume.yml'), 'utf8')).toContain(
      'name: sales_volume',
    );
    expect(readFileSync(join(out, 'models/semantic/sales_volume_rows.sql'), 'utf8')).toContain(
      't1.net_amount as sales_volume_input',
    );
  });

  it('that nobody uses end with what to do', async () => {
    const { code, stderr } = await cli(['words', 'nonsense', '-c', config]);
    expect(code).not.toBe(0);
    expect(stderr).toContain('`goldsmith words` lists the names there are');
  });
});
