import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guardMarts } from '../../../src/materializer/quarantine.ts';
import { resumeInterrupted } from '../../../src/materializer/resume.ts';
import {
  type LoopWorld,
  openLoopWorld,
  START,
  salesOf,
  workOn,
} from '../../conformance/loop-world.ts';
import { type SnowflakeAccount, snowflakeAccount } from '../../servers/snowflake-account.ts';
import { upperCased } from '../../servers/snowflake-sql.ts';
import { killedActions, NAMED } from './killed-life.ts';

const CHILD = join(import.meta.dirname, 'kill-child.ts');

describe('a process killed with SIGKILL beside Snowflake', () => {
  let account: SnowflakeAccount;
  let world: LoopWorld;

  beforeAll(async () => {
    account = await snowflakeAccount();
    world = await openLoopWorld({
      ...NAMED,
      async open() {
        const connector = await account.open();
        return {
          connector,
          people: (sql) => account.server.sql(upperCased(sql)),
          async close() {
            await connector.close();
            await account.server.stop();
          },
        };
      },
    });
  });
  afterAll(() => world.close());

  const orders = async () =>
    (await world.rows(`select cast(sum(orders) as integer) from ${salesOf(NAMED)}`)).map(([n]) =>
      Number(n),
    );

  it('leaves what the next start finishes or undoes: a table nobody knows, a view that is ahead of the ledger', async () => {
    await world.apply(killedActions.slice(0, 1));

    // Behind the hidden table of the build, and behind the flip of the view.
    for (const [step, write, left] of [
      [1, 5, 'undone'],
      [2, 5, 'done'],
    ] as const) {
      expect(await runChild([String(step), String(write)])).toBe('SIGKILL');
      const started = await workOn(world, { subject: NAMED, now: START });
      const { steps } = await resumeInterrupted(started.work);

      expect(steps.map(({ outcome }) => outcome)).toEqual([left]);
      expect(await guardMarts(started.work)).toEqual({
        quarantined: [],
        withdrawn: [],
        unsettled: new Map(),
      });
      expect(await orders()).toEqual([400]);
      if (left === 'undone') {
        const action = killedActions[step];
        const again = await started.apply(action === undefined ? [] : [action]);
        expect(again.steps.map(({ code }) => code)).toEqual(['DONE']);
      }
    }
    expect((await world.ledger.readMarts())[0]?.current?.version).toBe(1);
  });

  function runChild(args: readonly string[]): Promise<string> {
    const child = spawn(process.execPath, [CHILD, JSON.stringify(account.settings()), ...args]);
    let stderr = '';
    child.stderr.on('data', (text: Buffer) => {
      stderr += text.toString();
    });
    return new Promise((resolve) => {
      child.once('close', (_code, signal) => resolve(signal ?? stderr));
    });
  }
});
