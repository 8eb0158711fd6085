import { afterAll, beforeAll, expect, it } from 'vitest';
import { readDdl } from '../../../src/cli/read-ddl.ts';
import { dialectOf } from '../../../src/sql/dialects.ts';
import { declaredFacts } from '../../../src/sql/match/declared-facts.ts';
import type { Bench } from '../../corpus/match-corpus.ts';
import { openBench, parse, runCase } from '../../corpus/match-corpus.ts';
import { SHOP } from './ask.ts';
import { randomPair } from './random-queries.ts';

/** Random pairs tried; more with the environment. */
const PAIRS = Number(process.env['GOLDSMITH_RANDOM_PAIRS'] ?? 20);

let bench: Bench;
beforeAll(async () => {
  const unchecked = SHOP.replaceAll(/,\s*foreign key \([^)]*\) references \w+ \([^)]*\)/g, '');
  bench = await openBench(unchecked.replaceAll(' primary key', ' not null'));
});
afterAll(() => bench.scratch.close());

it('answers random queries from random marts as base does, on small databases, with and without keys', async () => {
  const schema = await readDdl({ ddl: SHOP, dialect: dialectOf('duckdb'), names: {} }, parse);
  const wrong: string[] = [];
  let answered = 0;

  for (let seed = 0; seed < PAIRS; seed += 1) {
    const { mart, query } = randomPair(seed);
    const trust = seed % 3 !== 0;
    const result = await runCase(
      { id: String(seed), setup: SHOP, mvs: [mart], query },
      { bench, trust, facts: declaredFacts(schema, { trustKeys: trust }) },
    );
    answered += result.verdict === 'equal' ? 1 : 0;
    if (result.verdict === 'unequal' || result.verdict === 'broken') {
      wrong.push(`seed ${seed}\n${mart}\n${query}\n${result.answer.sql}\n${result.detail}`);
    }
  }

  expect(wrong).toEqual([]);
  expect(answered).toBeGreaterThan(0);
});
