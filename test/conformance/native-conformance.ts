import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/base/digest.ts';
import type { NativeShape } from '../../src/marts/native-shape.ts';
import { guardMarts } from '../../src/materializer/quarantine.ts';
import { resumeInterrupted } from '../../src/materializer/resume.ts';
import { findObject, nativeTrouble } from '../../src/materializer/warehouse-objects.ts';
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
  salesSqlOf,
  toLogicalOf,
  toVersion,
  versionTable,
} from './loop-world.ts';

export interface NativeSubject extends LoopSubject {
  /** How a mart of sales by region is kept by the warehouse. */
  readonly native: NativeShape;
  /** A shape the warehouse does not take for it, and what of its words people are told. */
  readonly refused: {
    readonly native: NativeShape;
    readonly because: RegExp;
    /** Where it depends on more than the shape: a statement of somebody who sees to it. */
    readonly first?: string;
  };
  /** Reading it gives what its sources hold now. */
  readonly live?: true;
  /** Statement of somebody who can change what it holds behind its back; absent where nobody can. */
  readonly spoil?: (table: string) => string;
  /** Where somebody can alter it and leave our marker: the statement that does. */
  readonly alter?: (table: string) => string;
  /** Where it is refreshed by itself too: the statement that stops that. */
  readonly suspend?: (table: string) => string;
}

