import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RelationId } from '../../src/base/relation.ts';
import { guardMarts } from '../../src/materializer/quarantine.ts';
import { resumeInterrupted } from '../../src/materializer/resume.ts';
import type { Action } from '../../src/plan/action.ts';
import { describeQuery } from '../../src/prove/describe-query.ts';
import { dyingConnector } from './dying-connector.ts';
import {
  idOf,
  type LoopSubject,
  type LoopWorld,
  openLoopWorld,
  START,
  workOn,
} from './loop-world.ts';
import { type WideMart, wideMart } from './wide-mart.ts';

export interface PruneSubject extends LoopSubject {
  /** Every statement commits by itself: builds are killed between them. */
  readonly isKilled?: true;
  /** Somebody who may be granted something. */
  readonly analysts?: string;
}

const HIDDEN = { hidden: ['region', 'place'] };

/** Everyday runs do not measure where each statement takes its time: the same twelve builds run on the others. */
const isLong = process.env['GOLDSMITH_LONG'] === '1';

/** Attributes are hidden, answered, taken away and brought back alike on every warehouse. */
export function pruneConformance(subject: PruneSubject): void {
  describe(`attributes of a mart on ${subject.name}`, () => {
    const wide = idOf(subject, 'gold.wide_orders');
    const answering = `select id, customer_id, amount, place, twice from ${wide} order by id`;
    const whole = `select id, customer_id, amount, region, place, twice from ${wide} order by id`;
    let world: LoopWorld;
    let mart: WideMart;

    beforeEach(async () => {
      world = await openLoopWorld(subject);
      mart = await wideMart(subject, world);
      await does(mart.create, mart.build(1), mart.flip(1));
    });
    afterEach(() => world.close());

    async function does(...actions: readonly Action[]) {
      const { steps } = await world.apply(actions);
      expect(steps.map(({ outcome, detail }) => `${outcome}: ${detail}`)).toEqual(
        steps.map(() => expect.stringMatching(/^done: /)),
      );
      return steps;
    }
    const columns = () =>
      describeQuery(world.connector, { sql: `select * from ${wide}`, purpose: 'verify' });
    const stored = async () =>
      (await world.connector.readCatalog({ purpose: 'catalog' }))
        .flatMap(({ id }) =>
          id.toLowerCase().includes('wide_orders__v')
            ? [id.toLowerCase().replace(/^.*__v/, '')]
            : [],
        )
        .toSorted();

    /** Where views read with their readers' rights: people who may read the mart and its sources. */
    async function admitReaders(): Promise<readonly RelationId[]> {
      const { access } = world.connector.wording;
      if (access?.readsAsReader !== true || subject.analysts === undefined) {
        return [];
      }
      const grant = {
        grantee: subject.analysts,
        privilege: access.reading ?? 'SELECT',
        grantable: false,
        column: undefined,
      };
      const { sources } = mart.definition;
      for (const relation of [wide, ...sources]) {
        const on = relation === wide ? 'view' : 'table';
        await world.connector.execute(access.grant({ ...grant, on }, relation), {
          purpose: 'publish',
        });
      }
      return mart.slim(2, HIDDEN).sides?.map(({ table }) => table) ?? [];
    }

    it('are hidden beside the rows, answered as before, taken away with an error, and brought back', async () => {
      const before = { answers: await world.rows(whole), columns: await columns() };
      const right = await world.rows(answering);
      const form = mart.slim(2, HIDDEN);
      const { transactionalDdl } = world.connector.capabilities;
      const measured = isLong || transactionalDdl ? { minimumCut: -100 } : {};
      const readBesides = await admitReaders();
      const [built] = await does(mart.build(2, { slim: form, ...measured }), mart.flip(2));

      expect(before.answers).toHaveLength(404);
      expect(built?.evidence['cutPairs']).toBe('minimumCut' in measured ? 5 : undefined);
      expect({ answers: await world.rows(whole), columns: await columns() }).toEqual(before);
      const beside = world.connector.capabilities.hiding === undefined ? '__pack_1' : '__side_1';
      expect(await stored()).toEqual(['1', '2', `2${beside}`, '2__rows'].toSorted());
      expect(await guardMarts(world.work)).toEqual({
        quarantined: [],
        withdrawn: [],
        unsettled: new Map(),
      });
      for (const table of readBesides) {
        const grants = await world.rows(world.connector.wording.access?.grants(table) ?? '');
        expect(grants.map(([grantee]) => grantee)).toEqual([subject.analysts]);
      }

      const gone = mart.slim(3, { hidden: ['place'], gone: ['region'] });
      await does(mart.build(3, { slim: gone }), mart.flip(3));
      expect({ answers: await world.rows(answering), columns: await columns() }).toEqual({
        answers: right,
        columns: before.columns,
      });
      expect((await world.rows(`select count(*) from ${wide}`)).map(String)).toEqual(['404']);
      const failure = await world
        .rows(`select region from ${wide}`)
        .catch((error: unknown) => error);
      expect(wordsOf(failure)).toMatch(/region of gold\.wide_orders was pruned/i);

      if (world.connector.capabilities.hiding !== undefined) {
        await world.people(`insert into ${subject.schema}.customers values (3, 'again')`);
        const { steps } = await world.apply([mart.build(4, { slim: mart.slim(4, HIDDEN) })]);
        expect(steps.map(({ code }) => code)).toEqual(['KEYS_REPEAT']);
        expect((await stored()).filter((each) => each.startsWith('4'))).toEqual([]);
        await world.people(`delete from ${subject.schema}.customers where region = 'again'`);
      }

      await does(mart.flip(2));
      expect(await world.rows(whole)).toEqual(before.answers);
      const [pack] = form.packs;
      await world.people(
        pack === undefined
          ? `update ${form.sides?.[0]?.table ?? ''} set region = 'nobody''s'`
          : `update ${pack.table} set region = list_reverse(region)`,
      );
      expect((await guardMarts(world.work)).quarantined).toMatchObject([
        { relation: wide, restored: true },
      ]);
      expect(await world.rows(whole)).toEqual(before.answers);
    });

    it.runIf(subject.isKilled === true)(
      'leave nothing behind of a build that was killed, whatever it was doing',
      async () => {
        const slim = mart.slim(2, HIDDEN);
        const before = await world.rows(whole);
        for (const after of isLong ? [3, 4, 5, 6, 7, 8, 9, 12, 17] : [4, 5, 9]) {
          const dying = dyingConnector((await world.connect?.()) ?? world.connector, {
            after,
            how: 'killed',
          });
          const { apply } = await workOn(dying, { subject, now: START });
          const building = apply([mart.build(2, { slim, minimumCut: -100 })]);
          expect(await Promise.race([dying.died, building])).toBeUndefined();

          const started = await workOn(world, { subject, now: START });
          await resumeInterrupted(started.work);
          expect(await guardMarts(started.work)).toEqual({
            quarantined: [],
            withdrawn: [],
            unsettled: new Map(),
          });
          expect(await stored(), `killed behind write ${after}`).toEqual(['1']);
        }
        expect(await world.rows(whole)).toEqual(before);
      },
    );
  });
}

/** All that an error and what caused it say. */
function wordsOf(error: unknown): string {
  return error instanceof Error ? `${error.message}\n${wordsOf(error.cause)}` : '';
}
