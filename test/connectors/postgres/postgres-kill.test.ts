import { spawn } from 'node:child_process';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultPoint } from '../../../src/materializer/faults.ts';
import { guardMarts } from '../../../src/materializer/quarantine.ts';
import { resumeInterrupted } from '../../../src/materializer/resume.ts';
import {
  type LoopWorld,
  openLoopWorld,
  SALES,
  START,
  workOn,
} from '../../conformance/loop-world.ts';
import {
  type PostgresCluster,
  postgresBinaries,
  startPostgres,
} from '../../servers/postgres-cluster.ts';
import { identities, ownDatabase } from '../../servers/postgres-identities.ts';
import { LIFE_SUBJECT, lifeActions, READ_SALES } from './killed-life.ts';

const CHILD = join(import.meta.dirname, 'kill-child.ts');

describe.skipIf(postgresBinaries === undefined)('killed with SIGKILL beside PostgreSQL', () => {
  let cluster: PostgresCluster;
  let world: LoopWorld & { readonly database: string };
  let reader: Hammer;

  beforeAll(async () => {
    cluster = await startPostgres();
    await identities(cluster);
    world = (await openLoopWorld({
      ...LIFE_SUBJECT,
      open: () => ownDatabase(cluster),
    })) as typeof world;
    await world.apply(lifeActions.slice(0, 1));
    reader = await hammer({
      host: cluster.socketFolder,
      port: cluster.port,
      database: world.database,
    });
  });
  afterAll(async () => {
    await reader.stop();
    await world.close();
    await cluster.stop();
  });

  it('anywhere in a life: the next start finishes or undoes, and readers never see anything missing or half filled', async () => {
    let kills = 0;
    let started: Awaited<ReturnType<typeof workOn>> = world;
    for (const [step, action] of lifeActions.entries()) {
      if (step === 0) {
        continue;
      }
      for (const { moment, nth } of await pointsOf(step)) {
        const child = await runChild([String(step), moment, String(nth)]);
        expect(child.signal, child.stderr).toBe('SIGKILL');
        kills += 1;
        started = await workOn(world, { subject: LIFE_SUBJECT, now: START });
        await resumeInterrupted(started.work);
        expect(await guardMarts(started.work)).toEqual({
          quarantined: [],
          withdrawn: [],
          unsettled: new Map(),
        });
        expect(await started.ledger.openEntries()).toEqual([]);
        expect(await cluster.sql(READ_SALES, world.database)).toEqual([{ n: 400 }]);
      }
      const again = await started.apply([action]);
      expect(['DONE', 'DONE_BEFORE']).toContain(again.steps[0]?.code);
    }

    expect(kills).toBeGreaterThan(10);
    expect(reader.failures()).toEqual([]);
    expect(reader.reads()).toBeGreaterThan(100);
    const marked = await cluster.sql(
      "select relname from pg_class join pg_description on objoid = pg_class.oid and objsubid = 0 where description like 'goldsmith: version%' order by 1",
      world.database,
    );
    expect(marked.length).toBeLessThanOrEqual(2);
  }, 240_000);

  /** The points of a step that is done once on a database of its own. */
  async function pointsOf(step: number): Promise<readonly Pick<FaultPoint, 'moment' | 'nth'>[]> {
    const other = await openLoopWorld({ ...LIFE_SUBJECT, open: () => ownDatabase(cluster) });
    try {
      await other.apply(lifeActions.slice(0, step));
      const points: FaultPoint[] = [];
      const action = lifeActions[step];
      await other.apply(action === undefined ? [] : [action], {
        faults: (point) => void points.push(point),
      });
      // Every twelfth of the inner ones, and the outer ones: a kill takes a second.
      return points.filter(({ moment, nth }) => moment !== 'inside' || nth % 12 === 1);
    } finally {
      await other.close();
    }
  }

  function runChild(args: readonly string[]) {
    const { host, port } = cluster;
    const child = spawn(process.execPath, [CHILD, host, String(port), world.database, ...args]);
    let stderr = '';
    child.stderr.on('data', (text: Buffer) => {
      stderr += text.toString();
    });
    return new Promise<{ readonly signal: NodeJS.Signals | null; readonly stderr: string }>(
      (resolve) => {
        child.once('close', (_code, signal) => resolve({ signal, stderr }));
      },
    );
  }
});

interface Hammer {
  failures(): readonly string[];
  reads(): number;
  stop(): Promise<void>;
}

/** Two readers that ask the stable view without a pause, one of them in long snapshots. */
async function hammer(address: {
  readonly host: string;
  readonly port: number;
  readonly database: string;
}): Promise<Hammer> {
  const failures: string[] = [];
  let reads = 0;
  let isOver = false;
  async function read(before: string, after: string): Promise<void> {
    const client = new pg.Client({ ...address, user: 'postgres' });
    await client.connect();
    while (!isOver) {
      await client.query(before);
      for (let turn = 0; turn < 5; turn += 1) {
        const { rows } = await client.query<{ readonly n: number | null }>(READ_SALES);
        reads += 1;
        if (rows[0]?.n !== 400) {
          failures.push(`${SALES} gave ${rows[0]?.n ?? 'nothing'}`);
        }
      }
      await client.query(after);
    }
    await client.end();
  }
  const told = (error: unknown) => void failures.push(String(error));
  const readers = [
    read('select 1', 'select 1').catch(told),
    read('begin transaction isolation level repeatable read; select pg_sleep(0.2)', 'commit').catch(
      told,
    ),
  ];
  return {
    failures: () => failures,
    reads: () => reads,
    async stop() {
      isOver = true;
      await Promise.all(readers);
    },
  };
}
