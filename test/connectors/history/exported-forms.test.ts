import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { openDuckdb } from '../../../src/connectors/duckdb/duckdb-connector.ts';
import { ExportHistory } from '../../../src/connectors/history/export-history.ts';
import { openExport } from '../../../src/connectors/history/open-export.ts';
import type { BadHistoryRow, HistoryRow } from '../../../src/connectors/history-row.ts';

const folder = mkdtempSync(join(tmpdir(), 'goldsmith-exports-'));
const NOON = Date.UTC(2026, 0, 31, 12);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function aFile(name: string, content: string | Buffer): string {
  const path = join(mkdtempSync(join(folder, 'e-')), name);
  writeFileSync(path, content);
  return path;
}

async function readAll(path: string, billing?: 'bytes' | 'slots') {
  const rows: HistoryRow[] = [];
  const bad: BadHistoryRow[] = [];
  const { source, dialect } = await openExport({ name: 'export', path, billing });
  for await (const batch of source.read(undefined, {})) {
    rows.push(...batch.rows);
    bad.push(...batch.bad);
  }
  return { rows, bad, dialect, source };
}

const SNOWSIGHT = `QUERY_ID,QUERY_TEXT,DATABASE_NAME,SCHEMA_NAME,QUERY_TYPE,USER_NAME,ROLE_NAME,WAREHOUSE_NAME,WAREHOUSE_SIZE,QUERY_TAG,EXECUTION_STATUS,ERROR_CODE,START_TIME,END_TIME,TOTAL_ELAPSED_TIME,EXECUTION_TIME,QUERY_LOAD_PERCENT,BYTES_SCANNED,ROWS_PRODUCED,IS_CLIENT_GENERATED_STATEMENT
01b1,"select region, sum(amount)
from ""SALES""
where note = 'a,b;c' group by 1",SHOP,GOLD,SELECT,ANN,ANALYST,BI,Medium,"{""app"":""dbt""}",SUCCESS,,2026-01-31 03:59:58.000 -0800,2026-01-31 04:00:00.000 -0800,2000,1500,50,81920,7,false
01b2,select 2,SHOP,GOLD,SELECT,ANN,ANALYST,BI,,,SUCCESS,,2026-01-31 03:59:58.000 -0800,2026-01-31 04:00:00.000 -0800,40,0,,0,7,false
01b3,select 3,,,SELECT,ANN,ANALYST,BI,X-Small,,FAIL,000604,2026-01-31 03:59:58.000 -0800,2026-01-31 04:00:00.000 -0800,40,10,,0,0,false
01b4,show tables,,,SHOW,ANN,,,,,SUCCESS,,2026-01-31 03:59:58.000 -0800,2026-01-31 04:00:00.000 -0800,40,10,,0,0,TRUE
01b5,select 5,,,SELECT,ANN,,BI,Small,,RUNNING,,2026-01-31 03:59:58.000 -0800,,40,10,,0,0,false
01b6,select 6,,,SELECT,BOT,,BI,Small,"{""app"":""goldsmith"",""purpose"":""proof""}",SUCCESS,,2026-01-31 03:59:58.000 -0800,2026-01-31 04:00:00.000 -0800,40,10,,0,0,false
`;

