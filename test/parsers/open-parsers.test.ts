import { afterEach, describe, expect, it } from 'vitest';
import type { ParserOptions, Parsers } from '../../src/parsers/open-parsers.ts';
import { openParsers } from '../../src/parsers/open-parsers.ts';
import type { ParseRequest } from '../../src/sql/parse-sql.ts';

const opened: Parsers[] = [];

function open(options: ParserOptions = {}): Parsers {
  const parsers = openParsers({ workers: 1, ...options });
  opened.push(parsers);
  return parsers;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((parsers) => parsers.close()));
});

const duckdb = (sql: string): ParseRequest => ({ sql, dialect: 'duckdb' });
const hugeList = (length: number) => duckdb(`select a in (${'1,'.repeat(length)}1) from t`);

describe('openParsers', () => {
  it('answers in the order of the requests, whatever the batches', async () => {
    const requests = Array.from({ length: 150 }, (_, index) => duckdb(`select c${index} from t`));

    const outcomes = await open({ workers: 2 }).parse(requests);

    expect(outcomes).toHaveLength(150);
    expect(JSON.stringify(outcomes[149])).toContain('"c149"');
    expect(JSON.stringify(outcomes[0])).toContain('"c0"');
  });

  it('ends a worker that is stuck, and reads what comes after with another', async () => {
    const parsers = open({ timeoutMs: 60, maxTokens: 1_000_000 });

    const outcomes = await parsers.parse([
      hugeList(400_000),
      duckdb('select 1'),
      hugeList(400_000),
    ]);
    const after = await open().parse([duckdb('select 2')]);

    const because = 'the watchdog ended it: reading took longer than 60 ms';
    const stuck = { kind: 'unparsed', because, tables: ['t'] };
    expect(outcomes[0]).toEqual(stuck);
    expect(outcomes[2]).toEqual(stuck);
    expect(after).toMatchObject([{ kind: 'parsed' }]);
  });

  it('replaces a worker whose library crashed, and still reads all the rest with the first', async () => {
    const trap = duckdb(
      `select ${Array.from({ length: 449 }, () => 'a is null').join(' || ')} from t`,
    );
    const deep = duckdb(`select ${'(a'.repeat(90)} ${'+ a is null)'.repeat(90)}`);

    const outcomes = await open().parse([duckdb('select 1'), trap, deep, duckdb('select 2')]);

    expect(outcomes[0]).toMatchObject({ kind: 'parsed', reader: 'sqlparser-rs' });
    expect(outcomes[3]).toMatchObject({ kind: 'parsed', reader: 'sqlparser-rs' });
  });

  it('releases a worker that read a thousand texts at once when it is through, for the memory it holds', async () => {
    const isReleased = new Promise((resolve) => {
      process.once('worker', (worker) => worker.once('exit', resolve));
    });
    const parsers = open({ idleMs: 3_600_000 });

    await parsers.parse(Array.from({ length: 1_000 }, (_, at) => duckdb(`select ${at}`)));
    await isReleased;

    expect(await parsers.parse([duckdb('select 1')])).toMatchObject([{ kind: 'parsed' }]);
  });

  it('refuses a text that is too long, with the length and the limit', async () => {
    const outcomes = await open({ maxLength: 100 }).parse([duckdb(`select '${'x'.repeat(200)}'`)]);

    const because = 'it is 209 characters long, the limit is 100';
    expect(outcomes).toEqual([{ kind: 'unparsed', because, tables: [] }]);
  });

  it('refuses by size, the same on any machine, what would make trees too deep to hand over', async () => {
    const union = duckdb(Array.from({ length: 1_500 }, () => 'select a from t').join(' union '));
    const words = duckdb(`select ${'interval '.repeat(140)} a from t`);
    const joins = duckdb(`select 1 from t ${'join u on a '.repeat(1_500)}`);

    const outcomes = await open().parse([union, words, joins, duckdb('select 1')]);

    expect(outcomes).toMatchObject([
      { kind: 'unparsed', because: 'it combines 1499 queries, the limit is 1000', tables: ['t'] },
      { kind: 'unparsed', because: 'it repeats one keyword 139 times, the limit is 12' },
      { kind: 'unparsed', because: 'it joins 1500 times, the limit is 1000' },
      { kind: 'parsed' },
    ]);
  });

  it('rejects with the reason of the abort', async () => {
    const aborting = new AbortController();
    const parsing = open().parse([hugeList(50_000)], aborting.signal);
    aborting.abort();

    await expect(parsing).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('reads nothing once it is closed', async () => {
    const parsers = open();
    await parsers.close();

    await expect(parsers.parse([duckdb('select 1')])).rejects.toMatchObject({
      code: 'PARSER_CLOSED',
    });
  });
});
