import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, describe, expect, it } from 'vitest';
import type { ProposalId } from '../../../src/propose/proposal.ts';
import { freePort, type Started, start } from '../../cli/a-command.ts';
import { heldBackClock, liveThroughNights } from '../nights-before-now.ts';
import { DAILY_SALES, LOOSE, SmallWorld } from '../small-world.ts';
import { onlyProposal } from './asked-world.ts';

describe('a daemon killed after somebody said yes', () => {
  let world: SmallWorld;
  let daemon: Started | undefined;
  let slack: Server | undefined;
  const told: string[] = [];
  afterEach(async () => {
    slack?.close();
    slack?.closeAllConnections();
    daemon?.process.kill('SIGKILL');
    await daemon?.ended;
    await world.close();
  });

  it('carries it out at its next start, whole and once, and tells it, wherever it was killed', async () => {
    slack = createServer((request, response) => {
      request.on('data', (chunk) =>
        told.push((JSON.parse(String(chunk)) as { text: string }).text),
      );
      request.on('end', () => response.end('ok'));
    }).listen(0, '127.0.0.1');
    await once(slack, 'listening');
    const clock = heldBackClock();
    world = await SmallWorld.open({ clock, settings: { mode: 'propose' } });
    await world.start();
    await liveThroughNights(world, clock, [54, 30, 6]);
    const { id } = await onlyProposal(world);
    const before = await world.rows(DAILY_SALES);
    const yes = { move: 'approve', by: 'cli:ana', at: clock.now(), token: 'a yes' } as const;
    world.goldsmith.hear({ ...yes, proposal: id as ProposalId });
    await world.leave();
    const config = join(world.folder, 'goldsmith.yaml');
    const settings = {
      ...LOOSE,
      mode: 'propose',
      warehouse: { path: world.warehousePath },
      history: { source: 'export', path: world.historyPath },
      state: { path: world.statePath },
      http: { port: await freePort() },
      caps: { leaseTtl: '1s' },
      log: { level: 'info' },
      notify: {
        slackWebhookUrl: `http://127.0.0.1:${(slack.address() as AddressInfo).port}/hook`,
      },
    };
    writeFileSync(config, JSON.stringify(settings));

    // Killed in the middle of carrying it out: the first step has just begun.
    daemon = start(['run', '-c', config]);
    await daemon.saying('step-started');
    daemon.process.kill('SIGKILL');
    await daemon.ended;
    daemon = start(['run', '-c', config]);
    await daemon.saying('"to":"applied"');
    daemon.process.kill('SIGTERM');
    await daemon.ended;

    const instance = await DuckDBInstance.create(world.warehousePath);
    const connection = await instance.connect();
    const rowsOf = async (sql: string) =>
      (await connection.runAndReadAll(sql)).getRowsJson().map((row) => JSON.stringify(row));
    const after = (await rowsOf(DAILY_SALES)).toSorted();
    const [plan] = await rowsOf(`explain ${DAILY_SALES}`);
    const done = await rowsOf(
      "select verb, count(*)::integer from goldsmith.journal where outcome = 'done' group by verb order by verb",
    );
    connection.closeSync();
    instance.closeSync();
    expect(after).toEqual(before);
    expect(plan).not.toContain('order_lines');
    // What was told just before a kill may be told again, nothing is left out.
    expect(new Set(told.map((text) => text.split(':')[0]))).toEqual(
      new Set([
        'Took over gold.daily_sales; it stays a view until a table pays',
        'Built and proved gold.daily_sales',
      ]),
    );
    expect(done).toEqual(['["adopt-view",1]', '["build-version",1]', '["repoint-view",1]']);
  });
});
