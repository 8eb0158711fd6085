import { existsSync, globSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Dialect, DialectName } from '../../src/sql/dialect.ts';
import { dialectOf } from '../../src/sql/dialects.ts';
import { tokenize } from '../../src/sql/lexer.ts';
import { NUMBER, STRING } from '../../src/sql/tokens.ts';
import { statementReader } from '../../src/usage/statement-reader.ts';
import { readStatement, type StatementReading } from '../../src/usage/statement-reading.ts';

const corpus = `${process.env['GOLDSMITH_CORPUS'] ?? '../shared/data'}/statements`;

/** All a reading tells, with what it makes when asked. */
function told(reading: StatementReading) {
  return {
    statementClass: reading.statementClass,
    tags: reading.tags,
    isEmpty: reading.isEmpty,
    hasFrom: reading.hasFrom,
    print: reading.print(),
    mayNameCatalog: reading.mayNameCatalog(),
    tables: reading.mayNameCatalog() ? reading.tables() : undefined,
  };
}

function expectSame(texts: readonly string[], dialect: Dialect): void {
  const read = statementReader(dialect);
  for (const text of [...texts, ...texts]) {
    expect(told(read(text)), text).toEqual(told(readStatement(text, dialect)));
  }
}

const STRINGS = [
  `'x y'`,
  `'month'`,
  `'a.b/c'`,
  `'3 days'`,
  `'%Y-%m'`,
  `'$.a.b'`,
  `'Europe/Rome'`,
  `', '`,
  `''`,
  `'it''s'`,
  `''''`,
  `'a\\b'`,
  `'a\\'`,
  `'-- no'`,
  `'/* no'`,
  `'a"b'`,
  `'a\0s'`,
  `'2026-01-01'`,
  `E'\\n'`,
  `"x y"`,
  `"month"`,
  `""`,
  `"""a"""`,
  `"it's"`,
  `r"a"`,
  `$$a'b$$`,
];
const NUMBERS = [
  '1',
  '0',
  '100',
  '7',
  '12345678901234',
  '0.5',
  '.5',
  '1.',
  '1e5',
  '0x1f',
  '1_000',
  '3L',
];

const COMMENTS = ['--x\n', '--x', '/*x*/', '/*/*x*/*/', '//x\n', '#x\n', '/*x'];
const AROUND = ['', ' ', 'a', 't.', '.', '-', '/', '1', 'r', '"', '||', '&', ':', '$', '$$', 'x+'];

/** The text with each of its literals replaced by one of the lists, chosen by `seed`. */
function mutated(
  sql: string,
  { dialect, seed }: { readonly dialect: Dialect; readonly seed: number },
): string {
  const { count, kinds, starts, ends } = tokenize(sql, dialect.lexical);
  let text = '';
  let from = 0;
  for (let index = 0; index < count; index += 1) {
    const choices = kinds[index] === STRING ? STRINGS : kinds[index] === NUMBER ? NUMBERS : [];
    const choice = choices[(index * 7 + seed * 13 + seed * index) % (choices.length || 1)];
    if (choice !== undefined) {
      text += sql.slice(from, starts[index]) + choice;
      from = ends[index] ?? 0;
    }
  }
  return text + sql.slice(from);
}

