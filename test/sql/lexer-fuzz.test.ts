import { existsSync, globSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { classifyStatement } from '../../src/sql/classify-statement.ts';
import { readCommentTags } from '../../src/sql/comment-tags.ts';
import type { Dialect } from '../../src/sql/dialect.ts';
import { DIALECT_NAMES } from '../../src/sql/dialect.ts';
import { dialectOf } from '../../src/sql/dialects.ts';
import { fingerprint } from '../../src/sql/fingerprint.ts';
import { tokenize } from '../../src/sql/lexer.ts';
import { splitStatements } from '../../src/sql/split-statements.ts';
import { tokenFacts } from '../../src/sql/token-facts.ts';

const SEEDS = [
  `with a as (select date_trunc('month', d) m, sum(x * (1 - y)) over (order by z rows 6 preceding) from s.t) select * from a where b in (1, 'it''s', e'\\'') -- c`,
  `select $1, v:path.x::string, $$a;b$$, r'\\d', """triple "q" """, \`p.d.t\`, j ->> '$.a' from @stage /* x /* y */ z */ limit 10;`,
  `merge into t using (values (1, null), (2, '3')) s(a, b) on t.a = s.a when matched then update set b = interval '1 day' when not matched then insert values (?, :p)`,
  `/*goldsmith_served='route',goldsmith_mart='m'*/ create procedure p() begin case when a then b end; end; # end`,
];
const BITS = [
  `'`,
  `"`,
  '`',
  '$$',
  '$a$',
  '/*',
  '*/',
  '--',
  '\n',
  '(',
  ')',
  '[',
  ']',
  '\\',
  ':',
  '@',
  '?',
  '.',
  ';',
  '#',
  '//',
  'e',
  "r'",
  '\0',
  'é',
  '\ud83d',
  ' in (',
  ' values (',
  "interval '",
  ' from ',
];

/** A deterministic sequence of numbers from 0 to 1 (mulberry32). */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function mutated(sql: string, next: () => number): string {
  let text = sql;
  const changes = 1 + Math.floor(next() * 4);
  for (let change = 0; change < changes; change += 1) {
    const at = Math.floor(next() * text.length);
    const length = Math.floor(next() * 8);
    const bit = BITS[Math.floor(next() * BITS.length)] ?? '';
    text = text.slice(0, at) + bit + text.slice(at + length);
  }
  return next() < 0.3 ? text.slice(0, Math.floor(next() * text.length)) : text;
}

function readAll(sql: string, dialect: Dialect): void {
  const tokens = tokenize(sql, dialect.lexical);
  let before = 0;
  for (let index = 0; index < tokens.count; index += 1) {
    const start = tokens.starts[index] ?? -1;
    const end = tokens.ends[index] ?? -1;
    if (start < before || end <= start || end > sql.length) {
      throw new Error(`token ${index} of ${JSON.stringify(sql)} is out of order`);
    }
    before = end;
  }
  fingerprint(sql, dialect);
  classifyStatement(sql, dialect);
  splitStatements(sql, dialect);
  tokenFacts(sql, dialect);
  readCommentTags(sql, dialect);
}

describe('reading tokens of broken text', () => {
  it.each(DIALECT_NAMES)('never throws, never loops, keeps offsets in order in %s', (name) => {
    const next = numbersFrom(4711);
    const dialect = dialectOf(name);

    for (let round = 0; round < 1000; round += 1) {
      readAll(mutated(SEEDS[round % SEEDS.length] ?? '', next), dialect);
    }
  });

  it.each([
    ['brackets', '('],
    ['square brackets', '['],
    ['lists', 'in (['],
    ['quotes', `'`],
    ['comment openings', '/*'],
    ['dollar signs', '$'],
    ['dollar tags', '$a '],
    ['operators', 'a+'],
    ['IN lists', 'in ('],
    ['tags', `/*a='`],
    ['WITH', 'with a as ('],
    ['CREATE', 'create '],
    ['rows', 'values ((1), '],
  ])('reads 200,000 characters of %s in time', (_what, bit) => {
    readAll(bit.repeat(Math.floor(200_000 / bit.length)), dialectOf('postgres'));
  });
});

it('reads deep lists around one name in time', () => {
  const deep = `select ${'['.repeat(50_000)}x${']'.repeat(50_000)}`;

  readAll(deep, dialectOf('duckdb'));
});

describe('reading tokens of real statements', () => {
  const corpus = `${process.env['GOLDSMITH_CORPUS'] ?? '../shared/data'}/statements`;
  const isThere = existsSync(corpus);
  if (!isThere) {
    process.stdout.write(`skipped: no statements at ${corpus}; set GOLDSMITH_CORPUS\n`);
  }

  it.runIf(isThere)('gives the same fingerprint with other layout and comments', () => {
    const different: string[] = [];
    for (const { sql, dialect } of everyTenth(corpus)) {
      const tokens = tokenize(sql, dialect.lexical);
      let spread = '';
      for (let index = 0; index < tokens.count; index += 1) {
        const isApart = index > 0 && (tokens.starts[index] ?? 0) > (tokens.ends[index - 1] ?? 0);
        spread +=
          (isApart ? ' /* c */\n\t' : '') + sql.slice(tokens.starts[index], tokens.ends[index]);
      }
      if (fingerprint(spread, dialect).fingerprint !== fingerprint(sql, dialect).fingerprint) {
        different.push(sql);
      }
    }

    expect(different).toEqual([]);
  });

  it.runIf(isThere)('reads its own normal form as that normal form', () => {
    const different = everyTenth(corpus)
      .filter(({ dialect }) => dialect.name === 'duckdb' || dialect.name === 'postgres')
      .map(({ sql, dialect }) => ({ dialect, normalForm: fingerprint(sql, dialect).normalForm }))
      .filter(
        ({ dialect, normalForm }) => fingerprint(normalForm, dialect).normalForm !== normalForm,
      );

    expect(different).toEqual([]);
  });
});

function everyTenth(corpus: string): { readonly sql: string; readonly dialect: Dialect }[] {
  return globSync(`${corpus}/*.jsonl.gz`)
    .toSorted()
    .flatMap((path) => gunzipSync(readFileSync(path)).toString('utf8').split('\n'))
    .filter((line, index) => line !== '' && index % 10 === 0)
    .map((line) => JSON.parse(line) as { readonly dialect: string; readonly sql: string })
    .map(({ dialect, sql }) => ({ dialect: dialectOf(dialect), sql }));
}
