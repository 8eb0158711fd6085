import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guardMarts } from '../../src/materializer/quarantine.ts';
import { resumeInterrupted } from '../../src/materializer/resume.ts';
import { findObject } from '../../src/materializer/warehouse-objects.ts';
import type { Action } from '../../src/plan/action.ts';
import { dyingConnector } from './dying-connector.ts';
import {
  build,
  DAY,
  HOUR,
  type LoopWarehouse,
  type LoopWorld,
  openLoopWorld,
  START,
  salesDefinition,
  salesOf,
  toLogicalOf,
  toVersion,
  versionTable,
  workOn,
} from './loop-world.ts';
import type { StagedSubject } from './staged-conformance.ts';

export interface KillSubject extends StagedSubject {
  /** With the section `warehouse` of a configuration, by which a process of its own finds it. */
  open(): Promise<LoopWarehouse & { readonly warehouse: unknown }>;
}

const CHILD = join(import.meta.dirname, 'kill-child.ts');
const isLong = process.env['GOLDSMITH_LONG'] === '1';

/** One life of a mart, whose process is killed with SIGKILL and whose answers are lost: the next start goes on, and readers see nothing of it. */
export function killConformance(subject: KillSubject): void {
  const mart = salesOf(subject);
  const table = (version: number) => versionTable(version, subject);
  const flip = (version: number, at: number) => toVersion(version, at + DAY, subject);
  const drop = (version: number): Action => ({
    kind: 'drop-version',
    mart,
    version,
    table: table(version),
  });

  describe(`a life beside ${subject.name}`, () => {
    let world: LoopWorld & { readonly warehouse: unknown };
    /** Who holds the lease now. */
    let daemon: Pick<LoopWorld, 'apply' | 'clock'>;

    beforeAll(async () => {
      world = (await openLoopWorld(subject)) as typeof world;
      daemon = world;
    });
    afterAll(() => world.close());

    const codes = async (...actions: readonly Action[]) =>
      (await daemon.apply(actions)).steps.map(({ code }) => code);
    const orders = async () =>
      Number((await world.rows(`select cast(sum(orders) as integer) from ${mart}`))[0]?.[0]);
    const stands = async (version: number) =>
      (await findObject(world.connector, table(version))) !== undefined;

    /** A process of its own does a step and is killed behind a write of it; the next start settles what it left. */
    async function killed(action: Action, write: number) {
      expect(await runChild(action, write)).toBe('SIGKILL');
      const started = await workOn(world, { subject, now: START });
      const { steps } = await resumeInterrupted(started.work);
      expect(await guardMarts(started.work)).toEqual({
        quarantined: [],
        withdrawn: [],
        unsettled: new Map(),
      });
      expect(await orders()).toBe(400);
      daemon = started;
      return steps.map(({ outcome }) => outcome);
    }

    it('outlives a kill -9 and lost answers: built, proved, flipped, refreshed, demoted, dropped, released', async () => {
      const definition = salesDefinition(subject);
      expect(await codes({ kind: 'create-mart', mart, definition })).toEqual(['DONE']);

      // Behind its hidden table: nobody knows it yet.
      const built = build(1, 'promote', subject);
      expect(isLong ? await killed(built, 5) : ['undone']).toEqual(['undone']);
      expect(await codes(built)).toEqual(['DONE']);
      // Behind the view's replacement, which the ledger does not tell of yet.
      expect(await killed(flip(1, START), 5)).toEqual(['done']);
      expect((await world.ledger.readMarts())[0]?.current?.version).toBe(1);

      await world.people(`insert into ${subject.schema}.orders values (400, 3, 1000.25)`);
      expect(await orders()).toBe(400);
      daemon.clock.turnTo(START + HOUR);
      world.trouble?.['stopped']?.(/./);
      world.trouble?.['lost']?.(/create\s+or\s+replace\s+view/i);
      const refresh = [build(2, 'refresh', subject), flip(2, START + HOUR)];
      expect(await codes(...refresh)).toEqual(['DONE', 'DONE']);
      expect(await orders()).toBe(401);
      daemon.clock.turnTo(START + 3 * DAY);
      expect(await codes(drop(1))).toEqual(['DONE']);
      expect([await stands(1), await stands(2)]).toEqual([false, true]);

      // The view is replaced by the fifth write, behind the lease's two, the journal's and the intent.
      const dying = dyingConnector(world.connector, { after: 5, how: 'lost' });
      daemon = await workOn(dying, { subject, now: START + 3 * DAY });
      expect(await codes(toLogicalOf(subject))).toEqual(['DONE_BY_LOOKING']);
      expect(await orders()).toBe(401);
      daemon.clock.turnTo(START + 30 * DAY);
      expect(await codes(drop(2), { kind: 'release-mart', mart })).toEqual(['DONE', 'DONE']);
      expect(await stands(2)).toBe(false);
      expect(await world.ledger.readMarts()).toEqual([]);
    });

    function runChild(action: Action, write: number): Promise<string> {
      const told = { warehouse: world.warehouse, subject, action };
      const child = spawn(process.execPath, [CHILD, JSON.stringify(told), String(write)]);
      let stderr = '';
      child.stderr.on('data', (text: Buffer) => {
        stderr += text.toString();
      });
      return new Promise((resolve) => {
        child.once('close', (_code, signal) => resolve(signal ?? stderr));
      });
    }
  });
}
