import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NativeShape } from '../../src/marts/native-shape.ts';
import { guardMarts } from '../../src/materializer/quarantine.ts';
import { resumeInterrupted } from '../../src/materializer/resume.ts';
import { findObject } from '../../src/materializer/warehouse-objects.ts';
import type { Action } from '../../src/plan/action.ts';
import {
  build,
  DAY,
  HOUR,
  type LoopSubject,
  type LoopWorld,
  openLoopWorld,
  START,
  salesDefinition,
  salesOf,
  salesSql,
  toLogicalOf,
  toVersion,
  versionTable,
} from './loop-world.ts';

export interface NativeSubject extends LoopSubject {
  /** How a mart of sales by region is kept by the warehouse. */
  readonly native: NativeShape;
  /** A shape the warehouse does not take for it, and what of its words people are told. */
  readonly refused: { readonly native: NativeShape; readonly because: RegExp };
  /** Statement of somebody who can change what it holds behind its back; absent where nobody can. */
  readonly spoil?: (table: string) => string;
  /** Where it is refreshed by itself too: the statement that stops that. */
  readonly suspend?: (table: string) => string;
}

/** What holds of versions the warehouse itself keeps, on every warehouse that has such a shape. */
export function nativeConformance(subject: NativeSubject): void {
  const { schema, native } = subject;
  const sales = salesOf(subject);
  const table = versionTable(1, subject);
  const readers = `select region, orders, amount from ${sales} order by region`;
  const create: Action = {
    kind: 'create-mart',
    mart: sales,
    definition: salesDefinition(subject),
  };
  const flip = toVersion(1, START + DAY, subject);

  function built(as: NativeShape): Action {
    const action = build(1, 'promote', subject);
    return action.kind === 'build-version' ? { ...action, native: as } : action;
  }

  function refresh(proveWhole: boolean): Action {
    const budget = { cpuMs: 60_000 };
    return { kind: 'refresh-version', mart: sales, version: 1, table, proveWhole, budget };
  }

  describe(`a mart that ${subject.name} keeps as a ${native.kind}`, () => {
    let world: LoopWorld;

    beforeEach(async () => {
      world = await openLoopWorld(subject);
    });
    afterEach(() => world.close());

    async function does(...actions: readonly Action[]) {
      const outcome = await world.apply(actions);
      expect(outcome.steps.map(({ outcome: how, detail }) => `${how}: ${detail}`)).toEqual(
        outcome.steps.map(() => expect.stringMatching(/^done: /)),
      );
      return outcome;
    }
    const kindOf = async () => (await findObject(world.connector, table))?.kind;
    const fromBase = () => world.rows(`${salesSql(schema)} order by 1`);
    const current = async () => (await world.ledger.readMarts())[0]?.current;
    const sell = () => world.people(`insert into ${schema}.orders values (400, 3, 1000.25)`);

    it('is built hidden, proved, flipped, refreshed in its place, demoted and dropped with one answer', async () => {
      const before = await fromBase();
      await does(create, built(native), flip);
      expect(await kindOf()).toBe(native.kind);
      expect(await world.rows(readers)).toEqual(before);
      expect(await current()).toMatchObject({ native: { ...native, refreshes: 0 } });

      await sell();
      expect(await world.rows(readers)).toEqual(before);
      world.clock.turnTo(START + HOUR);
      await does(refresh(false), toVersion(1, START + HOUR + DAY, subject));
      const newer = await fromBase();
      expect(await world.rows(readers)).toEqual(newer);
      expect(newer).not.toEqual(before);
      expect(await current()).toMatchObject({
        version: 1,
        verifiedFreshAt: START + HOUR,
        native: { refreshes: 1, sinceWhole: 1 },
      });

      await does(refresh(true));
      expect(await current()).toMatchObject({ native: { refreshes: 2, sinceWhole: 0 } });
      expect(await guardMarts(world.work)).toEqual({ quarantined: [], withdrawn: [] });

      await does(toLogicalOf(subject));
      expect(await world.rows(readers)).toEqual(newer);
      world.clock.turnTo(START + 30 * DAY);
      await does({ kind: 'drop-version', mart: sales, version: 1, table });
      expect(await kindOf()).toBeUndefined();
    });

    it('is built as a table in the same step where the warehouse does not take the shape', async () => {
      await does(create);

      const { steps } = await does(built(subject.refused.native), flip);

      expect(steps[0]?.detail).toMatch(/ is built hidden and proved equal \(as a table: /);
      expect(steps[0]?.detail).toMatch(subject.refused.because);
      expect(await kindOf()).toBe('table');
      expect((await world.ledger.readMarts())[0]).toMatchObject({
        notNative: { since: START, because: expect.stringMatching(subject.refused.because) },
        current: expect.not.objectContaining({ native: expect.anything() }),
      });
      const refreshed = await world.apply([refresh(false)]);
      expect(refreshed.steps[0]?.code).toBe('NOT_NATIVE');
    });

    it('cut off behind its refresh, is compared as a whole by the next', async () => {
      await does(create, built(native), flip);
      await sell();
      const stopped = await world
        .apply([refresh(false)], {
          faults: ({ moment }) => {
            if (moment === 'inside') {
              throw new Error('pulled out');
            }
          },
        })
        .catch((error: unknown) => error);
      expect(stopped).toMatchObject({ kind: 'stopped' });

      await resumeInterrupted(world.work);

      const wasRolledBack = world.connector.capabilities.transactionalDdl;
      const { sinceWhole = 0 } = (await current())?.native ?? {};
      expect(sinceWhole > 1000).toBe(!wasRolledBack);
      await does(refresh(true));
      expect(await world.rows(readers)).toEqual(await fromBase());
      expect(await current()).toMatchObject({ native: { sinceWhole: 0 } });
    });

    it.runIf(subject.suspend !== undefined)(
      'is noted as a table to be where the warehouse no longer refreshes it, and answers on until then',
      async () => {
        await does(create, built(native), flip);
        const before = await fromBase();
        await world.people(subject.suspend?.(table) ?? '');

        expect(await guardMarts(world.work)).toEqual({ quarantined: [], withdrawn: [] });

        expect((await world.ledger.readMarts())[0]).toMatchObject({
          stage: 'physical',
          notNative: {
            because: `the warehouse no longer refreshes ${table} by itself: it is suspended (USER_SUSPENDED)`,
          },
        });
        expect(await world.rows(readers)).toEqual(before);
        await does(build(2, 'refresh', subject), toVersion(2, START + DAY, subject));
        expect(await current()).not.toHaveProperty('native');
      },
    );

    it.runIf(subject.spoil !== undefined)(
      'goes back to its definition at once where a refresh does not hold what it gives, and is a table from then on',
      async () => {
        await does(create, built(native), flip);
        await sell();
        await world.people(subject.spoil?.(table) ?? '');

        const { steps } = await world.apply([refresh(true)]);

        expect(steps[0]?.code).toMatch(/^CHECK_SAME_/);
        expect(await world.rows(readers)).toEqual(await fromBase());
        expect((await world.ledger.readMarts())[0]).toMatchObject({
          stage: 'logical',
          notNative: { because: expect.stringMatching(/definition returns|does not hold what/) },
        });
      },
    );
  });
}