describe('an export of Snowflake’s QUERY_HISTORY', () => {
  it('is read from a download as it is: texts over several lines, zones, credits for work', async () => {
    const { rows, bad, dialect } = await readAll(aFile('history.csv', SNOWSIGHT));

    expect(dialect).toBe('snowflake');
    expect(bad).toEqual([]);
    expect(rows).toEqual([
      {
        id: '01b1',
        text: `select region, sum(amount)\nfrom "SALES"\nwhere note = 'a,b;c' group by 1`,
        startedAt: NOON - 2000,
        endedAt: NOON,
        status: 'success',
        user: 'ANN',
        role: 'ANALYST',
        database: 'SHOP',
        schema: 'GOLD',
        durationMs: 2000,
        cpuMs: 3000,
        bytesScanned: 81920,
        rowsReturned: 7,
        tags: { app: 'dbt' },
      },
      expect.objectContaining({ id: '01b2', cached: true, cpuMs: 0 }),
      expect.objectContaining({ id: '01b3', status: 'cancelled', cpuMs: 10 }),
    ]);
  });

  it('is read the same with another delimiter, packed, or with carriage returns', async () => {
    const first = SNOWSIGHT.split('\n01b2')[0] ?? '';
    const texts = async (path: string) => (await readAll(path)).rows.map(({ text }) => text);
    const expected = await texts(aFile('a.csv', `${first}\n`));

    const packed = await texts(aFile('a.csv.gz', gzipSync(`\uFEFF${first}\n`)));
    const lines = first.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/);
    const tabs = await texts(aFile('a.tsv', `${lines.join('\t')}\n`));
    const dos = await texts(aFile('a.csv', `${first}\n`.replaceAll('\n', '\r\n')));

    expect(expected.length).toBe(1);
    expect(packed).toEqual(expected);
    expect(tabs).toEqual(expected);
    expect(dos.map((text) => text.replaceAll('\r\n', '\n'))).toEqual(expected);
  });

  it('is read as Snowflake unloads it, NULL written as it does by default', async () => {
    const csv = `QUERY_ID,QUERY_TEXT,END_TIME,EXECUTION_STATUS,ROLE_NAME,QUERY_TAG,BYTES_SCANNED
"a","select 1","2026-01-31 12:00:00","SUCCESS",\\N,\\N,\\N
`;
    const { rows, bad } = await readAll(aFile('unloaded.csv', csv));

    expect(bad).toEqual([]);
    expect(rows).toEqual([
      {
        id: 'a',
        text: 'select 1',
        endedAt: Date.parse('2026-01-31T12:00:00Z'),
        status: 'success',
      },
    ]);
  });

  it('is read from JSON that leaves out what is NULL, and names a missing column as the view does', async () => {
    const lines = [
      { QUERY_ID: 'a', QUERY_TEXT: 'select 1', END_TIME: '2026-01-31 12:00:00.000 Z' },
      { QUERY_ID: 'b', QUERY_TEXT: 'select 1', START_TIME: '2026-01-31 12:00:00.000 Z' },
    ].map((line) => `${JSON.stringify(line)}\n`);

    const { rows, bad } = await readAll(aFile('h.json', lines.join('')));

    expect(rows).toEqual([{ id: 'a', text: 'select 1', endedAt: NOON, status: 'unknown' }]);
    expect(bad).toEqual([{ where: 'h.json:2', because: 'end_time is missing' }]);
  });

  it('is read from Parquet, whose texts are found again', async () => {
    const path = aFile('h.parquet', '');
    const duckdb = await openDuckdb({
      name: 'writer',
      path: ':memory:',
      memoryLimit: '500MB',
      threads: 1,
      externalAccess: true,
    });
    await duckdb.execute(
      `copy (select 'a' as QUERY_ID, 'select 1' as QUERY_TEXT, timestamptz '2026-01-31 12:00:00+00' as END_TIME,
         'success' as EXECUTION_STATUS, 100::decimal(38, 0) as EXECUTION_TIME, 'Small' as WAREHOUSE_SIZE, 1 as OTHER) to '${path}' (format parquet)`,
      { purpose: 'build' },
    );
    await duckdb.close();

    const { rows, source, dialect } = await readAll(path);

    expect(dialect).toBe('snowflake');
    expect(rows).toEqual([
      { id: 'a', text: 'select 1', endedAt: NOON, status: 'success', cpuMs: 200 },
    ]);
    expect(await source.fetchTexts(['a', 'b'], {})).toEqual(new Map([['a', 'select 1']]));
  });
});

const JOB = {
  job_id: 'bq1',
  query: 'select 1',
  creation_time: '2026-01-31 11:59:57',
  start_time: '2026-01-31 11:59:58',
  end_time: '2026-01-31 12:00:00.000000',
  user_email: 'ann@example.com',
  project_id: 'shop',
  job_type: 'QUERY',
  state: 'DONE',
  statement_type: 'SELECT',
  cache_hit: 'false',
  error_result: null,
  labels: [{ key: 'dbt_model', value: 'sales' }],
  total_bytes_billed: String(2 ** 40),
  total_bytes_processed: '1000',
  total_slot_ms: '5000',
};

