import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RelationId } from '../../src/base/relation.ts';
import { guardMarts } from '../../src/materializer/quarantine.ts';
import type { Action } from '../../src/plan/action.ts';
import {
  build,
  DAY,
  HOUR,
  idOf,
  type LoopSubject,
  type LoopWorld,
  openLoopWorld,
  START,
  salesDefinition,
  salesOf,
  toLogicalOf,
  toVersion,
} from './loop-world.ts';

export interface OwnPolicy {
  readonly told: string;
  readonly put: (view: RelationId) => readonly string[];
}

export interface OwnPoliciesSubject extends LoopSubject {
  /** What a view, or a column of it, can have of its own: people's statement that puts it there, and how it is told. */
  readonly onView: readonly [OwnPolicy, ...OwnPolicy[]];
  /** People's statements that put a policy on a table otherwise than by itself: by a tag on what it lies in. */
  readonly byTag: (table: RelationId) => readonly string[];
  /** People's statement that takes all of that off. */
  readonly takeOff: (relation: RelationId) => readonly string[];
}

/** Policies, masks and tags of a view itself are never lost: it is not taken over, and not replaced (law 8). */
export function ownPoliciesConformance(subject: OwnPoliciesSubject): void {
  const sales = salesOf(subject);
  const report = idOf(subject, 'gold.report');
  const definition = salesDefinition(subject);
  const [customers = report] = definition.sources;

  describe(`views with policies of their own on ${subject.name}`, () => {
    let world: LoopWorld;

    beforeEach(async () => {
      world = await openLoopWorld(subject);
    });
    afterEach(() => world.close());

    const people = async (statements: readonly string[]) => {
      for (const sql of statements) {
        await world.people(sql);
      }
    };
    const run = async (...actions: readonly Action[]) =>
      (await world.apply(actions)).steps.map(({ code, detail }) => ({ code, detail }));
    const refusedWith = (code: string, ...words: readonly string[]) => [
      { code, detail: expect.stringMatching(new RegExp(words.map(plain).join('.*'), 's')) },
    ];

    async function takeover(): Promise<Action> {
      const sql = `select region, count(*) as customers from ${subject.schema}.customers group by region`;
      await people(['create schema if not exists gold', `create view ${report} as ${sql}`]);
      const catalog = await world.connector.readCatalog({ purpose: 'catalog' });
      return {
        kind: 'adopt-view',
        mart: report,
        originalSql: catalog.find(({ id }) => id === report)?.definitionSql ?? '',
        definition: {
          ...definition,
          relation: report,
          origin: 'adopted',
          sql,
          columns: [
            { name: idOf(subject, 'region'), type: subject.types.text },
            { name: idOf(subject, 'customers'), type: subject.types.bigint },
          ],
          sources: [customers],
          obligations: [],
        },
      };
    }

    /** The same takeover of a view that reads its table through another one. */
    async function readThrough(
      between: RelationId,
      action: Extract<Action, { readonly kind: 'adopt-view' }>,
    ): Promise<Action> {
      await people([
        `create view ${between} as select * from ${customers}`,
        `create or replace view ${report} as select region, count(*) as customers from ${between} group by region`,
      ]);
      const catalog = await world.connector.readCatalog({ purpose: 'catalog' });
      const originalSql = catalog.find(({ id }) => id === report)?.definitionSql ?? '';
      return { ...action, originalSql };
    }

    it('a view with a policy of its own is not taken over, nor one over a table whose policy comes by a tag, or through a view with one', async () => {
      const action = await takeover();
      await people(subject.onView.flatMap(({ put }) => put(report)));
      const refused = await run(action);
      for (const { told } of subject.onView) {
        expect(refused).toEqual(
          refusedWith('OWN_POLICIES', report, told, 'is not taken over', 'marts.adoptable'),
        );
      }

      await people(subject.takeOff(report));
      await people(subject.byTag(customers));
      expect(await run(action)).toEqual(refusedWith('ROW_POLICIES', customers, 'by tag'));
      expect(await world.ledger.readMarts()).toEqual([]);

      await people(subject.takeOff(customers));

      // A view between the two that has a policy of its own.
      const between = idOf(subject, `${subject.schema}.behind`);
      const through = action.kind === 'adopt-view' ? await readThrough(between, action) : action;
      await people(subject.onView[0].put(between));
      expect(await run(through)).toEqual(
        refusedWith('ROW_POLICIES', between, subject.onView[0].told, 'stays a view'),
      );
      await people(subject.takeOff(between));
      expect((await run(through)).map(({ code }) => code)).toEqual(['DONE']);
    });

    it('what is put on a stable view later is lost in no flip, no going back and no quarantine', async () => {
      await world.apply([
        { kind: 'create-mart', mart: sales, definition },
        build(1, 'promote', subject),
        toVersion(1, START + DAY, subject),
        build(2, 'refresh', subject),
      ]);
      const before = await world.rows(world.connector.wording.objects.viewText(sales));
      const [{ put, told }, ...others] = subject.onView;
      await people(put(sales));
      const refused = refusedWith('OWN_POLICIES', sales, told, 'is not replaced', 'take it off');

      expect(await run(toVersion(2, START + DAY, subject))).toEqual(refused);
      expect(await run(toLogicalOf(subject))).toEqual(refused);
      for (const other of others) {
        await people(other.put(sales));
      }
      await world.people(
        `update ${idOf(subject, 'gold_data.sales_by_region__v1')} set orders = orders + 1`,
      );
      const { quarantined } = await guardMarts(world.work);
      expect(quarantined.map(({ restored }) => restored)).toEqual([false]);
      for (const each of subject.onView) {
        expect(quarantined[0]?.because).toContain(each.told);
      }
      expect(await world.rows(world.connector.wording.objects.viewText(sales))).toEqual(before);

      await people(subject.takeOff(sales));
      world.clock.turnTo(START + HOUR);
      expect((await guardMarts(world.work)).quarantined).toMatchObject([{ restored: true }]);
    });
  });
}

function plain(word: string): string {
  return word.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