describe('statementReader', () => {
  const duckdb = dialectOf('duckdb');

  it.each([
    [
      'literals that are dropped',
      `select a from t where b = 'x' and c > 5`,
      `select a from t where b = '' and c > 12.5`,
    ],
    ['counts that are kept', 'select a from t limit 10', 'select a from t limit 20'],
    [
      'parts that are kept',
      `select date_trunc('month', d) from t`,
      `select date_trunc('day', d) from t`,
    ],
    ['comments', `/* app='a' */ select 1 from t -- it's`, `/* app='b' */ select 2 from t -- no`],
    [
      'a quote in a comment',
      `select a -- don't\nfrom t where b = 'x'`,
      `select a -- don't\nfrom u where b = 'x'`,
    ],
    ['a comment that an operator swallows', 'select a ||-- b\n c', 'select a ||/* b */ c'],
    ['a division before a comment', 'select a /-- b\n c', 'select a //* b */ c'],
    ['the point of a number', 'select :.5', 'select :1.5'],
    ['strings with quotes in them', `select 'it''s' from t`, `select 'x' from t`],
    ['a string that does not end', `select a from t where b = 'x`, `select a from t where b = ''`],
    ['prefixed strings', `select e'\\'' from t`, `select e'x' from t`],
    ['marks as text', `select '\0s' from t`, `select \0s from t`],
    ['arithmetic', 'select a + 1 from t', 'select a + 2 from t'],
    ['lists', 'select a from t where b in (1, 2)', 'select a from t where b in (1, 2, 3)'],
    [
      'shares in a list',
      'select quantile_cont(x, [0.5, 4711]) from t',
      'select quantile_cont(x, [0.5, 0.9]) from t',
    ],
    [
      'shares in a list that were kept',
      'select percentile(x, array(0.5, 0.9)) from t',
      'select percentile(x, array(0.5, 4711)) from t',
    ],
    ['zones', `select d at time zone 'UTC' from t`, `select d at time zone 'Europe/Rome' from t`],
    ['signs between texts', `select a || '-' || b from t`, `select a || 'x' || b from t`],
    ['catalog tables', 'select 1 from pg_class', 'select 2 from pg_class'],
    ['members of tuples', 'select t.1 from t', 'select t.2 from t'],
    ['dollar quotes', `select $$ 5 ' $$ from t`, `select $$ 6 ' $$ from t`],
  ])('knows texts apart that differ in %s as the lexer does', (_, one, other) => {
    expectSame([one, other], duckdb);
  });

  it.each<DialectName>(['duckdb', 'bigquery', 'spark', 'mysql'])(
    'reads every literal and comment next to all that could join it as its tokens tell, in %s',
    (name) => {
      const dialect = dialectOf(name);
      const literals = [...STRINGS, ...NUMBERS, ...COMMENTS];
      const wrong: string[] = [];
      for (const before of AROUND) {
        for (const after of AROUND) {
          const read = statementReader(dialect);
          const texts = literals.map((literal) => `select ${before}${literal}${after}b, 1 from t`);
          for (const text of [...texts, ...texts.toReversed()]) {
            const [seen, real] = [read(text), readStatement(text, dialect)];
            const isSame =
              seen.print().normalForm === real.print().normalForm &&
              seen.hasFrom === real.hasFrom &&
              seen.print().operators === real.print().operators;
            if (!isSame) {
              wrong.push(text);
            }
          }
        }
      }

      expect(wrong).toEqual([]);
    },
  );

  it('knows who asked by the comment of each run, not of the one before', () => {
    const texts = ['a', 'a', 'b', 'a'].map((app) => `/* app='${app}' */ select 1 from t`);
    const read = statementReader(duckdb);

    expect(texts.map((text) => read(text).tags.pairs['app'])).toEqual(['a', 'a', 'b', 'a']);
  });

  it('numbers comments alike only where their tags are the same', () => {
    const read = statementReader(duckdb);
    const [a, b, again, none, long] = [
      `/* app='a' */ select 1 from t`,
      `/* app='b' */ select 1 from t`,
      `/* app='a' */ select 2 from t`,
      'select 1 from t',
      `/* ${'prose '.repeat(1000)} */ select 1 from t`,
    ].map((text) => read(text).commentNumber);

    expect(a).not.toBe(b);
    expect(again).toBe(a);
    expect([a, b]).not.toContain(none);
    expect(long).toBeUndefined();
  });

  it('keeps what it remembers within bounds', () => {
    const read = statementReader(duckdb);
    const texts = Array.from(
      { length: 40_000 },
      (__, at) => `select c_${at} from t where b = ${at}`,
    );
    for (const text of texts) {
      read(text);
    }

    expect(told(read(texts[0] ?? ''))).toEqual(told(readStatement(texts[0] ?? '', duckdb)));
  });

  const files = existsSync(corpus) ? globSync(`${corpus}/*.jsonl.gz`).toSorted() : [];
  if (files.length === 0) {
    process.stderr.write(`skipped: no corpus at ${corpus}; set GOLDSMITH_CORPUS\n`);
  }
  it.skipIf(files.length === 0)(
    'reads statements of the corpus as their tokens tell, whatever literals are put into them',
    { timeout: 120_000 },
    () => {
      const byDialect = new Map<string, string[]>();
      for (const path of files) {
        const lines = gunzipSync(readFileSync(path)).toString('utf8').split('\n');
        for (const line of lines.filter((each, at) => each !== '' && at % 53 === 0)) {
          const { dialect, sql } = JSON.parse(line) as { dialect: string; sql: string };
          const texts = byDialect.get(dialect) ?? [];
          byDialect.set(dialect, texts);
          const of = dialectOf(dialect);
          texts.push(sql, ...[1, 2, 3].map((seed) => mutated(sql, { dialect: of, seed })));
        }
      }
      for (const [dialect, texts] of byDialect) {
        expectSame(texts, dialectOf(dialect));
      }
    },
  );
});
