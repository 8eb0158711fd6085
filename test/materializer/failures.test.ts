import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FaultPoint } from '../../src/materializer/faults.ts';
import { resumeInterrupted } from '../../src/materializer/resume.ts';
import {
  aBuild,
  aDefinition,
  create,
  id,
  openWorkshop,
  replayPorts,
  SALES,
  toVersion,
  type Workshop,
} from './workshop.ts';

const READERS = 'select * from gold.sales_by_region order by all';

/** Nothing visible, nothing hidden, nothing open: as if the build had never been tried. */
async function expectNothingLeft(shop: Workshop): Promise<void> {
  expect(
    await shop.rows(
      "select table_name from information_schema.tables where table_schema = 'gold_data'",
    ),
  ).toEqual([]);
  expect(await shop.ledger.openEntries()).toEqual([]);
  expect(await shop.ledger.readMarts()).toMatchObject([{ stage: 'logical', hidden: [] }]);
}

function when(nth: number, work: () => Promise<void> | void) {
  return async (point: FaultPoint) => {
    if (point.verb === 'build-version' && point.nth === nth) {
      await work();
    }
  };
}

describe('a build that goes wrong', () => {
  let shop: Workshop;

  beforeEach(async () => {
    shop = await openWorkshop();
    await shop.apply([create]);
  });
  afterEach(() => shop.close());

  it('says in one sentence that a source vanished before it, and leaves nothing', async () => {
    await shop.run('drop table main.orders');

    const outcome = await shop.apply([aBuild()]);

    expect(outcome.because).toBe(
      `stopped at build-version of ${SALES}: test: the warehouse has no such relation (any more); check the name, or run the next cycle (Table with name orders)`,
    );
    await expectNothingLeft(shop);
  });

  it('is not published when a source vanishes while it runs', async () => {
    const faults = when(1, () => shop.run('drop table main.orders'));

    const outcome = await shop.apply([aBuild(), toVersion()], { faults });

    expect(outcome.steps.map(({ outcome: how }) => how)).toEqual(['failed', 'skipped']);
    expect(outcome.because).toContain('none of 1 statement could be replayed on both sides');
    expect(outcome.because).toContain('no such relation');
    await expectNothingLeft(shop);
  });

  it('is not published when a source moves between build and replay, and says by how much', async () => {
    const faults = when(7, () => shop.run('insert into main.orders values (1000, 1, 5)'));

    const outcome = await shop.apply([aBuild()], { faults });

    expect(outcome.because).toContain(
      `the sources of ${SALES} moved between its build and the replay: w.main.orders had 400 rows and has 401`,
    );
    await expectNothingLeft(shop);
  });

  it('is undone when it is cancelled, and says so', async () => {
    const cancel = new AbortController();
    const faults = when(3, () => cancel.abort());

    const outcome = await shop.apply([aBuild(), toVersion()], { faults, signal: cancel.signal });

    expect(outcome.because).toContain(`${SALES} was cancelled and what it began was undone`);
    expect(outcome.steps.map(({ code }) => code)).toEqual(['CANCELLED', 'NOT_BEGUN']);
    expect(outcome.work).toMatchObject([{ kind: 'failed-build', isCancelled: true }]);
    await expectNothingLeft(shop);
  });

  it('is undone when it is cancelled after the hidden table was committed', async () => {
    const cancel = new AbortController();
    const faults = when(7, () => cancel.abort());

    const outcome = await shop.apply([aBuild()], { faults, signal: cancel.signal });

    expect(outcome.steps[0]).toMatchObject({ code: 'CANCELLED', outcome: 'failed' });
    await expectNothingLeft(shop);
  });

  it('runs out of memory with one sentence, and leaves nothing', async () => {
    await shop.run("set memory_limit = '12MB'");
    await shop.run("set max_temp_directory_size = '0B'");
    const definition = aDefinition({
      relation: id('w.gold.heavy'),
      sql: 'select list(a.id * b.id order by a.id) as region from w.main.orders a, w.main.orders b, w.main.customers c',
      columns: [{ name: 'region', type: 'BIGINT[]' }],
      obligations: [],
    });
    const heavy = aBuild({ mart: definition.relation, table: id('w.gold_data.heavy__v1') });

    const outcome = await shop.apply([
      { kind: 'create-mart', mart: definition.relation, definition },
      heavy,
    ]);

    expect(outcome.because).toMatch(
      /^stopped at build-version of w\.gold\.heavy: test: the warehouse ran out of (memory|disk space)/,
    );
    expect(
      await shop.rows("select 1 from information_schema.tables where table_schema = 'gold_data'"),
    ).toEqual([]);
  });

  it('costs no more than its budget, and says what it took', async () => {
    const outcome = await shop.apply([aBuild({ budget: { cpuMs: 0, bytes: 1_000 } })]);

    expect(outcome.steps[0]?.code).toBe('CHECK_WITHIN_BUDGET');
    expect(outcome.because).toMatch(
      /building and proving took \d+ ms of cpu time, 0 ms were allowed/,
    );
    await expectNothingLeft(shop);
  });

  it("does not build into a table that is somebody else's", async () => {
    await shop.run('create schema gold_data');
    await shop.run('create table gold_data.sales_by_region__v1 as select 42 as theirs');

    const outcome = await shop.apply([aBuild()]);

    expect(outcome.steps[0]?.code).toBe('NAME_TAKEN');
    expect(await shop.rows('select * from gold_data.sales_by_region__v1')).toEqual([[42]]);
  });

  it('skips statements that fail on base or answer differently each time, and proves with the others', async () => {
    const texts = new Map([
      ['bad', 'select 1 / nothing'],
      ['random', 'select random() as r from w.main.orders'],
      ['good', `select sum(amount) as a from (${aDefinition().sql})`],
    ]);
    const replay = replayPorts({
      fetchTexts: async (ids) => new Map([...texts].filter(([one]) => ids.includes(one))),
      rewriteForReplay: async (_f, text, { table }) => ({
        base: text,
        served: text.startsWith('select sum') ? `select sum(amount) as a from ${table}` : text,
      }),
    });
    const samples = ['bad', 'random', 'gone', 'good'];

    const outcome = await shop.apply(
      [aBuild({ replay: samples.map((one) => ({ fingerprint: one, sampleIds: [one] })) })],
      { replay },
    );

    expect(outcome.because).toBe('its one step is done');
    expect(outcome.steps[0]?.evidence).toMatchObject({ replayed: 1 });
  });
});

