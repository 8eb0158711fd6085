import { Readable } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { answerMatchLine } from '../../src/cli/match-line.ts';
import type { Prover } from '../../src/cli/prover.ts';
import { openProver } from '../../src/cli/prover.ts';
import { parse } from '../sql/match/ask.ts';
import { cli } from './in-process.ts';

const SALES = 'create table sales (region varchar, amount integer, day date)';
const BY_REGION = 'select region, sum(amount) as total from sales group by region';
const prover = openProver({ databases: 64, seed: 5 });
afterAll(() => prover.close());

function answer(line: object, with_: Prover = prover) {
  return answerMatchLine(
    { id: 1, dialect: 'duckdb', ddl: SALES, mvs: [BY_REGION], ...line },
    { parse, trustDeclaredKeys: true, prover: with_ },
  );
}

describe('match --prove', () => {
  it('says on how many databases a rewrite was equal, and with which seed', async () => {
    const { answer: kind, proof } = await answer({ query: 'select sum(amount) as s from sales' });

    expect(kind).toBe('rewrite');
    expect(proof).toEqual({ verdict: 'equal', databases: 64, telling: 64, seed: 5 });
  });

  it('refuses a rewrite that is unequal, and shows the few rows that tell', async () => {
    const wrong: Prover = {
      ...prover,
      proveRewrite: (matter) =>
        prover.proveRewrite({
          ...matter,
          rewritten: { ...matter.rewritten, sql: 'select count(total) as s from mv0' },
        }),
    };

    const found = await answer({ query: 'select sum(amount) as s from sales' }, wrong);

    expect(found).toMatchObject({
      answer: 'refuse',
      because: [{ code: 'PROVED_UNEQUAL', text: expect.stringContaining('answer differently') }],
      proof: { verdict: 'unequal', seed: 5 },
    });
    expect(found.sql).toBeUndefined();
    const shown = found.proof?.verdict === 'unequal' ? found.proof.counterExample : undefined;
    expect(shown?.tables[0]?.rows.length).toBeLessThanOrEqual(1);
    expect(shown?.text).toMatch(/the query answers:/);
  });

  it('tells what no rewrite could answer, with two databases that show it', async () => {
    const { determinacy, proof } = await answer({ query: 'select max(amount) as m from sales' });

    expect(determinacy).toMatchObject({
      verdict: 'impossible',
      because: expect.stringContaining('impossible from these marts alone'),
      witness: { text: expect.stringContaining('EQUAL ON EVERY MART') },
    });
    expect(proof).toMatchObject({ verdict: 'not-tried', because: 'there is no rewrite to try' });
  });

  it('does not know where it finds no such two databases', async () => {
    const { determinacy } = await answer({
      mvs: ['select region, amount, day from sales'],
      query: 'select region, row_number() over (order by region, amount, day) as n from sales',
    });

    expect(determinacy).toMatchObject({ verdict: 'unknown', databases: 1024 });
  });

  it('tries statements of other dialects as they are printed for DuckDB', async () => {
    const { proof } = await answer({
      dialect: 'snowflake',
      ddl: 'create table sales (region string, amount number(38, 0), day date)',
      query: 'select sum(amount) as s from sales where region = 1::string',
    });

    expect(proof).toMatchObject({ verdict: 'equal', because: 'tried as printed for DuckDB' });
  });

  it('gives exactly one answer line per input line, in order, each with a proof', async () => {
    const lines = [
      JSON.stringify({
        id: 'a',
        ddl: SALES,
        mvs: [BY_REGION],
        query: 'select sum(amount) from sales',
      }),
      'not json',
      JSON.stringify({
        id: 'b',
        ddl: SALES,
        mvs: [BY_REGION],
        query: 'select min(day) from sales',
      }),
    ];

    const { stdout, code } = await cli(['match', '--prove', '--databases', '32', '--seed', '9'], {
      stdin: Readable.from([`${lines.join('\n')}\n`]),
    });
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: unknown; proof: { verdict: string; seed: number } });

    expect(code).toBe(0);
    expect(answers.map(({ id, proof }) => [id, proof.verdict, proof.seed])).toEqual([
      ['a', 'equal', 9],
      [null, 'not-tried', 9],
      ['b', 'not-tried', 9],
    ]);
  });
});
