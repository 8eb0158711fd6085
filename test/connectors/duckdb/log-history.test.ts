import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, describe, expect, it } from 'vitest';
import { openDuckdb } from '../../../src/connectors/duckdb/duckdb-connector.ts';
import { LiveLogHistory } from '../../../src/connectors/duckdb/live-log-history.ts';
import { LogFileHistory } from '../../../src/connectors/duckdb/log-file-history.ts';
import { duckdbLogSetupSql } from '../../../src/connectors/duckdb/log-setup-sql.ts';
import type {
  BadHistoryRow,
  HistoryRow,
  HistorySource,
} from '../../../src/connectors/history-row.ts';
import { everyStatementIsMetered } from '../../conformance/metered-history.ts';

const root = mkdtempSync(join(tmpdir(), 'goldsmith-test-'));
const HOUR = 3_600_000;

afterAll(() => rmSync(root, { recursive: true, force: true }));

async function readAll(source: HistorySource, from?: string) {
  const rows: HistoryRow[] = [];
  const bad: BadHistoryRow[] = [];
  let position = from;
  for await (const batch of source.read(from, {})) {
    rows.push(...batch.rows);
    bad.push(...batch.bad);
    position = batch.position;
  }
  return { rows, bad, position };
}

/** An application: one connection with profiling, one without. */
async function work(
  folder: string | undefined,
): Promise<{ instance: DuckDBInstance; stop(): void }> {
  const instance = await DuckDBInstance.create(':memory:');
  const profiled = await instance.connect();
  const plain = await instance.connect();
  const { once, perConnection } = duckdbLogSetupSql(folder);
  await profiled.run(once);
  for (const sql of perConnection) {
    await profiled.run(sql);
  }
  await profiled.run('create table t as select range as a from range(1000)');
  await profiled.run(`select count(*), 'it''s "quoted"',\n  'over lines' from t`);
  await ignoreFailure(profiled, `select 'x'::integer from t`);
  await plain.run('select sum(a) from t');
  return {
    instance,
    stop() {
      profiled.closeSync();
      plain.closeSync();
      instance.closeSync();
    },
  };
}

async function ignoreFailure(connection: DuckDBConnection, sql: string): Promise<void> {
  await expect(connection.run(sql)).rejects.toThrow();
}

const EXPECTED = [
  { text: 'create table t as select range as a from range(1000)', status: 'success' },
  { text: `select count(*), 'it''s "quoted"',\n  'over lines' from t`, status: 'success' },
  { text: `select 'x'::integer from t`, status: 'unknown' },
  { text: 'select sum(a) from t', status: 'unknown' },
];

function told(rows: readonly HistoryRow[]) {
  return rows
    .toSorted((a, b) => (a.startedAt ?? 0) - (b.startedAt ?? 0))
    .filter(({ text }) => / t\b/.test(text))
    .map(({ text, status }) => ({ text, status }));
}