const canMount = process.platform === 'linux' && process.getuid?.() === 0;

describe.runIf(canMount)('a build on a full disk', () => {
  it('says so in one sentence, keeps readers on their answers, and is clean after the next start with some space', async ({
    skip,
  }) => {
    const folder = mkdtempSync(join(tmpdir(), 'goldsmith-disk-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'none', folder], { stdio: 'ignore' });
    } catch {
      rmdirSync(folder);
      skip('mounting a small file system is not allowed here');
      return;
    }
    const shop = await openWorkshop({ path: join(folder, 'w.duckdb') });
    try {
      const definition = aDefinition({
        relation: id('w.gold.wide'),
        sql: "select a.id as id, md5(concat(a.id, '-', b.id)) as text from w.main.orders a, w.main.orders b, range(10) c",
        columns: [
          { name: 'id', type: 'BIGINT' },
          { name: 'text', type: 'VARCHAR' },
        ],
        obligations: [],
      });
      await shop.apply([create]);
      const before = await shop.rows(READERS);
      const outcome = await shop.apply([
        { kind: 'create-mart', mart: definition.relation, definition },
        aBuild({
          mart: definition.relation,
          table: id('w.gold_data.wide__v1'),
          reason: 'refresh',
          replay: [],
          budget: { cpuMs: 60_000, bytes: 1e9 },
        }),
      ]);

      expect(outcome.because).toContain('the warehouse ran out of disk space');
      expect(await shop.rows(READERS)).toEqual(before);
      execFileSync('mount', ['-o', 'remount,size=12m', folder]);
      await resumeInterrupted(shop.work);
      expect(await shop.ledger.openEntries()).toEqual([]);
      expect(
        await shop.rows("select 1 from information_schema.tables where table_schema = 'gold_data'"),
      ).toEqual([]);
    } finally {
      await shop.close();
      execFileSync('umount', [folder]);
      rmdirSync(folder);
    }
  });
});
