import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/base/digest.ts';
import { type RelationId, relationParts } from '../../src/base/relation.ts';
import type { ApplyParts } from '../../src/materializer/apply-parts.ts';
import { guardMarts } from '../../src/materializer/quarantine.ts';
import { resumeInterrupted } from '../../src/materializer/resume.ts';
import type { Action } from '../../src/plan/action.ts';
import { type Death, dyingConnector } from './dying-connector.ts';
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
  versionTable,
  workOn,
} from './loop-world.ts';

export interface StagedSubject extends LoopSubject {
  /** Its statements take long: it is interrupted in fewer places, but with `GOLDSMITH_KILL_EVERY=1`. */
  readonly isSlow?: true;
  /** What another process sent cannot be stopped, only waited for. */
  readonly onlyWaits?: true;
  readonly types: LoopSubject['types'] & { readonly integer: string };
  /** Somebody who may be granted something. */
  readonly analysts: string;
  /** People's statement that puts a row policy or a mask on a relation. */
  policyOn(relation: RelationId): string;
}

/** Each of a flip's writes is the last one before a kill, and of a build's every so many-th; all of all with 1. */
const EVERY = Number(process.env['GOLDSMITH_KILL_EVERY'] ?? '9');

type Fresh = Required<Pick<ApplyParts, 'freshness'>>;

