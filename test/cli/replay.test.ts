import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DDL, historyFile, rowsOf, SHOP } from '../replay/a-history.ts';
import { cli } from './in-process.ts';

describe('goldsmith replay', () => {
  it('answers from an export alone, as text and as one page', async () => {
    using file = historyFile(rowsOf(SHOP, 8));
    const ddl = join(file.folder, 'schema.sql');
    const page = join(file.folder, 'report.html');
    writeFileSync(ddl, DDL);

    const args = ['replay', file.path, '--dialect', 'duckdb', '--ddl', ddl];
    const answered = await cli([...args, '--route-clients', 'app, notebook', '--html', page]);

    expect(answered).toMatchObject({ code: 0, stderr: '' });
    expect(answered.stdout).toMatch(/2026-01-08 {2}build {4}gold\.\w+: \d+ runs by 3 readers/);
    expect(answered.stdout).toContain(`The page is in ${page}`);
    expect(readFileSync(page, 'utf8')).toContain('What Goldsmith would have done');
  });

  it('answers in JSON, with policy and prices of a config that names a warehouse it never opens', async () => {
    using file = historyFile(rowsOf(SHOP, 8));
    const config = join(file.folder, 'goldsmith.yaml');
    const warehouse = join(file.folder, 'nowhere.duckdb');
    writeFileSync(
      config,
      `warehouse: {kind: duckdb, path: ${warehouse}}\nhistory: {source: export, path: x.jsonl}\ndecide: {minimumRuns: 100000, decisiveMultiple: 1000000}\nmarts: {maxStaleness: 26h}\n`,
    );

    const answered = await cli(['--json', '--config', config, 'replay', file.path]);

    expect(answered).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(answered.stdout)).toMatchObject({
      money: 'US dollars, predicted',
      history: { dialect: 'duckdb', statements: rowsOf(SHOP, 8).length },
      events: [],
    });
    expect(existsSync(warehouse)).toBe(false);
  });

  it('reads a download of Snowflake’s QUERY_HISTORY as it is, and knows its SQL', async () => {
    const days = Array.from({ length: 4 }, (_, day) => `2026-01-0${day + 1}`);
    using file = historyFile([]);
    const csv = join(file.folder, 'query_history.csv');
    const rows = days.flatMap((day) => [
      `${day}a,"select r.NAME, sum(o.AMOUNT) from SALES.ORDERS o join SALES.REGIONS r on r.ID = o.REGION group by 1",ANN,Medium,SUCCESS,${day} 10:00:00.000 +0100,9000,60000000`,
      `${day}b,select 1,BOB,,SUCCESS,${day} 10:00:00.000 +0100,0,0`,
    ]);
    writeFileSync(
      csv,
      [
        'QUERY_ID,QUERY_TEXT,USER_NAME,WAREHOUSE_SIZE,EXECUTION_STATUS,END_TIME,EXECUTION_TIME,BYTES_SCANNED',
      ]
        .concat(rows, '')
        .join('\n'),
    );

    const answered = await cli(['--json', 'replay', csv]);

    expect(answered).toMatchObject({ code: 0, stderr: '' });
    // Four runs of nine seconds on four credits an hour, at three dollars a credit.
    expect(JSON.parse(answered.stdout)).toMatchObject({
      history: { dialect: 'snowflake', statements: 8, badRows: 0 },
      coverage: { parsedShare: 1, resolvedShare: 1 },
      totals: { asItRan: 0.12 },
    });
  });

  it('takes another price for an hour of compute', async () => {
    using file = historyFile(rowsOf(SHOP, 4));
    const args = ['--json', 'replay', file.path, '--dialect', 'snowflake', '--price-per-hour'];

    const one = JSON.parse((await cli([...args, '1'])).stdout) as { totals: { asItRan: number } };
    const four = JSON.parse((await cli([...args, '4'])).stdout) as { totals: { asItRan: number } };

    expect(four.totals.asItRan / one.totals.asItRan).toBeCloseTo(4, 3);
  });

  it.for([
    [['nothing.jsonl', '--dialect', 'duckdb'], 1, /nothing\.jsonl/],
    [['nothing.csv'], 1, /nothing\.csv does not exist/],
    [['package.json'], 2, /say which SQL the history is in with --dialect: duckdb, postgres/],
    [
      ['x', '--dialect', 'bigquery', '--billed-by', 'slots'],
      2,
      /what an hour of a slot costs you with --price-per-hour/,
    ],
    [['nothing.jsonl', '--dialect', 'klingon'], 2, /no SQL dialect is called klingon; known are/],
    [
      ['x', '--dialect', 'pg', '--ddl', 'no.sql'],
      2,
      /no\.sql: the DDL file cannot be read \(ENOENT\)/,
    ],
    [['x', '--dialect', 'pg', '--max-staleness', 'soon'], 2, /--max-staleness soon is no duration/],
    [['x', '--dialect', 'pg', '--price-per-hour', 'much'], 2, /an amount of dollars/],
  ] as const)('says in one sentence what is wrong with %j', async ([args, code, said]) => {
    const answered = await cli(['replay', ...args]);

    expect(answered.code).toBe(code);
    expect(answered.stdout).toBe('');
    expect(answered.stderr).toMatch(said);
    expect(answered.stderr.trim().split('\n').length).toBeLessThanOrEqual(2);
  });
});
