import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { openDuckdb } from '../../../src/connectors/duckdb/duckdb-connector.ts';
import { ExportHistory } from '../../../src/connectors/history/export-history.ts';
import type {
  BadHistoryRow,
  HistoryRow,
  HistorySource,
} from '../../../src/connectors/history-row.ts';

const folder = mkdtempSync(join(tmpdir(), 'goldsmith-test-'));
const NOON = Date.UTC(2026, 0, 31, 12);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function aFile(name: string, content: string | Buffer): string {
  const path = join(mkdtempSync(join(folder, 'h-')), name);
  writeFileSync(path, content);
  return path;
}

function aLine(id: string, changes: Record<string, unknown> = {}): string {
  return `${JSON.stringify({ id, text: `select ${id}`, endedAt: NOON, ...changes })}\n`;
}

function aSource(path: string): ExportHistory {
  return new ExportHistory({ name: 'export', path, format: 'auto' });
}

async function readAll(source: HistorySource, from?: string) {
  const rows: HistoryRow[] = [];
  const bad: BadHistoryRow[] = [];
  let position = from;
  for await (const batch of source.read(from, {})) {
    rows.push(...batch.rows);
    bad.push(...batch.bad);
    position = batch.position;
  }
  return { ids: rows.map(({ id }) => id), rows, bad, position };
}

