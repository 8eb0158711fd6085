import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { guardMarts } from '../../src/materializer/quarantine.ts';
import { resumeInterrupted } from '../../src/materializer/resume.ts';
import {
  createWide,
  dropWide,
  markWide,
  slimWide,
  toWide,
  WIDE,
  wideBuild,
  wideToLogical,
} from './wide-mart.ts';
import { DAY, openWorkshop, START, type Workshop } from './workshop.ts';

const ANSWERING = 'select id, amount, region from gold.wide_orders order by all';

describe('a slim version', () => {
  let shop: Workshop;

  beforeEach(async () => {
    shop = await openWorkshop();
    await shop.run('insert into main.orders values (1000, 999, 1), (1001, null, 2)');
    await shop.apply([createWide, wideBuild(1), toWide(1)]);
  });
  afterEach(() => shop.close());

  const described = () => shop.rows('describe gold.wide_orders');

  it('gives stored and packed attributes as before, and an error for whoever names a tombstone', async () => {
    const before = { answers: await shop.rows(ANSWERING), columns: await described() };

    const outcome = await shop.apply([wideBuild(2, { slim: slimWide(2) }), toWide(2)]);

    expect(outcome.because).toBe('all 2 steps are done');
    expect({ answers: await shop.rows(ANSWERING), columns: await described() }).toEqual(before);
    expect(await shop.rows('select count(*) from gold.wide_orders')).toEqual([['402']]);
    await expect(shop.rows('select note from gold.wide_orders')).rejects.toMatchObject({
      cause: { message: expect.stringContaining('note of gold.wide_orders was pruned') },
    });
    expect(await guardMarts(shop.work)).toEqual({
      quarantined: [],
      withdrawn: [],
      unsettled: new Map(),
    });
    expect(await resumeInterrupted(shop.work)).toMatchObject({ steps: [], dropped: [], left: [] });

    await shop.apply([wideToLogical]);

    expect(await shop.rows('select note from gold.wide_orders where id = 7')).toEqual([['note 7']]);
  });

  it('is not published when a pack answers wrongly', async () => {
    const wrong = slimWide(2);
    const [pack] = wrong.packs;
    const shifted = { ...pack, sql: pack?.sql.replace('+ 1 as pos', 'as pos') ?? '' };

    const outcome = await shop.apply([
      wideBuild(2, {
        slim: { ...wrong, packs: [{ ...slimWide(2).packs[0], ...shifted } as never] },
      }),
    ]);

    expect(outcome.steps[0]).toMatchObject({ outcome: 'failed', code: 'CHECK_SAME_CHECKSUMS' });
    expect(outcome.because).toContain('region differ');
    expect(
      await shop.rows(
        "select count(*) from information_schema.tables where table_name like 'wide_orders__v2%'",
      ),
    ).toEqual([['0']]);
  });

  it('is not entered when it saves too little, measured side by side', async () => {
    const outcome = await shop.apply([wideBuild(2, { slim: slimWide(2), minimumCut: 0.999 })]);

    expect(outcome.steps[0]).toMatchObject({
      code: 'CUT_TOO_SMALL',
      evidence: { pairs: 5, needed: 0.999 },
    });
    expect(outcome.because).toMatch(/takes -?[\d.]+ % less thread time, and 99.9 % are needed/);
  });

  it('tells what it saves', async () => {
    const outcome = await shop.apply([wideBuild(2, { slim: slimWide(2), minimumCut: -100 })]);

    expect(outcome.because).toBe('its one step is done');
    expect(outcome.steps[0]?.evidence).toMatchObject({
      cutPairs: 5,
      cut: expect.any(Number),
      refreshCpuMsBefore: expect.any(Number),
      refreshCpuMsAfter: expect.any(Number),
    });
  });

  it('is quarantined when somebody writes to its rows or a pack, or redefines its view', async () => {
    for (const foreign of [
      'update gold_data.wide_orders__v2__rows set amount = 0 where id = 3',
      'update gold_data.wide_orders__v2__pack_1 set region = list_reverse(region)',
      'create or replace view gold_data.wide_orders__v2 as select id, amount, null::varchar as region, null::varchar as note from gold_data.wide_orders__v2__rows',
    ]) {
      await shop.close();
      shop = await openWorkshop();
      await shop.apply([
        createWide,
        wideBuild(1),
        toWide(1),
        wideBuild(2, { slim: slimWide(2) }),
        toWide(2),
      ]);
      const right = await shop.rows(ANSWERING);
      await shop.run(foreign);

      expect(await guardMarts(shop.work), foreign).toMatchObject({
        quarantined: [{ relation: WIDE, restored: true }],
      });
      expect(await shop.rows(ANSWERING)).toEqual(right);
    }
  });

  it('is handed over whole when its quarantined mart is released, and no next start drops any of it', async () => {
    await shop.apply([wideBuild(2, { slim: slimWide(2) }), toWide(2)]);
    await shop.run('update gold_data.wide_orders__v2__rows set amount = 0 where id = 3');
    await guardMarts(shop.work);

    const outcome = await shop.apply([{ kind: 'release-mart', mart: WIDE }]);

    expect(outcome.because).toBe('its one step is done');
    expect(outcome.steps[0]?.detail).toMatch(
      /with .*wide_orders__v1, .*wide_orders__v2, .*__v2__rows, .*__pack_1 for people/,
    );
    expect(await resumeInterrupted(shop.work)).toMatchObject({ dropped: [], left: [] });
    expect(await shop.rows('select count(*) from gold_data.wide_orders__v2')).toEqual([['402']]);
  });

  it('is dropped whole after its grace', async () => {
    await shop.apply([wideBuild(2, { slim: slimWide(2) }), toWide(2), wideToLogical]);
    shop.clock.turnTo(START + 7 * DAY);

    const outcome = await shop.apply([dropWide(1), dropWide(2)]);

    expect(outcome.because).toBe('all 2 steps are done');
    expect(
      await shop.rows(
        "select count(*) from information_schema.tables where table_name like 'wide_orders__%'",
      ),
    ).toEqual([['0']]);
  });

  it('notes where attributes stand, and refuses a note made for another state', async () => {
    const announce = {
      name: 'note',
      from: 'kept',
      to: 'announced',
      because: 'nobody named it',
    } as const;
    await shop.apply([markWide([announce])]);

    expect(await shop.ledger.readMarts()).toMatchObject([
      { pruned: [{ name: 'note', stage: 'announced', since: START, because: 'nobody named it' }] },
    ]);
    const again = await shop.apply([markWide([{ ...announce, to: 'hidden' }])]);

    expect(again.steps[0]).toMatchObject({ code: 'ATTRIBUTE_MOVED' });
    const unknown = await shop.apply([markWide([{ ...announce, name: 'nope' }])]);

    expect(unknown.steps[0]).toMatchObject({ code: 'ATTRIBUTE_UNKNOWN' });
    await shop.apply([markWide([{ ...announce, from: 'announced', to: 'kept' }])]);

    expect((await shop.ledger.readMarts())[0]?.pruned).toBeUndefined();
  });
});
