import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openBigquery } from '../../../src/connectors/bigquery/bigquery-connector.ts';
import { openJobsHistory } from '../../../src/connectors/bigquery/jobs-history.ts';
import type { Connector } from '../../../src/connectors/connector.ts';
import type { HistoryBatch, HistorySource } from '../../../src/connectors/history-row.ts';
import { everyStatementIsMetered } from '../../conformance/metered-history.ts';
import { seedJobs } from '../../servers/bigquery-jobs-seed.ts';
import { type BigqueryServer, startBigquery } from '../../servers/bigquery-server.ts';
import { targetOf } from '../../servers/bigquery-target.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const NOON = Date.UTC(2026, 5, 1, 12);

let server: BigqueryServer;
let connector: Connector;
let now: number;

beforeAll(async () => {
  server = await startBigquery();
  connector = await openBigquery(targetOf(server));
});
afterAll(() => server.stop());
beforeEach(async () => {
  now = NOON + 15 * MINUTE;
  await server.people('delete from bq_info.jobs');
});

function history(
  change: {
    hashesTexts?: boolean;
    readsKept?: boolean;
    cutAt?: number;
    connector?: Connector;
  } = {},
) {
  return openJobsHistory({
    name: 'jobs',
    connector,
    relation: '`region-eu`.INFORMATION_SCHEMA.JOBS',
    hashesTexts: true,
    lookbackDays: 1,
    now: () => now,
    ...change,
  });
}

async function readAll(source: HistorySource, position?: string) {
  const batches: HistoryBatch[] = [];
  for await (const batch of source.read(position, {})) {
    batches.push(batch);
  }
  return {
    rows: batches.flatMap(({ rows }) => rows),
    bad: batches.flatMap(({ bad }) => bad),
    position: batches.at(-1)?.position ?? position,
  };
}

/** Queries of ours since a moment that read texts, and those that do not. */
function asked(since: number) {
  const ours = server
    .jobs()
    .slice(since)
    .map(({ query }) => query);
  const texts = ours.filter((sql) => sql.includes('select j.job_id, j.query'));
  return { texts: texts.length, all: ours.length };
}