describe('a JSONL history', () => {
  it('gives every field of a full record', async () => {
    const full = {
      id: 'a',
      text: 'select 1',
      endedAt: '2026-01-31T12:00:00.000Z',
      startedAt: NOON - 1500,
      status: 'success',
      user: 'ann',
      role: 'analyst',
      client: 'metabase',
      tags: { dashboard: '7', nested: { a: 1 } },
      database: 'shop',
      schema: 'gold',
      durationMs: 1500,
      cpuMs: '2800.5',
      rowsScanned: 10,
      bytesScanned: 80,
      rowsReturned: 1,
      cached: false,
      somethingElse: 'ignored',
    };

    const { rows, bad } = await readAll(aSource(aFile('h.jsonl', `${JSON.stringify(full)}\n`)));

    const { somethingElse: _, ...known } = full;
    expect(bad).toEqual([]);
    expect(rows).toEqual([
      { ...known, endedAt: NOON, cpuMs: 2800.5, tags: { dashboard: '7', nested: '{"a":1}' } },
    ]);
  });

  it('needs no more than id, text and endedAt; the status is then unknown', async () => {
    const { rows } = await readAll(aSource(aFile('h.jsonl', aLine('1', { user: null }))));

    expect(rows).toEqual([{ id: '1', text: 'select 1', endedAt: NOON, status: 'unknown' }]);
  });

  it('tells bad rows by line and reason without their values, and loses no other', async () => {
    const content = [
      aLine('1'),
      'not json\n',
      aLine('2', { endedAt: 'yesterday' }),
      '\n',
      aLine('3', { endedAt: undefined }),
      aLine('4', { text: '' }),
      aLine('5', { status: 'maybe' }),
      aLine('6', { durationMs: -1 }),
      aLine('7', { endedAt: 1_769_860_800 }),
      '[1, 2]\n',
      aLine('8', { tags: 'x' }),
      aLine('9'),
    ].join('');

    const { ids, bad } = await readAll(aSource(aFile('h.jsonl', content)));

    expect(ids).toEqual(['1', '9']);
    expect(bad).toEqual([
      { where: 'h.jsonl:2', because: 'not a JSON object' },
      {
        where: 'h.jsonl:3',
        because: 'endedAt must be an ISO 8601 time or milliseconds since 1970',
      },
      { where: 'h.jsonl:5', because: 'endedAt is missing' },
      { where: 'h.jsonl:6', because: 'text is empty' },
      { where: 'h.jsonl:7', because: 'status must be success, failed or cancelled' },
      { where: 'h.jsonl:8', because: 'durationMs must be a number of at least 0' },
      {
        where: 'h.jsonl:9',
        because: 'endedAt must be an ISO 8601 time or milliseconds since 1970',
      },
      { where: 'h.jsonl:10', because: 'not a JSON object' },
      { where: 'h.jsonl:11', because: 'tags must be an object' },
    ]);
  });

  it('reads only what was appended, and counts lines on', async () => {
    const path = aFile('h.jsonl', aLine('1') + aLine('2'));
    const first = await readAll(aSource(path));
    const nothing = await readAll(aSource(path), first.position);
    appendFileSync(path, `${aLine('3')}oops\n`);

    const next = await readAll(aSource(path), nothing.position);

    expect([first.ids, nothing.ids, next.ids]).toEqual([['1', '2'], [], ['3']]);
    expect(next.bad).toEqual([{ where: 'h.jsonl:4', because: 'not a JSON object' }]);
  });

  it('waits for the rest of a torn last line', async () => {
    const line = aLine('2');
    const path = aFile('h.jsonl', aLine('1') + line.slice(0, 20));
    const first = await readAll(aSource(path));
    appendFileSync(path, line.slice(20));

    const next = await readAll(aSource(path), first.position);

    expect([first.ids, first.bad, next.ids, next.bad]).toEqual([['1'], [], ['2'], []]);
  });

  it('takes a whole last line without its newline, once, and counts lines on', async () => {
    const path = aFile('h.jsonl', aLine('1') + aLine('2').trimEnd());
    const first = await readAll(aSource(path));
    appendFileSync(path, '\noops\n');

    const next = await readAll(aSource(path), first.position);

    expect([first.ids, next.ids]).toEqual([['1', '2'], []]);
    expect(next.bad.map(({ where }) => where)).toEqual(['h.jsonl:3']);
  });

  it('reads a file that was truncated or replaced from its beginning', async () => {
    const path = aFile('h.jsonl', aLine('1') + aLine('2') + aLine('3'));
    const first = await readAll(aSource(path));
    writeFileSync(path, aLine('4'));
    const truncated = await readAll(aSource(path), first.position);
    writeFileSync(path, aLine('5') + aLine('6') + aLine('7'));

    const replaced = await readAll(aSource(path), truncated.position);

    expect([truncated.ids, replaced.ids]).toEqual([['4'], ['5', '6', '7']]);
  });

  it('goes on in the middle of a file after a batch', async () => {
    const lines = Array.from({ length: 20_000 }, (_, n) => aLine(String(n)));
    const path = aFile('h.jsonl', lines.join(''));
    const batches = aSource(path).read(undefined, {});
    const { value } = await batches.next();
    await batches.return(undefined);

    const rest = await readAll(aSource(path), value?.position);

    expect((value?.rows.length ?? 0) + rest.rows.length).toBe(20_000);
    expect(rest.ids[0]).toBe(String(value?.rows.length));
  });

  it('fetches texts again: where it has read, where it has not, and across a restart', async () => {
    const path = aFile('h.jsonl', Array.from({ length: 500 }, (_, n) => aLine(`s${n}`)).join(''));
    const source = aSource(path);
    const { position } = await readAll(source);
    appendFileSync(path, aLine('late'));
    const expected = new Map([
      ['s0', 'select s0'],
      ['s499', 'select s499'],
      ['late', 'select late'],
    ]);
    const ids = ['s0', 's499', 'late', 'gone'];

    expect(await source.fetchTexts(ids, {})).toEqual(expected);
    expect(await aSource(path).fetchTexts(ids, {})).toEqual(expected);
    await readAll(source, position);
    expect(await source.fetchTexts(ids, {})).toEqual(expected);
  });

  it('does not take an id within the tags for the statement’s', async () => {
    const line = `{"tags": {"id": "x"}, "id": "y", "text": "select 1", "endedAt": ${NOON}}\n`;
    const source = aSource(aFile('h.jsonl', line));

    expect([...(await source.fetchTexts(['x', 'y'], {})).keys()]).toEqual(['y']);
  });

  it('reads packed files, and keeps what a torn one holds', async () => {
    const packed = gzipSync(Array.from({ length: 50_000 }, (_, n) => aLine(`s${n}`)).join(''));
    const whole = aSource(aFile('h.jsonl.gz', packed));
    const torn = aSource(aFile('h.jsonl.gz', packed.subarray(0, packed.length / 2)));

    const read = await readAll(whole);
    expect(read.ids).toHaveLength(50_000);
    expect((await readAll(whole, read.position)).ids).toEqual([]);
    expect([...(await whole.fetchTexts(['s7', 's49999'], {})).keys()]).toEqual(['s7', 's49999']);
    const { ids, bad } = await readAll(torn);
    expect(ids.length).toBeGreaterThan(1000);
    expect(bad).toEqual([]);
  });

  it('stops when it is aborted', async () => {
    const source = aSource(aFile('h.jsonl', aLine('1')));
    const reading = source.read(undefined, { signal: AbortSignal.abort() }).next();

    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('a folder of histories', () => {
  it('is read by name, and files that come later are found', async () => {
    const path = mkdtempSync(join(folder, 'many-'));
    writeFileSync(join(path, '2.jsonl'), aLine('b'));
    writeFileSync(join(path, '1.jsonl'), aLine('a'));
    writeFileSync(join(path, 'readme.txt'), 'not a history');
    const source = aSource(path);
    const first = await readAll(source);
    writeFileSync(join(path, '3.jsonl'), aLine('c'));
    appendFileSync(join(path, '1.jsonl'), aLine('d'));

    const next = await readAll(source, first.position);

    expect([first.ids, next.ids]).toEqual([
      ['a', 'b'],
      ['d', 'c'],
    ]);
    expect(await readAll(aSource(join(path, '[12].jsonl')))).toMatchObject({
      ids: ['a', 'd', 'b'],
    });
  });

  it('that is empty is a history that has not begun', async () => {
    expect(await readAll(aSource(mkdtempSync(join(folder, 'empty-'))))).toMatchObject({ ids: [] });
  });

  it.for(['nowhere.jsonl', 'nowhere/*.jsonl'])(
    'that is missing is told in a sentence: %s',
    async (name) => {
      await expect(readAll(aSource(join(folder, name)))).rejects.toMatchObject({
        code: 'HISTORY_MISSING',
        message: expect.stringContaining('check history.path'),
      });
    },
  );
});

describe('a Parquet history', () => {
  async function aParquet(select: string): Promise<string> {
    const path = aFile('h.parquet', '');
    const duckdb = await openDuckdb({
      name: 'writer',
      path: ':memory:',
      memoryLimit: '500MB',
      threads: 1,
      externalAccess: true,
    });
    await duckdb.execute(`copy (${select}) to '${path}' (format parquet)`, { purpose: 'build' });
    await duckdb.close();
    return path;
  }

  it('gives rows with times, maps and large numbers, and tells bad ones by row', async () => {
    const path = await aParquet(`
      select * from (values
        ('a', 'select 1', timestamptz '2026-01-31 12:00:00+00', 'success', 5000000000, map {'app': 'x'}),
        ('b', null, timestamptz '2026-01-31 12:00:00+00', 'failed', 1, null),
        ('c', 'select 3', timestamptz '2026-01-31 13:00:00+01', null, null, null)
      ) as t(id, text, "endedAt", status, "bytesScanned", tags)`);

    const { rows, bad } = await readAll(aSource(path));

    expect(rows).toEqual([
      {
        id: 'a',
        text: 'select 1',
        endedAt: NOON,
        status: 'success',
        bytesScanned: 5_000_000_000,
        tags: { app: 'x' },
      },
      { id: 'c', text: 'select 3', endedAt: NOON, status: 'unknown' },
    ]);
    expect(bad).toEqual([{ where: 'h.parquet:2', because: 'text is missing' }]);
  });

  it('goes on after the rows already read, and fetches texts again', async () => {
    const path = await aParquet(
      `select 's' || range as id, 'select ' || range as text, ${NOON} as "endedAt" from range(10000)`,
    );
    const source = aSource(path);
    const batches = source.read(undefined, {});
    const { value } = await batches.next();
    await batches.return(undefined);

    const rest = await readAll(source, value?.position);

    expect((value?.rows.length ?? 0) + rest.rows.length).toBe(10_000);
    expect((await readAll(source, rest.position)).ids).toEqual([]);
    expect(await source.fetchTexts(['s9999', 'gone'], {})).toEqual(
      new Map([['s9999', 'select 9999']]),
    );
  });

  it.for([
    ['no Parquet at all', aFile('broken.parquet', 'x'.repeat(100)), 'cannot be read as Parquet'],
  ] as const)('that is %s is told in a sentence', async ([, path, because]) => {
    await expect(readAll(aSource(path))).rejects.toMatchObject({
      code: 'HISTORY_UNREADABLE',
      message: expect.stringContaining(`${basename(path)} ${because}`),
    });
  });

  it('that lacks a required column names it', async () => {
    const path = await aParquet(`select 'a' as id, 'select 1' as text`);

    await expect(readAll(aSource(path))).rejects.toMatchObject({
      code: 'HISTORY_UNREADABLE',
      message: expect.stringContaining('has no column endedAt'),
    });
  });
});