describe('a DuckDB log in files', () => {
  const at = (now: number) => (folder: string) =>
    new LogFileHistory({ name: 'log', folder, now: () => now });
  const muchLater = at(Date.now() + HOUR);

  async function aLog(): Promise<string> {
    const folder = mkdtempSync(join(root, 'log-'));
    (await work(folder)).stop();
    return folder;
  }

  it('tells statements over several lines, their cost and outcome; without metrics the outcome is unknown', async () => {
    const { rows, bad } = await readAll(muchLater(await aLog()));

    expect(bad).toEqual([]);
    expect(told(rows)).toEqual(EXPECTED);
    const counted = rows.find(({ text }) => text.includes('over lines'));
    expect(counted).toMatchObject({ rowsReturned: 1, rowsScanned: 1000 });
    expect(counted?.durationMs).toBeGreaterThan(0);
    expect(counted?.cpuMs).toBeGreaterThan(0);
    expect(counted?.endedAt).toBeGreaterThanOrEqual(counted?.startedAt ?? Number.NaN);
    expect(rows.find(({ text }) => text === 'select sum(a) from t')?.cpuMs).toBeUndefined();
  });

  it('gives the same ids when it is read again, and only what is new from a position', async () => {
    const folder = await aLog();
    const first = await readAll(muchLater(folder));
    const again = await readAll(muchLater(folder));

    const next = await readAll(muchLater(folder), first.position);

    expect(again.rows).toEqual(first.rows);
    expect(new Set(first.rows.map(({ id }) => id)).size).toBe(first.rows.length);
    expect(next.rows).toEqual([]);
  });

  it('holds back what may still be running, keeps no text of it, and tells it with its metrics later', async () => {
    const folder = await aLog();
    const soon = await readAll(at(Date.now() - HOUR)(folder));
    expect(soon.rows).toEqual([]);
    expect(soon.position).not.toContain('over lines');

    const later = await readAll(muchLater(folder), soon.position);

    expect(told(later.rows)).toEqual(EXPECTED);
    expect(later.rows.find(({ text }) => text.includes('over lines'))?.rowsScanned).toBe(1000);
  });

  it('fetches texts again', async () => {
    const source = muchLater(await aLog());
    const { rows } = await readAll(source);
    const row = rows.find(({ text }) => text.includes('over lines'));

    const texts = await source.fetchTexts([row?.id ?? '', 'gone'], {});

    expect([...texts.values()]).toEqual([row?.text]);
  });

  it('torn at any byte keeps the entries before the tear, and goes on when the rest comes', async () => {
    const folder = await aLog();
    const entries = join(folder, 'duckdb_log_entries.csv');
    const whole = readFileSync(entries);
    const all = await readAll(muchLater(folder));
    for (let cut = 1; cut < whole.length; cut += Math.ceil(whole.length / 40)) {
      writeFileSync(entries, whole.subarray(0, cut));
      const torn = await readAll(at(0)(folder));
      expect(torn.bad).toEqual([]);

      writeFileSync(entries, whole);
      const rest = await readAll(muchLater(folder), torn.position);
      expect(told([...torn.rows, ...rest.rows]), `cut at ${cut}`).toEqual(told(all.rows));
      expect(rest.bad).toEqual([]);
    }
  });

  it('with an entry cut off in the middle counts it by line, and keeps the others', async () => {
    const folder = await aLog();
    const entries = join(folder, 'duckdb_log_entries.csv');
    appendFileSync(
      entries,
      [
        '900,2026-11-22 00:00:00.5+00,QueryLog,INFO,"select ""cut\n',
        '901,2026-11-22 00:00:01.5+00,QueryLog,INFO,select 1 from t\n',
        'garbage\n',
      ].join(''),
    );
    const lines = readFileSync(entries, 'utf8').split('\n').length;

    const { rows, bad } = await readAll(muchLater(folder));

    expect(rows.map(({ text }) => text)).toContain('select 1 from t');
    expect(bad).toEqual([
      { where: `duckdb_log_entries.csv:${lines - 3}`, because: 'the entry was cut off' },
      { where: `duckdb_log_entries.csv:${lines - 1}`, because: 'not an entry of a DuckDB log' },
    ]);
  });

  it('that is missing is told in a sentence', async () => {
    await expect(readAll(muchLater(join(root, 'nowhere')))).rejects.toMatchObject({
      code: 'HISTORY_MISSING',
    });
  });
});

describe('a DuckDB log in the memory of the instance', () => {
  it('costs what its statements cost: each is metered, what is streamed, too', async () => {
    const application = await work(undefined);
    const connector = await openDuckdb({ name: 'shop', instance: application.instance });
    const now = () => Date.now() + HOUR;
    const first = await readAll(new LiveLogHistory({ name: 'live', connector, now }));
    await connector.query('select 98 from t', { purpose: 'facts' });
    const log = await application.instance.connect();

    await everyStatementIsMetered({
      connector,
      open: (by) => new LiveLogHistory({ name: 'live', connector: by, now }),
      position: first.position,
      sent: async () => {
        const read = await log.runAndReadAll(
          "select count(*) from duckdb_logs where type = 'QueryLog' and message like '/* goldsmith=''history''%'",
        );
        return Number(read.getRows()[0]?.[0]);
      },
    });
    log.closeSync();
    await connector.close();
    application.stop();
  });

  it('tells the same, and only what is new the next time', async () => {
    const application = await work(undefined);
    const connector = await openDuckdb({ name: 'shop', instance: application.instance });
    const later = () => Date.now() + HOUR;
    const source = new LiveLogHistory({ name: 'live', connector, now: later });

    const { rows, position } = await readAll(source);
    await connector.query('select 99 from t', { purpose: 'replay' });
    const next = await readAll(source, position);

    expect(told(rows.filter(({ text }) => !text.startsWith('/*')))).toEqual(EXPECTED);
    expect(rows.find(({ text }) => text.includes('over lines'))?.rowsScanned).toBe(1000);
    expect(next.rows.map(({ text }) => text)).toContain(
      `/* goldsmith='replay' */ select 99 from t`,
    );
    expect(next.rows.map(({ text }) => text)).not.toContain('select sum(a) from t');
    const id = rows.find(({ text }) => text.includes('over lines'))?.id ?? '';
    expect([...(await source.fetchTexts([id], {})).keys()]).toEqual([id]);
    await connector.close();
    application.stop();
  });
});