describe('an export of BigQuery’s INFORMATION_SCHEMA.JOBS', () => {
  const jobs = [
    JOB,
    { ...JOB, job_id: 'bq2', reservation_id: 'shop:US.default' },
    { ...JOB, job_id: 'bq3', error_result: { reason: 'stopped' } },
    { ...JOB, job_id: 'bq4', error_result: '{"reason":"invalidQuery"}', cache_hit: null },
    { ...JOB, job_id: 'script', statement_type: 'SCRIPT' },
    { ...JOB, job_id: 'ours', labels: [{ key: 'goldsmith', value: '1' }] },
    { ...JOB, job_id: 'load', job_type: 'LOAD' },
    { ...JOB, job_id: 'running', state: 'RUNNING', end_time: null },
  ];

  it.for([
    ['one list, as bq --format=prettyjson writes it', 'jobs.json', JSON.stringify(jobs, null, 2)],
    [
      'a line a job, as EXPORT DATA writes it',
      'jobs.jsonl',
      jobs.map((job) => `${JSON.stringify(job)}\n`).join(''),
    ],
  ] as const)('is read from %s: a TiB billed is an hour', async ([, name, content]) => {
    const { rows, bad, dialect } = await readAll(aFile(name, content));

    expect([dialect, bad]).toEqual(['bigquery', []]);
    expect(rows[0]).toEqual({
      id: 'bq1',
      text: 'select 1',
      startedAt: NOON - 2000,
      endedAt: NOON,
      status: 'success',
      user: 'ann@example.com',
      database: 'shop',
      durationMs: 2000,
      cpuMs: 3_600_000,
      bytesScanned: 1000,
      tags: { dbt_model: 'sales' },
      cached: false,
    });
    expect(rows.map(({ id, status, cpuMs }) => [id, status, cpuMs])).toEqual([
      ['bq1', 'success', 3_600_000],
      ['bq2', 'success', 0],
      ['bq3', 'cancelled', 3_600_000],
      ['bq4', 'failed', 3_600_000],
    ]);
  });

  it('billed by slots counts what ran on reserved ones, and nothing else', async () => {
    const { rows } = await readAll(aFile('jobs.json', JSON.stringify(jobs)), 'slots');

    expect(rows.slice(0, 2).map(({ id, cpuMs }) => [id, cpuMs])).toEqual([
      ['bq1', 0],
      ['bq2', 5000],
    ]);
  });
});

describe('an export of Databricks’ system.query.history', () => {
  it('is read from a download: the work of all tasks, who ran it as whom, its tags', async () => {
    const csv = `statement_id,statement_text,executed_by,executed_as,client_application,execution_status,start_time,end_time,total_duration_ms,total_task_duration_ms,read_rows,read_bytes,produced_rows,from_result_cache,query_tags
s1,select 1,ann@example.com,job@example.com,Databricks SQL Dashboard,FINISHED,2026-01-31T11:59:58.000+00:00,2026-01-31T12:00:00.000+00:00,2000,16000,100,800,7,false,"{""team"":""sales"",""urgent"":null}"
s2,select 2,ann@example.com,ann@example.com,,CANCELED,2026-01-31T11:59:58.000Z,2026-01-31T12:00:00.000Z,2000,16000,100,800,7,true,
s3,/* goldsmith=proof */ select 3,ann@example.com,ann@example.com,,FINISHED,2026-01-31T11:59:58.000Z,2026-01-31T12:00:00.000Z,2000,16000,100,800,7,true,
s4,select 4,ann@example.com,ann@example.com,,RUNNING,2026-01-31T11:59:58.000Z,,2000,16000,100,800,7,,
s5,begin select 5; end,ann@example.com,ann@example.com,,FINISHED,2026-01-31T11:59:58.000Z,2026-01-31T12:00:00.000Z,2000,16000,100,800,7,true,
s6,,ann@example.com,ann@example.com,,FINISHED,2026-01-31T11:59:58.000Z,2026-01-31T12:00:00.000Z,2000,16000,100,800,7,true,"{""goldsmith"":""facts""}"
`;

    const { rows, bad, dialect } = await readAll(aFile('history.csv', csv));

    expect([dialect, bad]).toEqual(['databricks', []]);
    expect(rows).toEqual([
      {
        id: 's1',
        text: 'select 1',
        startedAt: NOON - 2000,
        endedAt: NOON,
        status: 'success',
        user: 'ann@example.com',
        role: 'job@example.com',
        client: 'Databricks SQL Dashboard',
        durationMs: 2000,
        cpuMs: 16000,
        rowsScanned: 100,
        bytesScanned: 800,
        rowsReturned: 7,
        tags: { team: 'sales', urgent: '' },
        cached: false,
      },
      expect.objectContaining({ id: 's2', status: 'cancelled', cached: true }),
    ]);
  });
});