/** What holds where every statement commits by itself: whoever is killed or cut off, readers never see it. */
export function stagedConformance(subject: StagedSubject): void {
  const sales = salesOf(subject);
  const definition = salesDefinition(subject);
  const create: Action = { kind: 'create-mart', mart: sales, definition };
  const sources = definition.sources;

  describe(`a mart on ${subject.name}, statement by statement`, () => {
    let world: LoopWorld;

    beforeEach(async () => {
      world = await openLoopWorld(subject);
    });
    afterEach(() => world.close());

    // A shorter life is interrupted in fewer places, a slow one in fewer still.
    const isShort = EVERY > 1;
    const isSparse = isShort && subject.isSlow === true;
    const refreshed = [build(2, 'refresh', subject), toVersion(2, START + DAY, subject)];
    const life: readonly Action[] = [
      create,
      build(1, 'promote', subject),
      toVersion(1, START + DAY, subject),
      ...(isShort ? [] : refreshed),
      toLogicalOf(subject),
    ];
    const stride = ({ kind }: Action) => {
      const times = isSparse ? 2 : 1;
      const ofFlip = isShort ? 2 : 1;
      return times * (kind === 'repoint-view' ? ofFlip : EVERY);
    };
    const total = async () =>
      (await world.rows(`select cast(sum(orders) as integer) from ${sales}`)).map(([n]) =>
        Number(n),
      );
    const codes = async (...actions: readonly Action[]) =>
      (await world.apply(actions)).steps.map(({ code }) => code);

    /** A connector may send what writes only once: then the step is undone whole, and done when it is asked for again. */
    async function inTwo(action: Action): Promise<string> {
      const [first = ''] = await codes(action);
      return first.startsWith('CONNECTOR_') ? ((await codes(action))[0] ?? '') : first;
    }

    /** Does a step on a connection that dies; gives how many writes it had done. */
    async function dieIn(action: Action, { freshness = {}, ...death }: Death & Partial<Fresh>) {
      const dying = dyingConnector((await world.connect?.()) ?? world.connector, death);
      const { apply } = await workOn(dying, { subject, now: START });
      const before = dying.writes();
      const applied = apply([action], { freshness });
      const over = await Promise.race([dying.died.then(() => undefined), applied]);
      const outcome = over ?? (death.how === 'lost' ? await applied : undefined);
      return { outcome, before, ended: dying.ended };
    }

    const unfinishedOf = async (mart: RelationId) =>
      (await world.ledger.readMarts()).find((each) => each.definition.relation === mart);

    /** Writes behind which one step is killed after the other: in a few places, and is then left alone. */
    function* deaths(few: readonly number[]): Generator<number> {
      yield* isShort ? few.slice(0, isSparse ? 1 : few.length) : [];
      for (let write = isShort ? Number.POSITIVE_INFINITY : 3; ; write += 1) {
        yield write;
      }
    }

    it('killed behind any write, is finished or undone by the next start, and readers see nothing of it', async () => {
      const failures: string[] = [];
      let isOver = false;
      let kills = 0;
      for (const action of life.slice(0, 1)) {
        await world.apply([action]);
      }
      const reading = (async () => {
        while (!isOver) {
          const seen = await total();
          if (seen[0] !== 400) {
            failures.push(`${seen[0]}`);
          }
        }
      })().catch((error: unknown) => void failures.push(String(error)));

      for (const action of life.slice(1)) {
        // The lease of a new start takes the first two writes.
        for (let write = 3; ; write += stride(action)) {
          const { outcome } = await dieIn(action, { after: write, how: 'killed' });
          if (outcome !== undefined) {
            expect(['DONE', 'DONE_BEFORE']).toContain(outcome.steps[0]?.code);
            break;
          }
          kills += 1;
          const started = await workOn(world, { subject, now: START });
          await resumeInterrupted(started.work);
          expect(await guardMarts(started.work)).toEqual({
            quarantined: [],
            withdrawn: [],
            unsettled: new Map(),
          });
          expect(await started.ledger.openEntries()).toEqual([]);
        }
      }
      isOver = true;
      await reading;

      expect(failures).toEqual([]);
      expect(kills).toBeGreaterThan(isShort ? 3 / (isSparse ? 2 : 1) : 10);
      expect((await world.ledger.readMarts())[0]).toMatchObject({ stage: 'logical' });
    }, 240_000);

    it('goes on by looking when the answer of a flip or of its record is lost', async () => {
      expect(await codes(create, build(1, 'promote', subject))).toEqual(['DONE', 'DONE']);
      const found: (string | undefined)[] = [];
      // The view is replaced by the fifth write, behind the lease's two, the journal's and the intent.
      for (const write of isShort ? [5] : [4, 5, 6, 7, 8]) {
        const { outcome } = await dieIn(toVersion(1, START + DAY - write, subject), {
          after: write,
          how: 'lost',
        });
        found.push(outcome?.steps[0]?.code);
      }

      expect(found).toContain('DONE_BY_LOOKING');
      const started = await workOn(world, { subject, now: START });
      await resumeInterrupted(started.work);
      expect(await guardMarts(started.work)).toEqual({
        quarantined: [],
        withdrawn: [],
        unsettled: new Map(),
      });
      expect((await world.ledger.readMarts())[0]?.current?.version).toBe(1);
    });

    it('is built and flipped through throttling, outages and lost answers', async () => {
      const { trouble = {} } = world;
      const kinds = Object.keys(trouble);
      await world.apply([create]);
      const done: string[] = [];
      for (const [at, kind] of kinds.entries()) {
        const version = at + 1;
        trouble[kind]?.(/create\s+(transient\s+)?table/i);
        const built = await inTwo(build(version, 'refresh', subject));
        trouble[kind]?.(/create\s+or\s+replace\s+view/i);
        const flipped = await inTwo(toVersion(version, START + DAY, subject));
        done.push(`${kind}: ${built}, ${flipped}`);
        expect(await total()).toEqual([400]);
      }

      expect(kinds.length).toBeGreaterThan(2);
      expect(done).toEqual(kinds.map((kind) => `${kind}: DONE, DONE`));
      expect(await guardMarts(world.work)).toEqual({
        quarantined: [],
        withdrawn: [],
        unsettled: new Map(),
      });
      expect((await world.ledger.readMarts())[0]?.current?.version).toBe(kinds.length);
    });

    it('is not built while a source changes, and nothing of it is left', async () => {
      await world.apply([create]);
      let changes = 0;

      const outcome = await world.apply([build(1, 'promote', subject)], {
        faults: async ({ moment, nth }) => {
          if (moment === 'inside' && nth === 2) {
            changes += 1;
            await world.people(`insert into ${subject.schema}.orders values (400, 3, 1)`);
            await world.people(`delete from ${subject.schema}.orders where id = 400`);
          }
        },
      });

      expect(changes).toBe(1);
      expect(outcome.steps[0]?.code).toBe('SOURCES_MOVED');
      const table = versionTable(1, subject);
      const catalog = await world.connector.readCatalog({ purpose: 'catalog' });
      expect(catalog.map(({ id }) => id)).not.toContain(table);
      expect(await codes(build(1, 'promote', subject))).toEqual(['DONE']);
    });

    it('follows a column that was renamed, killed behind any write, and readers see nothing of it', async () => {
      const [customers] = sources;
      const column = (name: string, place: number) => ({ name: idOf(subject, name), place });
      const usedColumns: Fresh['freshness']['usedColumns'] = async ({ sql }, source) =>
        source === customers
          ? [column('id', 0), column(sql.includes('sales_region') ? 'sales_region' : 'region', 1)]
          : [column('customer_id', 1), column('amount', 2)];
      const freshness = { usedColumns };
      const life = [create, build(1, 'promote', subject), toVersion(1, START + DAY, subject)];
      await world.apply(life, { freshness });
      await world.people(
        `alter table ${subject.schema}.customers rename column region to sales_region`,
      );
      const followed = {
        ...definition,
        sql: definition.sql
          .replace('select c.region', 'select c.sales_region as region')
          .replace('by c.region', 'by c.sales_region'),
      };
      const follow: Action = {
        kind: 'follow-source',
        mart: sales,
        from: digestOf(definition),
        definition: followed,
        change: 'customers.region is now called sales_region',
        proof: 'same-answers',
      };
      let kills = 0;
      for (const after of deaths([5, 6])) {
        const { outcome } = await dieIn(follow, { after, how: 'killed', freshness });
        expect(await total()).toEqual([400]);
        if (outcome !== undefined) {
          expect(['DONE', 'DONE_BEFORE']).toContain(outcome.steps[0]?.code);
          break;
        }
        kills += 1;
        const started = await workOn(world, { subject, now: START });
        await resumeInterrupted(started.work);
        expect(await guardMarts(started.work)).toEqual({
          quarantined: [],
          withdrawn: [],
          unsettled: new Map(),
        });
        if ((await world.ledger.readMarts())[0]?.definition.sql === followed.sql) {
          break;
        }
      }

      expect(kills).toBeGreaterThan(isSparse ? 0 : 1);
      expect((await world.ledger.readMarts())[0]).toMatchObject({
        stage: 'physical',
        definition: followed,
        current: { version: 1 },
        former: [{ digest: digestOf(definition) }],
      });
      expect(await world.ledger.openEntries()).toEqual([]);
      const { apply } = await workOn(world, { subject, now: START });
      const next = [build(2, 'refresh', subject), toVersion(2, START + DAY, subject)];
      const { because } = await apply(next, { freshness });
      expect(because).toBe('all 2 steps are done');
      expect(await total()).toEqual([400]);
    });

    it('follows as a view by the statement that was seen alone, and is found to have followed', async () => {
      await world.apply([create]);
      await world.people(
        `alter table ${subject.schema}.customers rename column region to sales_region`,
      );
      const followed = {
        ...definition,
        sql: definition.sql
          .replace('select c.region', 'select c.sales_region as region')
          .replace('by c.region', 'by c.sales_region'),
      };
      const follow = {
        kind: 'follow-source',
        mart: sales,
        from: digestOf(definition),
        definition: followed,
        change: 'customers.region is now called sales_region',
      } as const;

      expect(await codes({ ...follow, proof: 'same-answers' })).toEqual(['NOT_COMPARABLE']);
      // The view is replaced by the fifth write, behind the lease's two, the journal's and the intent.
      await dieIn({ ...follow, proof: 'statement-seen' }, { after: 5, how: 'killed' });
      expect(await total()).toEqual([400]);
      const started = await workOn(world, { subject, now: START });
      const { steps } = await resumeInterrupted(started.work);

      expect(steps.map(({ outcome, detail }) => [outcome, detail])).toEqual([
        ['done', expect.stringContaining('follows its sources')],
      ]);
      expect((await world.ledger.readMarts())[0]).toMatchObject({ definition: followed });
      expect(await guardMarts(started.work)).toEqual({
        quarantined: [],
        withdrawn: [],
        unsettled: new Map(),
      });
    });

    it('is filled in steps, killed behind any write: no range is left out, and none is there twice', async () => {
      const { mart, table, sql, fill, finish } = longBuild(subject);
      await world.apply([mart]);
      const kept = () => unfinishedOf(mart.mart);
      let kills = 0;
      // Behind the first range, its second try, and the second one: each before the ledger tells of it.
      for (const after of deaths([6, 5, 7])) {
        const { outcome } = await dieIn(fill, { after, how: 'killed' });
        if (outcome !== undefined) {
          expect(['DONE', 'DONE_BEFORE']).toContain(outcome.steps[0]?.code);
          break;
        }
        kills += 1;
        const started = await workOn(world, { subject, now: START });
        await resumeInterrupted(started.work);
      }
      expect((await kept())?.unfinished?.filled).toHaveLength(5);

      await world.people(
        `update ${subject.schema}.orders set amount = amount + 1 where customer_id = 7`,
      );
      // Killed between taking the changed range out and adding it again.
      await dieIn(finish, { after: 5, how: 'killed' });
      await resumeInterrupted((await workOn(world, { subject, now: START })).work);
      const { apply } = await workOn(world, { subject, now: START });
      const { steps } = await apply([finish]);

      expect(kills).toBeGreaterThan(isSparse ? 0 : 2);
      expect(steps[0]?.detail).toContain('filled in 5 steps, 1 of them again');
      const right = await world.rows(`${sql} order by 1`);
      expect(await world.rows(`select * from ${table} order by 1`)).toEqual(right);
      expect(await kept()).not.toHaveProperty('unfinished');
    });

    it('does not fill a range twice where what was sent goes on after the kill', async () => {
      const { mart, table, sql, fill, finish } = longBuild(subject);
      await world.apply([mart]);
      const insert = new RegExp(`insert into \\S*${relationParts(table).name}`, 'i');
      const held = world.hold?.(insert);
      const { ended } = await dieIn(fill, { after: insert, how: 'killed' });
      await held?.begun;

      const started = await workOn(world, { subject, now: START });
      const { steps, waiting } = await resumeInterrupted(started.work);
      if (subject.onlyWaits === true) {
        expect([...waiting.values()]).toEqual([
          {
            code: 'STILL_RUNNING',
            because: expect.stringMatching(
              /^a statement of the fill-version of \S+ .* still runs in /,
            ),
          },
        ]);
        const refused = await started.apply([fill], { waiting });
        expect(refused.steps.map(({ code }) => code)).toEqual(['STILL_RUNNING']);
        held?.letGo();
        await ended;
        expect((await resumeInterrupted(started.work)).waiting.size).toBe(0);
      } else {
        expect(steps.map(({ detail }) => detail)).toEqual([expect.stringContaining('1 of 5')]);
      }
      const filled = await started.apply([fill]);
      held?.letGo();
      await ended;
      const finished = await started.apply([finish]);

      expect([filled.because, finished.because]).toEqual(Array(2).fill('its one step is done'));
      const right = await world.rows(`${sql} order by 1`);
      expect(await world.rows(`select * from ${table} order by 1`)).toEqual(right);
    });

    it('is given up as it stands, killed behind any write, and its readers keep their rows', async () => {
      const table = versionTable(1, subject);
      await world.apply([create, build(1, 'promote', subject)]);
      const release: Action = { kind: 'release-mart', mart: sales, asItStands: true };
      expect(await codes(release)).toEqual(['NOT_HELD']);
      const because = 'customers is gone';
      await world.apply([
        toVersion(1, START + DAY, subject),
        { kind: 'hold-version', mart: sales, version: 1, table, because },
      ]);

      let kills = 0;
      for (const after of deaths([4])) {
        const { outcome } = await dieIn(release, { after, how: 'killed' });
        kills += outcome === undefined ? 1 : 0;
        const started = await workOn(world, { subject, now: START });
        expect(await resumeInterrupted(started.work)).toMatchObject({ dropped: [], left: [] });
        expect(await total()).toEqual([400]);
        if ((await world.ledger.readMarts()).length === 0) {
          break;
        }
      }

      expect(kills).toBeGreaterThan(0);
      expect(await world.ledger.readMarts()).toEqual([]);
      expect(await world.ledger.openEntries()).toEqual([]);
    });

    it('keeps the grants on its view, and is not published to who may not read its sources', async () => {
      const { access } = world.connector.wording;
      const grant = {
        grantee: subject.analysts,
        privilege: access?.reading ?? 'SELECT',
        grantable: false,
        column: undefined,
      };
      const give = async (relation: RelationId, on: 'table' | 'view') =>
        world.connector.execute(access?.grant({ ...grant, on }, relation) ?? '', {
          purpose: 'publish',
        });
      const grants = async () => world.rows(access?.grants(sales) ?? '');
      await world.apply([create, build(1, 'promote', subject)]);
      await give(sales, 'view');
      const before = await grants();

      expect(await codes(toVersion(1, START + DAY, subject))).toEqual(['WIDER_EYES']);
      for (const source of sources) {
        await give(source, 'table');
      }
      world.clock.turnTo(START + HOUR);
      expect(await codes(toVersion(1, START + DAY, subject))).toEqual(['DONE']);

      expect(before).toHaveLength(1);
      expect(await grants()).toEqual(before);
      const onTable = await world.rows(access?.grants(versionTable(1, subject)) ?? '');
      expect(onTable).toEqual(access?.readsAsReader === true ? before : []);
      expect(await codes(toLogicalOf(subject))).toEqual(['DONE']);
      expect(await grants()).toEqual(before);
    });

    it('stays a view over a source with a policy', async () => {
      const [source] = sources;
      await world.apply([create]);
      await world.people(subject.policyOn(source ?? sales));

      const outcome = await world.apply([build(1, 'promote', subject)]);

      expect(outcome.steps[0]?.code).toBe('ROW_POLICIES');
    });

    it('is refused what takes several statements that readers must see at once', async () => {
      const table = idOf(subject, 'gold_data.report__v1');
      const mart = idOf(subject, 'gold.report');
      const taken = { ...definition, relation: mart, origin: 'adopted' } as const;
      const freshUntil = START + DAY;

      expect(
        await codes({
          kind: 'adopt-table',
          mart,
          definition: taken,
          version: 1,
          table,
          freshUntil,
        }),
      ).toEqual(['NOT_ONE_STATEMENT']);
    });

    it('leaves a view that somebody else redefined alone, whatever was intended', async () => {
      await world.apply([create, build(1, 'promote', subject)]);
      await dieIn(toVersion(1, START + DAY, subject), { after: 4, how: 'killed' });
      await world.people(
        `create or replace view ${sales} as select 'x' as region, cast(1 as bigint) as orders, cast(1 as decimal(38, 2)) as amount`,
      );

      const started = await workOn(world, { subject, now: START });
      await resumeInterrupted(started.work);
      const { quarantined } = await guardMarts(started.work);

      expect(quarantined.map(({ restored }) => restored)).toEqual([false]);
      expect(await world.rows(`select region from ${sales}`)).toEqual([['x']]);
    });
  });
}