/** What holds of versions the warehouse itself keeps, on every warehouse that has such a shape. */
export function nativeConformance(subject: NativeSubject): void {
  const { schema, native } = subject;
  const sales = salesOf(subject);
  const table = versionTable(1, subject);
  const readers = `select region, orders, amount from ${sales} order by region`;
  const flip = toVersion(1, START + DAY, subject);
  const definition = salesDefinition(subject);
  const create: Action = { kind: 'create-mart', mart: sales, definition };
  const follow: Action = {
    kind: 'follow-source',
    mart: sales,
    from: digestOf(definition),
    definition: {
      ...definition,
      sql: definition.sql.replaceAll(/c\.region|o\.amount/g, (name) => `(${name})`),
    },
    change: 'columns stand in parentheses',
    proof: 'same-answers',
  };

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
    const fromBase = async () => {
      const sql = `${salesSqlOf(subject)} order by 1`;
      return (await world.connector.query(sql, { purpose: 'verify', readsKept: false })).rows;
    };
    const mart = async () => (await world.ledger.readMarts())[0];
    const current = async () => (await mart())?.current;
    const filledBy = async () => (await world.ledger.readRecords())[0]?.marks[table]?.filledBy;
    const sell = () => world.people(`insert into ${schema}.orders values (400, 3, 1000.25)`);

    it('is built hidden, proved, flipped, refreshed in its place, followed, demoted and dropped with one answer', async () => {
      const before = await fromBase();
      await does(create, built(native), flip);
      expect(await kindOf()).toBe(native.kind);
      expect(await world.rows(readers)).toEqual(before);
      expect(await current()).toMatchObject({ native: { ...native, refreshes: 0 } });

      const filled = await filledBy();
      await sell();
      expect(await world.rows(readers)).toEqual(subject.live ? await fromBase() : before);
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
      expect(await guardMarts(world.work)).toEqual({
        quarantined: [],
        withdrawn: [],
        unsettled: new Map(),
      });
      // Whoever still reads by a snapshot of before the refresh gets the definition.
      expect((await filledBy()) !== filled).toBe(filled !== undefined);

      await does(follow);
      expect(await guardMarts(world.work)).toEqual({
        quarantined: [],
        withdrawn: [],
        unsettled: new Map(),
      });
      const { steps } = await world.apply([refresh(true), toVersion(1, START + 2 * DAY, subject)]);
      expect(steps[0]?.code).toBe('FORMER_DEFINITION');

      if (subject.alter === undefined) {
        await does(toLogicalOf(subject));
      } else {
        await world.people(subject.alter(table));
        const { withdrawn } = await guardMarts(world.work);
        expect(withdrawn.map(({ because }) => because)).toEqual([
          expect.stringMatching(
            /carries our marker, but (is not told as it was built|answers nobody)/,
          ),
        ]);
      }
      expect(await mart()).toMatchObject({ stage: 'logical' });
      expect(await world.rows(readers)).toEqual(newer);
      world.clock.turnTo(START + 30 * DAY);
      await does({ kind: 'drop-version', mart: sales, version: 1, table });
      expect(await kindOf()).toBeUndefined();
    });

    it.runIf(subject.suspend !== undefined)(
      'is refreshed by nobody while it is hidden, held or of a former definition, and again once readers are led to it',
      async () => {
        const { kind } = native;
        const trouble = () => nativeTrouble(world.connector, { kind, relation: table });
        const guarded = async () => {
          expect(await guardMarts(world.work)).toEqual({
            quarantined: [],
            withdrawn: [],
            unsettled: new Map(),
          });
          return await trouble();
        };
        const suspended = 'it is suspended (USER_SUSPENDED)';
        await does(create, built(native));
        expect(await guarded()).toBe(suspended);

        await does(flip);
        expect(await guarded()).toBeUndefined();
        await does({ kind: 'hold-version', mart: sales, version: 1, table, because: 'a test' });
        expect(await guarded()).toBe(suspended);
        await does(toVersion(1, START + DAY - 1, subject));
        expect(await guarded()).toBeUndefined();
        await does(follow);
        expect(await guarded()).toBe(suspended);
        expect(await mart()).not.toHaveProperty('notNative');
      },
    );

    it('is built as a table in the same step where the warehouse does not take the shape', async () => {
      await does(create);
      const { native: other, first } = subject.refused;
      await (first === undefined ? undefined : world.people(first));

      const { steps } = await does(built(other), flip);

      expect(steps[0]?.detail).toMatch(/ is built hidden and proved equal \(as a table: /);
      expect(steps[0]?.detail).toMatch(subject.refused.because);
      expect(await kindOf()).toBe('table');
      expect(await mart()).toMatchObject({
        notNative: { since: START, because: expect.stringMatching(subject.refused.because) },
        current: expect.not.objectContaining({ native: expect.anything() }),
      });
      const refreshed = await world.apply([refresh(false)]);
      expect(refreshed.steps[0]?.code).toBe('NOT_NATIVE');
    });

    async function cutOff(action: Action) {
      const stopped = await world
        .apply([action], {
          faults: ({ moment }) => {
            if (moment === 'inside') {
              throw new Error('pulled out');
            }
          },
        })
        .catch((error: unknown) => error);
      expect(stopped).toMatchObject({ kind: 'stopped' });
      await resumeInterrupted(world.work);
    }

    it('cut off behind its build, is gone; behind its refresh, is compared as a whole by the next; no longer looked after, or found not to hold, it is let go', async () => {
      await does(create);
      await cutOff(built(native));
      expect(await kindOf()).toBeUndefined();

      await does(built(native), flip);
      await sell();
      await cutOff(refresh(false));

      const wasRolledBack = world.connector.capabilities.transactionalDdl;
      const { sinceWhole = 0 } = (await current())?.native ?? {};
      expect(sinceWhole > 1000).toBe(!wasRolledBack);
      await does(refresh(true));
      expect(await world.rows(readers)).toEqual(await fromBase());
      expect(await current()).toMatchObject({ native: { sinceWhole: 0 } });

      if (subject.suspend !== undefined) {
        await world.people(subject.suspend(table));
        expect(await guardMarts(world.work)).toEqual({
          quarantined: [],
          withdrawn: [],
          unsettled: new Map(),
        });
        const because = `the warehouse no longer refreshes ${table} by itself: it is suspended (USER_SUSPENDED)`;
        expect(await mart()).toMatchObject({ stage: 'physical', notNative: { because } });
      }
      if (subject.spoil !== undefined) {
        await world.people(subject.spoil(table));
        world.clock.turnTo(START + HOUR);
        const { steps } = await world.apply([refresh(true)]);
        expect(steps[0]?.code).toMatch(/^CHECK_SAME_/);
        expect(await world.rows(readers)).toEqual(await fromBase());
        expect(await mart()).toMatchObject({
          stage: 'logical',
          notNative: { because: expect.stringMatching(/definition returns|does not hold what/) },
        });
        // What the warehouse answers others from by itself must not stand until its grace ends.
        expect(await kindOf()).toBe(subject.live ? undefined : native.kind);
      }
    });
  });
}
