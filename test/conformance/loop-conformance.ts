import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acquireLease } from '../../src/materializer/lease.ts';
import { guardMarts } from '../../src/materializer/quarantine.ts';
import { resumeInterrupted } from '../../src/materializer/resume.ts';
import type { Action } from '../../src/plan/action.ts';
import {
  build as buildOf,
  DAY,
  HOUR,
  idOf,
  type LoopSubject,
  type LoopWorld,
  openLoopWorld,
  START,
  salesDefinition,
  salesOf,
  salesSql,
  versionTable as tableOf,
  toLogicalOf,
  toVersion as toVersionOf,
} from './loop-world.ts';

/** What the materializer does on every warehouse: the same steps, the same refusals, the same answers to readers. */
export function loopConformance(subject: LoopSubject): void {
  const { schema } = subject;
  const definition = salesDefinition(subject);
  const sales = salesOf(subject);
  const report = idOf(subject, 'gold.report');
  const readers = `select region, orders, amount from ${sales} order by region`;
  const create: Action = { kind: 'create-mart', mart: sales, definition };
  const toLogical = toLogicalOf(subject);
  const versionTable = (version: number) => tableOf(version, subject);
  const build = (version: number, reason: 'promote' | 'refresh' = 'promote') =>
    buildOf(version, reason, subject);
  const toVersion = (version: number, freshUntil: number) =>
    toVersionOf(version, freshUntil, subject);

  describe(`a mart on ${subject.name}`, () => {
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
    const kindOf = async (relation: string) =>
      (await world.connector.readCatalog({ purpose: 'catalog' })).find(
        ({ id: found }) => found === relation,
      )?.kind;

    /** However rows lie, where that can be said: answers are the same. */
    const laid = () =>
      world.connector.capabilities.clusters === undefined
        ? {}
        : { clusteredBy: definition.columns.slice(0, 2).map(({ name }) => name) };

    it('is published, built, proved, flipped, refreshed, demoted, dropped and released with one answer', async () => {
      const fromBase = await world.rows(`${salesSql(schema)} order by 1`);

      await does(create);
      expect(await world.rows(readers)).toEqual(fromBase);

      await does(build(1), toVersion(1, START + DAY));
      expect(await world.rows(readers)).toEqual(fromBase);
      expect(await kindOf(versionTable(1))).toBe('table');

      await world.people(`insert into ${schema}.orders values (400, 3, 1000.25)`);
      expect(await world.rows(readers)).toEqual(fromBase);

      world.clock.turnTo(START + HOUR);
      await does({ ...build(2, 'refresh'), ...laid() }, toVersion(2, START + HOUR + DAY));
      const newer = await world.rows(`${salesSql(schema)} order by 1`);
      expect(await world.rows(readers)).toEqual(newer);
      expect(newer).not.toEqual(fromBase);

      world.clock.turnTo(START + 3 * DAY);
      await does({ kind: 'drop-version', mart: sales, version: 1, table: versionTable(1) });
      expect(await kindOf(versionTable(1))).toBeUndefined();

      await does(toLogical);
      expect(await world.rows(readers)).toEqual(newer);
      world.clock.turnTo(START + 30 * DAY);
      await does({ kind: 'drop-version', mart: sales, version: 2, table: versionTable(2) });
      await does({ kind: 'release-mart', mart: sales });
      expect(await kindOf(sales)).toBeUndefined();
      expect(await world.ledger.readMarts()).toEqual([]);
    });

    it('rolls back to an older version, and is refused one whose sources moved beyond its bound', async () => {
      await does(create, build(1), toVersion(1, START + DAY));
      await does(build(2, 'refresh'), toVersion(2, START + DAY));
      await does(toVersion(1, START + DAY));
      const record = (await world.ledger.readMarts())[0];
      expect(record?.current?.version).toBe(1);

      await world.people(`insert into ${schema}.orders values (400, 3, 1)`);
      world.clock.turnTo(START + HOUR);
      const late = await world.apply([toVersion(1, START + DAY + HOUR)]);
      expect(late.steps[0]?.code).toBe('SOURCES_MOVED');
    });

    it('is not built where a fact it rests on does not hold', async () => {
      await world.people(`insert into ${schema}.customers values (3, 'again')`);

      const outcome = await world.apply([create, build(1)]);

      expect(outcome.steps.map(({ code }) => code)).toEqual(['DONE', 'CHECK_OBLIGATIONS_HOLD']);
      expect(await kindOf(versionTable(1))).toBeUndefined();
    });

    it('is not built into a name somebody else holds, and what they have stays as it is', async () => {
      await does(create);
      await world.people('create schema if not exists gold_data');
      await world.people(`create table ${versionTable(1)} (n integer)`);
      await world.people(`insert into ${versionTable(1)} values (7)`);

      const outcome = await world.apply([build(1)]);

      expect(outcome.steps[0]?.code).toBe('NAME_TAKEN');
      expect((await world.rows(`select n from ${versionTable(1)}`)).map(String)).toEqual(['7']);
    });

    it('is quarantined when somebody writes to its table, and readers get the definition back', async () => {
      await does(create, build(1), toVersion(1, START + DAY));
      const right = await world.rows(readers);
      await world.people(`update ${versionTable(1)} set amount = amount + 1 where region = 'r1'`);
      expect(await world.rows(readers)).not.toEqual(right);

      const { quarantined } = await guardMarts(world.work);

      expect(quarantined.map(({ relation, restored }) => [relation, restored])).toEqual([
        [sales, true],
      ]);
      expect(await world.rows(readers)).toEqual(right);
    });

    it('takes over a view with its comments and the views that read it, and gives it back as it was', async () => {
      const sql = `select region, count(*) as customers from ${schema}.customers group by region`;
      await world.people('create schema if not exists gold');
      await world.people(`create view ${report} as ${sql}`);
      await world.people(`comment on view ${report} is 'kept by the sales team'`);
      await world.people(`comment on column ${report}.customers is 'head count'`);
      await world.people(
        `create view gold.report_total as select sum(customers) as total from ${report}`,
      );
      const asked = `select region, customers, total from ${report} cross join gold.report_total order by region`;
      const before = await world.rows(asked);
      const stored = await definitionOf(report);
      const table = idOf(subject, 'gold_data.report__v1');
      const to = { kind: 'version', version: 1, table, freshUntil: START + DAY } as const;

      await does({
        kind: 'adopt-view',
        mart: report,
        originalSql: stored,
        definition: {
          ...definition,
          relation: report,
          origin: 'adopted',
          sql,
          columns: [
            { name: idOf(subject, 'region'), type: subject.types.text },
            { name: idOf(subject, 'customers'), type: subject.types.bigint },
          ],
          sources: [idOf(subject, `${schema}.customers`)],
          obligations: [],
        },
      });
      await does(
        {
          kind: 'build-version',
          mart: report,
          version: 1,
          table,
          reason: 'refresh',
          replay: [],
          minimumGain: 0,
          budget: { cpuMs: 60_000, bytes: 1_000_000 },
        },
        { kind: 'repoint-view', mart: report, to },
      );

      expect(await world.rows(asked)).toEqual(before);
      expect(await definitionOf(report)).toContain(idOf(subject, 'report__v1'));
      expect(await commentOf(report)).toBe('kept by the sales team');

      await does({ kind: 'repoint-view', mart: report, to: { kind: 'logical' } });
      world.clock.turnTo(START + 30 * DAY);
      await does({ kind: 'drop-version', mart: report, version: 1, table });
      await does({ kind: 'release-mart', mart: report });

      expect(await world.rows(asked)).toEqual(before);
      expect(await definitionOf(report)).toBe(stored);
      expect(await commentOf(report)).toBe('kept by the sales team');
    });

    async function definitionOf(relation: string): Promise<string> {
      const catalog = await world.connector.readCatalog({ purpose: 'catalog' });
      return catalog.find(({ id: found }) => found === relation)?.definitionSql ?? '';
    }

    async function commentOf(relation: string): Promise<string | undefined> {
      const catalog = await world.connector.readCatalog({ purpose: 'catalog' });
      return catalog.find(({ id: found }) => found === relation)?.comment;
    }

    it('has one hand: a second is told who holds the lease, and the first writes nothing once it lost it', async () => {
      const { connector, ledger } = world;
      const ask = (now: number) =>
        acquireLease({ connector, ledger }, { holder: 'other', ttlMs: 60_000, now });
      await does(create);

      expect(await ask(START)).toMatchObject({ kind: 'busy', holder: 'test' });
      expect(await ask(START + HOUR)).toMatchObject({ kind: 'held' });
      const outcome = await world.apply([build(1)]);

      expect(outcome.steps[0]?.code).toBe('LEASE_LOST');
      expect(await kindOf(versionTable(1))).toBeUndefined();
    });

    it('that a build left half done is undone by the next start, and what is not ours is left', async () => {
      await does(create);
      const stopped = await world
        .apply([build(1)], {
          faults: ({ moment, nth }) => {
            if (moment === 'inside' && nth === 2) {
              throw new Error('pulled out');
            }
          },
        })
        .catch((error: unknown) => error);
      expect(stopped).toMatchObject({ kind: 'stopped' });

      await resumeInterrupted(world.work);

      expect(await kindOf(versionTable(1))).toBeUndefined();
      await does(build(1), toVersion(1, START + DAY));
    });
  });
}