/** A mart that is filled in five steps. */
function longBuild(subject: StagedSubject) {
  const mart = idOf(subject, 'gold.by_customer');
  const table = idOf(subject, 'gold_data.by_customer__v1');
  const sales = salesDefinition(subject);
  const [, orders = mart] = sales.sources;
  const column = idOf(subject, 'customer_id');
  const { integer } = subject.types;
  const sql = `select o.customer_id, count(*) as orders, sum(o.amount) as amount from ${subject.schema}.orders as o group by o.customer_id`;
  const definition = {
    ...sales,
    relation: mart,
    sql,
    columns: sales.columns.map((each, at) => (at === 0 ? { name: column, type: integer } : each)),
    sources: [orders],
    obligations: [],
  };
  const budget = { cpuMs: 60_000, bytes: 1_000_000 };
  const of = { mart, version: 1, table, budget };
  const by = { column, type: integer, source: orders, onSource: 'customer_id' };
  return {
    table,
    sql,
    mart: { kind: 'create-mart', mart, definition },
    fill: { kind: 'fill-version', ...of, by, rowsPerStep: 100, clusteredBy: [column] },
    finish: { kind: 'build-version', ...of, reason: 'refresh', replay: [], minimumGain: 0 },
  } as const satisfies Record<string, unknown> & Record<'mart' | 'fill' | 'finish', Action>;
}