describe('an export of something else', () => {
  it('is a PostgreSQL log in JSON, with its statements and without its talk', async () => {
    const entry = {
      timestamp: '2026-01-31 12:00:00.000 UTC',
      user: 'ann',
      dbname: 'shop',
      application_name: 'psql',
      session_id: '6.1',
      line_num: 1,
      error_severity: 'LOG',
    };
    const lines = [
      { ...entry, message: 'duration: 12.5 ms  statement: select 1' },
      { ...entry, line_num: 2, message: 'checkpoint starting: time' },
    ].map((line) => `${JSON.stringify(line)}\n`);

    const { rows, bad, dialect } = await readAll(aFile('postgresql.json', lines.join('')));

    expect([dialect, bad]).toEqual(['postgres', []]);
    expect(rows.map(({ text, durationMs, client }) => [text, durationMs, client])).toEqual([
      ['select 1', 12.5, 'psql'],
    ]);
  });

  it('has our names in the case a warehouse folds them to', async () => {
    const { rows } = await readAll(
      aFile('h.csv', `ID,TEXT,ENDED_AT,CPU_MS,CACHED\na,select 1,2026-01-31 12:00:00,5,TRUE\n`),
    );

    expect(rows).toEqual([
      { id: 'a', text: 'select 1', endedAt: NOON, status: 'unknown', cpuMs: 5, cached: true },
    ]);
  });

  it.for([
    [
      'names nothing we know',
      'when,sql,who\n2026,select 1,ann\n',
      /h\.csv cannot be read as a history: none of its columns \(when, sql, who\) is known; name them id, text and endedAt, or export one of these as it is: Snowflake QUERY_HISTORY, /,
    ],
    [
      'counts without days',
      'userid,queryid,query,calls,total_exec_time\n1,2,select 1,3,4\n',
      /pg_stat_statements, which counts statements and tells no days; log them/,
    ],
    [
      'is the answer of an API',
      'query_id,query_text,query_end_time_ms\n1,select 1,5\n',
      /export the table system\.query\.history instead/,
    ],
    [
      'has no header',
      `01b1,"select * from people where name = 'Ada'",ann\n`,
      /^the first line of h\.csv does not name columns; export it with a header \(HEADER = TRUE where Snowflake unloads\)$/,
    ],
    ['is empty', '', /h\.csv is empty; export a header and one row a statement/],
    [
      'was torn within a text',
      'id,text,endedAt\na,"select 1',
      /h\.csv cannot be read as CSV; check that texts stand in double quotes and it was written to its end/,
    ],
  ] as const)('that %s is told in one sentence', async ([, content, said]) => {
    await expect(readAll(aFile('h.csv', content))).rejects.toMatchObject({
      code: 'HISTORY_UNREADABLE',
      message: expect.stringMatching(said),
    });
  });

  it('is told line by line where lines are no records we know', async () => {
    const path = aFile('h.jsonl', '{"sql":"select 1","at":"2026-01-31"}\n');
    const source = new ExportHistory({ name: 'export', path, format: 'auto' });
    const bad: BadHistoryRow[] = [];
    for await (const batch of source.read(undefined, {})) {
      bad.push(...batch.bad);
    }

    expect(bad).toEqual([
      { where: 'h.jsonl:1', because: expect.stringContaining('none of its columns (sql, at)') },
    ]);
  });
});
