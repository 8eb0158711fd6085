import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openBigquery } from '../../../src/connectors/bigquery/bigquery-connector.ts';
import { openJobsHistory } from '../../../src/connectors/bigquery/jobs-history.ts';
import { countsSql, groupsSql, textsSql } from '../../../src/connectors/bigquery/jobs-sql.ts';
import type { Connector } from '../../../src/connectors/connector.ts';
import {
  type HistoryBatch,
  type HistorySource,
  TEXT_UNKNOWN,
} from '../../../src/connectors/history-row.ts';
import { historyConformance } from '../../conformance/history-conformance.ts';
import { everyStatementIsMetered } from '../../conformance/metered-history.ts';
import { seedJobs } from '../../servers/bigquery-jobs-seed.ts';
import { type BigqueryServer, startBigquery } from '../../servers/bigquery-server.ts';
import { targetOf } from '../../servers/bigquery-target.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const NOON = Date.UTC(2026, 5, 1, 12);

const OUTCOMES = {
  cached: { cached: true, bytes: 0 },
  failed: { errorReason: 'invalidQuery', bytes: 0 },
  cancelled: { errorReason: 'stopped' },
} as const;
const KINDS = {
  script: { statementType: 'SCRIPT' },
  ours: { labels: { goldsmith: 'facts' } },
} as const;

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

it('bounds the partitions of every question about closed hours on both sides: what is opened is billed', () => {
  const of = { relation: 'JOBS', hashesTexts: true, billing: 'bytes' } as const;
  const hours = { from: NOON, to: NOON + HOUR };

  for (const sql of [
    groupsSql(of, hours),
    countsSql(of, hours),
    textsSql(of, { ...hours, ids: ['a'] }),
  ]) {
    expect(sql).toContain(
      `j.creation_time >= timestamp_sub(timestamp_millis(${NOON}), interval 1 day)`,
    );
    expect(sql).toContain(`j.creation_time < timestamp_millis(${NOON + HOUR})`);
  }
});

function history(
  change: {
    hashesTexts?: boolean;
    readsKept?: boolean;
    cutAt?: number;
    connector?: Connector;
    now?: () => number;
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

historyConformance({
  name: 'BigQuery',
  latencyMs: 10 * MINUTE,
  cutAt: 1_000,
  seed: (runs) =>
    seedJobs(
      server,
      runs.map(({ text, endedAt, user, hash = text, outcome, kind }) => ({
        id: randomUUID(),
        query: text,
        endedAt,
        hash,
        ...(user === undefined ? {} : { user }),
        ...(outcome === undefined ? {} : OUTCOMES[outcome]),
        ...(kind === undefined ? {} : KINDS[kind]),
      })),
    ),
  open: (asOf) => history({ cutAt: 1_000, now: asOf }),
  textReads: () =>
    server.jobs().filter(({ query }) => query.includes('select j.job_id, j.query')).length,
});

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

    expect(rows).toMatchObject([{ text: TEXT_UNKNOWN, runs: 1, status: 'unknown' }]);
    expect(bad.map(({ because }) => because)).toEqual([
      '1 run counts as not understood: they came late, and what was told of their hour is forgotten',
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

  it('leaves out what the service itself sent, and tells runs without a hash', async () => {
    const endedAt = NOON - 30 * MINUTE;
    await seedJobs(server, [
      { id: 'failed', endedAt, errorReason: 'invalidQuery', hash: null, bytes: 0 },
      { id: 'upkeep', endedAt, user: 'bigquery-adminbot@system.gserviceaccount.com' },
    ]);

    const { rows } = await readAll(history());

    expect(rows.map(({ id, status }) => [id.split('@')[0], status])).toEqual([
      ['failed', 'failed'],
    ]);
  });

  it('reads an hour of 20,000 jobs as its 600 groups and 200 texts', async () => {
    const end = new Date(NOON - HOUR).toISOString();
    await server.people(`insert into bq_info.jobs by name
select timestamptz '${end}' + interval 1 millisecond * (i * 50) as creation_time, creation_time as start_time, creation_time + interval 5 millisecond as end_time,
  'u' || (i % 3) as user_email, 'job' || i as job_id, 'QUERY' as job_type, 'SELECT' as statement_type, 'DONE' as state,
  'select ' || (i % 200) || ' from shop.t where x = ' || i as query, 1048576 as total_bytes_processed, 1048576 as total_bytes_billed,
  10 as total_slot_ms, false as cache_hit, [] as labels, {'query_hashes': {'normalized_literals': 'h' || (i % 200)}} as query_info
from range(20000) as t(i)`);

    const before = server.jobs().length;
    const { rows, position = '' } = await readAll(history());

    expect(rows.length).toBe(600);
    expect(rows.reduce((sum, { runs = 1 }) => sum + runs, 0)).toBe(20_000);
    const sent = server
      .jobs()
      .slice(before)
      .map(({ rows: told }) => told);
    expect(sent.reduce((sum, told) => sum + told, 0)).toBe(800);
    expect(position.length).toBeLessThan(60_000);
  });

  it('counts what has no hash where texts are not to be read for it, but for what the cache answered', async () => {
    await seedJobs(server, [
      { id: 'hashed', endedAt: NOON - 30 * MINUTE },
      { id: 'unhashed', endedAt: NOON - 20 * MINUTE, hash: null },
      { id: 'cached', endedAt: NOON - 10 * MINUTE, cached: true, hash: null },
    ]);

    const { rows, bad } = await readAll(history({ hashesTexts: false }));

    expect(rows.filter(({ text }) => text === TEXT_UNKNOWN)).toMatchObject([
      { runs: 1, endedAt: NOON - 20 * MINUTE, cached: false },
    ]);
    expect(rows).toHaveLength(2);
    expect(bad.map(({ because }) => because).toSorted()).toEqual([
      '1 run counts as not understood: they are beyond the 2000 dearest groups of their hour, or have no hash',
      '1 run was left out: the cache answered them, as statements did that are told, and they have no hash, or are beyond the 2000 dearest groups of their hour',
    ]);
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
});
