import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { guardMarts } from '../../src/materializer/quarantine.ts';
import {
  ADOPTED_TABLE_SEED,
  adoptTable,
  dropReportV1,
  releaseReport,
  reportToLogical,
} from './scenarios.ts';
import { DAY, id, openWorkshop, START, type Workshop } from './workshop.ts';

const REPORT = 'select * from gold.report order by all';

describe('a table that is taken over', () => {
  let shop: Workshop;

  beforeEach(async () => {
    shop = await openWorkshop();
    for (const statement of ADOPTED_TABLE_SEED) {
      await shop.run(statement);
    }
  });
  afterEach(() => shop.close());

  const kind = async () =>
    (
      await shop.rows(
        "select table_type from information_schema.tables where table_schema = 'gold' and table_name = 'report'",
      )
    )[0]?.[0];

  const face = async () => ({
    columns: await shop.rows('describe gold.report'),
    answers: await shop.rows(REPORT),
    dependents: await shop.rows('select * from gold.report_total'),
    said: await shop.rows(
      "select table_comment from information_schema.tables where table_name = 'report' union all select column_comment from information_schema.columns where table_name = 'report' and column_comment is not null",
    ),
  });

  it('is the first version behind a view of its name, with the same answers, readers and comments', async () => {
    const before = await face();

    const outcome = await shop.apply([adoptTable]);

    expect(outcome.because).toBe('its one step is done');
    expect(outcome.steps[0]?.evidence).toEqual({ rows: 4, columns: 2, dependents: 1 });
    expect(await kind()).toBe('VIEW');
    expect(await face()).toEqual(before);
    expect(await shop.ledger.readMarts()).toMatchObject([
      { stage: 'physical', was: 'table', current: { version: 1, rows: 4 }, hidden: [] },
    ]);
    expect(await guardMarts(shop.work)).toEqual({
      quarantined: [],
      withdrawn: [],
      unsettled: new Map(),
    });
  });

  it('is a table again once it is released, with what its definition says by then', async () => {
    const before = await face();
    await shop.apply([adoptTable, reportToLogical]);
    await shop.run("insert into main.customers values (99, 'r0')");
    shop.clock.turnTo(START + 7 * DAY);

    const released = await shop.apply([dropReportV1, releaseReport]);

    expect(released.because).toBe('all 2 steps are done');
    expect(released.steps[1]?.detail).toBe(
      'w.gold.report is a table again, as its definition has it now, and no longer ours: whoever built it before has to refresh it',
    );
    expect(await kind()).toBe('BASE TABLE');
    const after = await face();
    expect({ columns: after.columns, said: after.said }).toEqual({
      columns: before.columns,
      said: before.said,
    });
    expect(after.answers).toEqual([
      ['r0', '6'],
      ['r1', '5'],
      ['r2', '5'],
      ['r3', '5'],
    ]);
    expect(await shop.ledger.readMarts()).toEqual([]);
  });

  it('stays where it is when its definition gives other rows now', async () => {
    await shop.run("insert into main.customers values (99, 'r0')");

    const outcome = await shop.apply([adoptTable]);

    expect(outcome.steps[0]).toMatchObject({ code: 'ANSWERS_DIFFER', outcome: 'failed' });
    expect(outcome.because).toContain(
      'w.gold.report does not hold what the definition handed over gives now (let its own job build it a last time, or correct the definition): customers differ',
    );
    expect(await kind()).toBe('BASE TABLE');
    expect(
      await shop.rows("select * from information_schema.tables where table_schema = 'gold_data'"),
    ).toEqual([]);
    expect(outcome.work.map(({ kind: of }) => of)).toContain('failed-build');
  });

  it.for([
    [
      'alter table gold.report alter column customers set not null',
      'has 1 constraints (keys, checks, not null), which a view cannot keep',
    ],
    ['create index by_region on gold.report (region)', 'has 1 indexes, which a view cannot keep'],
    [
      'alter table gold.report alter column customers set default 0',
      'has 1 columns with a default or generated, which a view cannot keep',
    ],
  ] as const)('stays where it is after `%s`', async ([sql, because]) => {
    await shop.run(sql);

    const outcome = await shop.apply([adoptTable]);

    expect(outcome.steps[0]).toMatchObject({ code: 'KEPT_BY_TABLE_ONLY' });
    expect(outcome.because).toContain(because);
    expect(await kind()).toBe('BASE TABLE');
  });

  it('stays where it is when the definition has other types or names', async () => {
    const { definition } = adoptTable;
    const sql = definition.sql.replace('count(*)', 'count(*)::integer');

    const outcome = await shop.apply([{ ...adoptTable, definition: { ...definition, sql } }]);

    expect(outcome.steps[0]).toMatchObject({ code: 'COLUMNS_DIFFER' });
    expect(await kind()).toBe('BASE TABLE');
  });

  it('stays where it is when nobody listed it, and when the place for its rows is taken', async () => {
    const unlisted = await shop.apply([adoptTable], { adoptable: new Set() });
    await shop.run('create schema gold_data');
    await shop.run('create table gold_data.report__v1 as select 1 as x');
    const taken = await shop.apply([adoptTable]);

    expect(unlisted.steps[0]).toMatchObject({ code: 'CAP_ADOPTABLE_ONLY' });
    expect(taken.steps[0]).toMatchObject({ code: 'NAME_TAKEN' });
    expect(await kind()).toBe('BASE TABLE');
  });

  it('is not promised to be fresh for longer than its bound', async () => {
    const outcome = await shop.apply([{ ...adoptTable, freshUntil: START + 3 * DAY }]);

    expect(outcome.steps[0]).toMatchObject({ code: 'BEYOND_BOUND' });
    expect(await kind()).toBe('BASE TABLE');
  });

  it('is quarantined with its definition as a view when somebody writes to where its rows lie', async () => {
    await shop.apply([adoptTable]);
    await shop.run("insert into gold_data.report__v1 values ('r9', 1)");

    const { quarantined } = await guardMarts(shop.work);

    expect(quarantined).toMatchObject([{ relation: id('w.gold.report'), restored: true }]);
    expect(await shop.rows('select count(*) from gold.report')).toEqual([['4']]);
  });
});
