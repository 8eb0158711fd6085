import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { guardMarts } from '../../src/materializer/quarantine.ts';
import { resumeInterrupted } from '../../src/materializer/resume.ts';
import {
  ADOPTED_SEED,
  adopt,
  buildReport,
  dropReportV1,
  releaseReport,
  reportToLogical,
  reportToVersion,
} from './scenarios.ts';
import {
  aBuild,
  aDefinition,
  create,
  DAY,
  dropV1,
  id,
  openWorkshop,
  release,
  SALES,
  START,
  toLogical,
  toVersion,
  type Workshop,
} from './workshop.ts';

const REPORT = 'select * from gold.report order by all';
const READERS = 'select * from gold.sales_by_region order by all';

describe('what is ours', () => {
  let shop: Workshop;

  beforeEach(async () => {
    shop = await openWorkshop();
    for (const statement of ADOPTED_SEED) {
      await shop.run(statement);
    }
  });
  afterEach(() => shop.close());

  const viewText = async (name: string) =>
    (
      await shop.rows(
        `select view_definition from information_schema.views where table_name = '${name}'`,
      )
    )[0]?.[0];

  const comments = () =>
    shop.rows(
      "select table_comment from information_schema.tables where table_name = 'report' union all select column_comment from information_schema.columns where table_name = 'report' and column_comment is not null",
    );

  it('takes a view over and gives it back word for word, comments and all', async () => {
    const before = {
      text: await viewText('report'),
      answers: await shop.rows(REPORT),
      said: await comments(),
    };

    const adopted = await shop.apply([adopt]);
    const physical = await shop.apply([buildReport, reportToVersion]);

    expect(adopted.because).toBe('its one step is done');
    expect(physical.because).toBe('all 2 steps are done');
    expect(await viewText('report')).toContain('gold_data.report__v1');
    expect(await shop.rows(REPORT)).toEqual(before.answers);
    expect(await comments()).toEqual(before.said);

    await shop.apply([reportToLogical]);
    shop.clock.turnTo(START + 7 * DAY);
    const released = await shop.apply([dropReportV1, releaseReport]);

    expect(released.because).toBe('all 2 steps are done');
    expect({
      text: await viewText('report'),
      answers: await shop.rows(REPORT),
      said: await comments(),
    }).toEqual(before);
    expect(await shop.ledger.readMarts()).toEqual([]);
  });

  it('does not take over a view that was redefined since the plan', async () => {
    await shop.run(
      "create or replace view gold.report as select 'x' as region, 1::bigint as customers",
    );

    const outcome = await shop.apply([adopt]);

    expect(outcome.steps[0]).toMatchObject({ code: 'VIEW_MOVED' });
    expect(await shop.ledger.readMarts()).toEqual([]);
  });

  it('does not take over a view whose definition would answer differently on its own', async () => {
    const definition = { ...(adopt.kind === 'adopt-view' ? adopt.definition : aDefinition()) };
    const sql = definition.sql.replace('count(*)', 'count(*) + 1');

    const outcome = await shop.apply([
      { ...adopt, definition: { ...definition, sql } } as typeof adopt,
    ]);

    expect(outcome.because).toContain(
      'the definition of w.gold.report does not answer as the view does: customers differ; 4 rows stand only on the left, 4 only on the right',
    );
  });

  it('keeps the views that read a mart bound and equal through a flip', async () => {
    await shop.apply([adopt, buildReport]);
    const before = await shop.rows('select * from gold.report_total');

    const flip = await shop.apply([reportToVersion]);

    expect(flip.steps[0]?.evidence).toMatchObject({ dependents: 1 });
    expect(await shop.rows('select * from gold.report_total')).toEqual(before);
  });

  it('publishes beside a reader view that was broken before, without touching it', async () => {
    await shop.run('create table main.doomed as select 1 as x');
    await shop.run('create view gold.broken as select r.*, d.x from gold.report r, main.doomed d');
    await shop.run('drop table main.doomed');
    await shop.apply([adopt, buildReport]);

    const flip = await shop.apply([reportToVersion]);

    expect(flip.because).toBe('its one step is done');
  });

  it('does not mind a reader view that answers differently each time by itself', async () => {
    await shop.run('create view gold.moody as select r.*, random() as mood from gold.report r');
    await shop.apply([adopt, buildReport]);

    const flip = await shop.apply([reportToVersion]);

    expect(flip.steps[0]).toMatchObject({ outcome: 'done', evidence: { dependents: 2 } });
  });

  it('publishes a version that is older than its sources within the bound', async () => {
    await shop.apply([adopt, buildReport]);
    await shop.run("insert into main.customers values (99, 'r1')");

    const flip = await shop.apply([reportToVersion]);

    expect(flip.because).toBe('its one step is done');
    expect(await shop.rows('select total from gold.report_total')).toEqual([['20']]);
  });

  it('does not publish a version that answers differently although nothing moved', async () => {
    await shop.apply([adopt, buildReport]);
    const record = await shop.ledger.readRecord(id('w.gold.report'), shop.connector);
    const table = 'gold_data.report__v1';
    await shop.run(`update ${table} set customers = 6 where region = 'r1'`);
    const [[rows, checksum] = []] = await shop.rows(
      `select count(*), sum(hash(c0, c1)) from ${table} as t(c0, c1)`,
    );
    if (record === undefined) {
      throw new Error('the mart stands in the ledger');
    }
    const marks = { [`w.${table}`]: { rows: Number(rows), checksum: String(checksum) } };
    await shop.ledger.writeRecord({ ...record, marks }, shop.connector);

    const flip = await shop.apply([reportToVersion]);

    expect(flip.because).toContain('w.gold.report would answer differently: customers differ');
  });

  it("does not drop a mart that somebody else's view reads", async () => {
    await shop.apply([create]);
    await shop.run('create view gold.reader as select * from gold.sales_by_region');

    const outcome = await shop.apply([release]);

    expect(outcome.because).toContain(
      'w.gold.sales_by_region is read by w.gold.reader, so it is not dropped',
    );
  });

  it('stops and gives the definition back when somebody wrote to a version', async () => {
    await shop.apply([create]);
    const right = await shop.rows(READERS);
    await shop.apply([aBuild(), toVersion()]);
    await shop.run("update gold_data.sales_by_region__v1 set amount = 0 where region = 'r1'");

    const found = await guardMarts(shop.work);

    expect(found.quarantined).toEqual([
      {
        relation: SALES,
        because:
          'somebody wrote to w.gold_data.sales_by_region__v1: the same 4 rows in number, but not in content',
        restored: true,
      },
    ]);
    expect(await shop.rows(READERS)).toEqual(right);
    const after = await shop.apply([toVersion()]);

    expect(after.steps[0]).toMatchObject({ code: 'QUARANTINED' });
    const released = await shop.apply([release]);

    expect(released.because).toBe('its one step is done');
    expect(await shop.rows(READERS)).toEqual(right);
    expect(await resumeInterrupted(shop.work)).toMatchObject({ dropped: [], left: [] });
    expect(await shop.ledger.readRefusals()).toContainEqual(
      expect.objectContaining({ code: 'FOREIGN_CHANGE' }),
    );
  });

  it('goes on from the definition, unblamed, when the engine hashes otherwise than at the build', async () => {
    await shop.apply([create]);
    const right = await shop.rows(READERS);
    await shop.apply([aBuild(), toVersion()]);
    const record = await shop.ledger.readRecord(SALES, shop.connector);
    if (record === undefined) {
      throw new Error('the mart stands in the ledger');
    }
    const [[table, mark] = ['', undefined]] = Object.entries(record.marks);
    const older = { rows: mark?.rows ?? 0, checksum: '7', hashedBy: 'an older engine' };
    await shop.ledger.writeRecord({ ...record, marks: { [table]: older } }, shop.connector);

    const found = await guardMarts(shop.work);

    expect(found).toEqual({
      quarantined: [],
      unsettled: new Map(),
      withdrawn: [
        {
          relation: SALES,
          because:
            'the engine hashes otherwise than when w.gold_data.sales_by_region__v1 was built, so nobody can tell whether its 4 rows are still what was built; it is built anew',
          restored: true,
        },
      ],
    });
    expect(await shop.rows(READERS)).toEqual(right);
    const again = await shop.apply([toVersion()]);

    expect(again.steps[0]).toMatchObject({ code: 'MARK_UNREADABLE' });
    shop.clock.turnTo(START + 7 * DAY);
    const dropped = await shop.apply([dropV1]);

    expect(dropped.because).toBe('its one step is done');
    expect(await shop.ledger.readMarts()).toMatchObject([{ stage: 'logical', hidden: [] }]);
  });

  it('gives the definition back when somebody dropped the table readers use', async () => {
    await shop.apply([create]);
    const right = await shop.rows(READERS);
    await shop.apply([aBuild(), toVersion()]);
    await shop.run('drop table gold_data.sales_by_region__v1');

    const found = await guardMarts(shop.work);

    expect(found.quarantined[0]?.because).toBe('the table w.gold_data.sales_by_region__v1 is gone');
    expect(await shop.rows(READERS)).toEqual(right);
  });

  it('tells of a mart that cannot be given its definition back now, tries again, and leaves one alone of which something still runs', async () => {
    await shop.apply([create]);
    await shop.apply([aBuild(), toVersion()]);
    await shop.run('drop table gold_data.sales_by_region__v1');
    await shop.run('alter table main.customers rename to clients');

    expect(
      await guardMarts(shop.work, {
        waiting: new Map([[SALES, { code: 'STILL_RUNNING', because: 'a statement still runs' }]]),
      }),
    ).toEqual({ quarantined: [], withdrawn: [], unsettled: new Map() });
    const { quarantined } = await guardMarts(shop.work);
    expect(quarantined).toEqual([
      {
        relation: SALES,
        because: expect.stringMatching(
          /^the table .* is gone; its readers cannot be given its definition now: /,
        ),
        restored: false,
      },
    ]);

    await shop.run('alter table main.clients rename to customers');
    expect((await guardMarts(shop.work)).quarantined).toMatchObject([{ restored: true }]);
  });

  it('leaves a view that somebody redefined as it is, stops, and tells', async () => {
    await shop.apply([create, aBuild()]);
    await shop.run("create or replace view gold.sales_by_region as select 'theirs' as region");

    const outcome = await shop.apply([toVersion()]);

    expect(outcome.steps[0]).toMatchObject({ code: 'FOREIGN_CHANGE' });
    expect(outcome.because).toContain('was redefined by somebody else');
    expect(shop.events.map(({ kind }) => kind)).toContain('quarantined');
    expect(await shop.rows('select * from gold.sales_by_region')).toEqual([['theirs']]);
    expect(await shop.ledger.readMarts()).toMatchObject([{ stage: 'quarantined' }]);
  });

  it('does not drop a hidden table that somebody wrote to', async () => {
    await shop.apply([create, aBuild(), toVersion(), toLogical]);
    await shop.run("insert into gold_data.sales_by_region__v1 values ('mine now', 1, 1)");
    shop.clock.turnTo(START + 7 * DAY);

    const outcome = await shop.apply([dropV1]);

    expect(outcome.because).toContain('4 rows were built, 5 are there');
    expect(await shop.rows('select count(*) from gold_data.sales_by_region__v1')).toEqual([['5']]);
  });

  it('does not publish over a name that is taken', async () => {
    await shop.run('create table gold.sales_by_region as select 1 as x');

    const outcome = await shop.apply([create]);

    expect(outcome.because).toContain(
      'a table named w.gold.sales_by_region exists already and is not ours',
    );
  });

  it('refuses a definition that would change what readers see of a view', async () => {
    const definition = aDefinition({ columns: [{ name: 'region', type: 'INTEGER' }] });

    const outcome = await shop.apply([{ kind: 'create-mart', mart: SALES, definition }]);

    expect(outcome.because).toContain('column region should be INTEGER, found VARCHAR');
  });

  it('drops a lost hidden table only when its journal built it', async () => {
    await shop.apply([create, aBuild()]);
    const [mart] = await shop.ledger.readMarts();
    const record = await shop.ledger.readRecord(SALES, shop.connector);
    const marker = (
      await shop.rows(
        "select table_comment from information_schema.tables where table_name = 'sales_by_region__v1'",
      )
    )[0]?.[0];
    await shop.run('create table main.copy_of_it as select * from gold_data.sales_by_region__v1');
    await shop.run(`comment on table main.copy_of_it is '${String(marker)}'`);
    if (record === undefined || mart === undefined) {
      throw new Error('the mart stands in the ledger');
    }
    await shop.ledger.writeRecord({ ...record, mart: { ...mart, hidden: [] } }, shop.connector);

    const report = await resumeInterrupted(shop.work);

    expect(report).toEqual({
      steps: [],
      dropped: [id('w.gold_data.sales_by_region__v1')],
      left: [id('w.main.copy_of_it')],
      waiting: new Map(),
    });
  });
});
