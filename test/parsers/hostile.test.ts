import { afterAll, describe, expect, it } from 'vitest';
import { hostileOf, mutated } from '../../bench/hostile-texts.ts';
import { openParsers } from '../../src/parsers/open-parsers.ts';
import { randomNumbers } from '../../src/prove/random-numbers.ts';
import { DIALECT_NAMES } from '../../src/sql/dialect.ts';

/** What would have cost a worker: the watchdog's mercy, a crash, a tree that cannot be handed over. */
const FAULT = /watchdog|crashed|too deep to be handed over/;

describe('hostile texts', () => {
  const parsers = openParsers({ timeoutMs: 20_000 });
  afterAll(() => parsers.close());

  it.each([
    ['snowflake', 140],
    ['postgres', 40],
    ['duckdb', 440],
    ['postgres', 5_000],
  ] as const)('cost a refusal and no worker, in %s at size %d', async (dialect, size) => {
    const outcomes = await parsers.parse(hostileOf(size, dialect));

    expect(outcomes.filter((o) => o.kind === 'unparsed' && FAULT.test(o.because))).toEqual([]);
  });

  it.each([
    ['by the first reader where calls nest as people write them', 8, 'sqlparser-rs'],
    ['by PostgreSQL’s own where the first would take twice as long for each', 30, 'libpg'],
  ])('of calls in calls are read %s', async (_title, depth, reader) => {
    const sql = `select ${'f(a, '.repeat(depth)}b${')'.repeat(depth)} from t`;
    const [outcome] = await parsers.parse([{ sql, dialect: 'postgres' }]);

    expect(outcome?.kind === 'parsed' && outcome.reader).toBe(reader);
  });

  it('that were real statements are answered, each in its place', async () => {
    const dice = randomNumbers(3);
    const sql = 'with a as (select b, sum(c) as d from t where e > 1 group by b) select * from a';
    const requests = Array.from({ length: 300 }, (_, index) =>
      mutated({ sql, dialect: DIALECT_NAMES[index % DIALECT_NAMES.length] ?? 'generic' }, dice),
    );

    const outcomes = await parsers.parse(requests);

    expect(outcomes).toHaveLength(300);
    expect(outcomes.filter((o) => o.kind === 'unparsed' && FAULT.test(o.because))).toEqual([]);
  });
});