describe('the history of jobs', () => {
  it('costs what its jobs are billed: each is metered', async () => {
    await seedJobs(server, [{ id: 'a', endedAt: NOON - 30 * MINUTE }]);

    await everyStatementIsMetered({
      connector,
      open: (by) => history({ connector: by }),
      sent: () => server.jobs().length,
    });
  });

  it('tells what was answered from materialized views apart, where it is to read that', async () => {
    const endedAt = NOON - 30 * MINUTE;
    await seedJobs(server, [
      { id: 'a', endedAt },
      { id: 'b', endedAt, kept: ['gold_data.sales__v1'] },
    ]);

    const { rows } = await readAll(history({ readsKept: true }));
    const unasked = await readAll(history());

    expect(rows.map(({ runs, answeredFrom }) => [runs, answeredFrom])).toEqual([
      [1, undefined],
      [1, ['gold_data.sales__v1']],
    ]);
    expect(unasked.rows.map(({ runs, answeredFrom }) => [runs, answeredFrom])).toEqual([
      [2, undefined],
    ]);
  });

  it('tells no run twice of an hour whose groups are made otherwise once more of it is there', async () => {
    const endedAt = NOON - 30 * MINUTE;
    await seedJobs(server, [
      { id: 'a', endedAt },
      { id: 'b', endedAt, kept: ['gold_data.sales__v1'] },
    ]);
    const { position } = await readAll(history());
    await seedJobs(server, [{ id: 'late', endedAt }]);
    now += HOUR;

    const { rows, bad } = await readAll(history({ readsKept: true }), position);

    expect(rows).toEqual([]);
    expect(bad.map(({ because }) => because)).toEqual([
      '1 run was left out: they came late, and what was told of their hour is forgotten',
    ]);
  });

  it('tells the runs of an hour as one row for each hash, user, labels and outcome, with their sums', async () => {
    await seedJobs(server, [
      {
        id: 'a1',
        endedAt: NOON - 50 * MINUTE,
        query: "select 'x' from shop.t",
        labels: { team: 'ops' },
      },
      {
        id: 'a2',
        endedAt: NOON - 40 * MINUTE,
        query: "select 'y' from shop.t",
        labels: { team: 'ops' },
      },
      { id: 'b1', endedAt: NOON - 30 * MINUTE, user: 'bob@shop.example', query: 'select 2' },
    ]);

    const { rows, bad } = await readAll(history());

    expect(bad).toEqual([]);
    expect(rows.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual([
      {
        id: expect.stringMatching(/^a1@\d+~\w+\.2$/),
        text: "select 'x' from shop.t",
        endedAt: NOON - 40 * MINUTE,
        status: 'success',
        user: 'ann@shop.example',
        tags: { team: 'ops' },
        cached: false,
        runs: 2,
        cpuMs: expect.closeTo((200 / 2 ** 20) * HOUR, 6),
        durationMs: 4_000,
        bytesScanned: 200 * 2 ** 20,
      },
      expect.objectContaining({ user: 'bob@shop.example', runs: 1, tags: {} }),
    ]);
  });

  it('tells statements apart that the service hashes alike and our fingerprint does not, each with a text of its own', async () => {
    const byDay = (format: string) =>
      `select format_date('${format}', d), sum(x) from t group by 1`;
    await seedJobs(server, [
      { id: 'months', endedAt: NOON - 40 * MINUTE, query: byDay('%Y-%m') },
      ...Array.from({ length: 9 }, (_, n) => ({
        id: `days${n}`,
        endedAt: NOON - (n + 1) * MINUTE,
        query: `${byDay('%Y-%m-%d')} having sum(x) > ${n * 1000} /* run ${n} */`,
      })),
    ]);

    const { rows } = await readAll(history());
    const withoutTexts = await readAll(history({ hashesTexts: false }));

    expect(rows.map(({ runs, text }) => [runs, /%Y-%m(-%d)?/.exec(text)?.[0]])).toEqual([
      [9, '%Y-%m-%d'],
      [1, '%Y-%m'],
    ]);
    expect(withoutTexts.rows.map(({ runs }) => runs)).toEqual([10]);
  });

  it('tells cached, failed and cancelled runs apart, and leaves out scripts, ours and the service’s own', async () => {
    const endedAt = NOON - 30 * MINUTE;
    await seedJobs(server, [
      { id: 'ok', endedAt },
      { id: 'cached', endedAt, cached: true, hash: null, bytes: 0 },
      { id: 'failed', endedAt, errorReason: 'invalidQuery', hash: null, bytes: 0 },
      { id: 'stopped', endedAt, errorReason: 'stopped', hash: null },
      { id: 'script', endedAt, statementType: 'SCRIPT' },
      { id: 'ours', endedAt, labels: { goldsmith: 'verify' } },
      { id: 'upkeep', endedAt, user: 'bigquery-adminbot@system.gserviceaccount.com' },
    ]);

    const { rows } = await readAll(history());

    expect(
      new Map(rows.map(({ id, status, cached }) => [id.split('@')[0], [status, cached]])),
    ).toEqual(
      new Map([
        ['cached', ['success', true]],
        ['failed', ['failed', false]],
        ['ok', ['success', false]],
        ['stopped', ['cancelled', false]],
      ]),
    );
  });

  it('reads each text once, however many hours and runs it has', async () => {
    await seedJobs(
      server,
      Array.from({ length: 40 }, (_, n) => ({
        id: `run${n}`,
        endedAt: NOON - (n + 1) * 30 * MINUTE,
        hash: `h${n % 2}`,
        labels: { dbt_invocation_id: `i${n}` },
      })),
    );
    const since = server.jobs().length;

    const { rows } = await readAll(history());

    expect(rows.reduce((sum, { runs = 1 }) => sum + runs, 0)).toBe(40);
    expect(rows.length).toBe(40);
    expect(asked(since)).toEqual({ texts: 1, all: 6 });
  });

  it('reads an hour of 60,000 jobs as its 600 groups and 200 texts', async () => {
    const end = new Date(NOON - HOUR).toISOString();
    await server.people(`insert into bq_info.jobs by name
select timestamptz '${end}' + interval 1 millisecond * (i * 17) as creation_time, creation_time as start_time, creation_time + interval 5 millisecond as end_time,
  'u' || (i % 3) as user_email, 'job' || i as job_id, 'QUERY' as job_type, 'SELECT' as statement_type, 'DONE' as state,
  'select ' || (i % 200) || ' from shop.t where x = ' || i as query, 1048576 as total_bytes_processed, 1048576 as total_bytes_billed,
  10 as total_slot_ms, false as cache_hit, [] as labels, {'query_hashes': {'normalized_literals': 'h' || (i % 200)}} as query_info
from range(60000) as t(i)`);

    const before = server.jobs().length;
    const { rows, position = '' } = await readAll(history());

    expect(rows.length).toBe(600);
    expect(rows.reduce((sum, { runs = 1 }) => sum + runs, 0)).toBe(60_000);
    const sent = server
      .jobs()
      .slice(before)
      .map(({ rows: told }) => told);
    expect(sent.reduce((sum, told) => sum + told, 0)).toBe(800);
    expect(position.length).toBeLessThan(60_000);
  });

  it('waits until an hour is closed for ten minutes, and then goes on where it was', async () => {
    await seedJobs(server, [
      { id: 'before', endedAt: NOON - MINUTE },
      { id: 'after', endedAt: NOON + MINUTE },
    ]);
    now = NOON + 5 * MINUTE;
    const first = await readAll(history());
    now = NOON + HOUR + 10 * MINUTE;
    const second = await readAll(history(), first.position);

    expect(first.rows).toEqual([]);
    expect(second.rows.map(({ id }) => id.split('@')[0])).toEqual(['before', 'after']);
  });

  it('tells runs that show up late once, and by themselves, whenever an hour has closed', async () => {
    await seedJobs(server, [{ id: 'early', endedAt: NOON - 30 * MINUTE }]);
    const first = await readAll(history());
    await seedJobs(server, [
      { id: 'late', endedAt: NOON - 20 * MINUTE },
      { id: 'other', endedAt: NOON - 90 * MINUTE, hash: 'h2' },
    ]);

    const still = await readAll(history(), first.position);
    now += HOUR;
    const second = await readAll(history(), still.position);
    now += HOUR;
    const third = await readAll(history(), second.position);

    expect(still.rows).toEqual([]);
    expect(first.rows.map(({ runs }) => runs)).toEqual([1]);
    expect(second.rows.map(({ runs, endedAt }) => [runs, endedAt])).toEqual([
      [1, NOON - 90 * MINUTE],
      [1, NOON - 20 * MINUTE],
    ]);
    expect(second.rows.map(({ id }) => id)).not.toContain(first.rows[0]?.id);
    expect(third.rows).toEqual([]);
  });

  it('compares two days once a day', async () => {
    const first = await readAll(history());
    await seedJobs(server, [{ id: 'very-late', endedAt: NOON - 10 * HOUR }]);
    now += 2 * HOUR;
    const soon = await readAll(history(), first.position);
    now += 23 * HOUR;
    const nextDay = await readAll(history(), soon.position);

    expect(soon.rows).toEqual([]);
    expect(nextDay.rows.map(({ id }) => id.split('@')[0])).toEqual(['very-late']);
  });

  it('gives the same rows from the same position', async () => {
    await seedJobs(server, [{ id: 'one', endedAt: NOON - 30 * MINUTE }]);

    expect((await readAll(history())).rows).toEqual((await readAll(history())).rows);
  });

  it('mines no text that was cut, and says how many runs that leaves out', async () => {
    await seedJobs(server, [
      { id: 'cut', endedAt: NOON - 30 * MINUTE, query: `select '${'x'.repeat(200)}'` },
    ]);

    const { rows, bad } = await readAll(history({ cutAt: 100 }));

    expect(rows).toEqual([]);
    expect(bad).toEqual([
      {
        where: 'statements that ended in 2026-06-01T11h',
        because: '1 run was left out: the text of statement cut was cut, or is empty',
      },
    ]);
  });

  it('counts what has no hash where texts are not to be read for it', async () => {
    await seedJobs(server, [
      { id: 'hashed', endedAt: NOON - 30 * MINUTE },
      { id: 'cached', endedAt: NOON - 30 * MINUTE, cached: true, hash: null },
    ]);

    const { rows, bad } = await readAll(history({ hashesTexts: false }));

    expect(rows.length).toBe(1);
    expect(bad[0]?.because).toContain(
      '1 run was left out: they are beyond the 2000 dearest groups',
    );
  });

  it('counts work of the other contract, or that row policies hide, as none: it is never guessed', async () => {
    await seedJobs(server, [
      { id: 'hidden', endedAt: NOON - 30 * MINUTE, bytes: null },
      { id: 'reserved', endedAt: NOON - 30 * MINUTE, hash: 'h2', reservation: 'r1' },
    ]);
    const slots = await openBigquery({ ...targetOf(server), billing: 'slots' });

    const workOf = async (source: HistorySource) =>
      new Map((await readAll(source)).rows.map(({ id, cpuMs }) => [id.split('@')[0], cpuMs]));

    expect(await workOf(history())).toEqual(
      new Map([
        ['hidden', 0],
        ['reserved', 0],
      ]),
    );
    expect(await workOf(history({ connector: slots }))).toEqual(
      new Map([
        ['hidden', 0],
        ['reserved', 4_000],
      ]),
    );
  });

  it('fetches the text of a row’s run again', async () => {
    await seedJobs(server, [{ id: 'one', endedAt: NOON - 30 * MINUTE, query: 'select 42' }]);
    const { rows } = await readAll(history());
    const id = rows[0]?.id ?? '';

    expect(await history().fetchTexts([id, 'not-ours'], {})).toEqual(new Map([[id, 'select 42']]));
  });
});
