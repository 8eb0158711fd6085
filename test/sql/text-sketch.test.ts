import { describe, expect, it } from 'vitest';
import type { DialectName } from '../../src/sql/dialect.ts';
import { dialectOf } from '../../src/sql/dialects.ts';
import { tokenize } from '../../src/sql/lexer.ts';
import { cutAt, cutsAreTokens, textSketch } from '../../src/sql/text-sketch.ts';

const { lexical } = dialectOf('duckdb');

function keyOf(sql: string): string | undefined {
  return textSketch(sql, lexical)?.key;
}

/** The parts of a text that are cut out. */
function cutsOf(sql: string, dialect: DialectName = 'duckdb'): readonly string[] | undefined {
  const sketch = textSketch(sql, dialectOf(dialect).lexical);
  return (
    sketch &&
    Array.from({ length: sketch.count }, (_, cut) =>
      sql.slice(sketch.starts[cut], sketch.ends[cut]),
    )
  );
}

describe('textSketch', () => {
  it('cuts out strings, numbers and comments, and nothing else', () => {
    const sql = `select "a 1", b2 from t -- why\nwhere c = 'x' and d > 1.5 /* so */`;

    expect(cutsOf(sql)).toEqual(['-- why', `'x'`, '1.5', '/* so */']);
    expect(keyOf(sql)?.replaceAll(/\0./g, '?')).toBe(
      'select "a 1", b2 from t ?\nwhere c = ? and d > ? ?',
    );
  });

  it('cuts out what stands in double quotes where that is a string, and keeps it where it is a name', () => {
    const sql = `select "a 1" from t where b = 'x'`;

    expect(cutsOf(sql)).toEqual([`'x'`]);
    expect(cutsOf(sql, 'bigquery')).toEqual(['"a 1"', `'x'`]);
  });

  it.each<[DialectName, string, readonly string[]]>([
    ['duckdb', `'it''s' 'a\\' "b"`, [`'it''s'`, `'a\\'`]],
    ['bigquery', `'a\\'b' """c"d""" r'\\d' rb"e"`, [`'a\\'b'`, `"""c"d"""`, `r'\\d'`, 'rb"e"']],
    ['postgres', `e'a\\'b' u&'c' xx'd'`, [`e'a\\'b'`, `u&'c'`, `'d'`]],
    ['spark', '10L 1.5BD 2x', ['10L', '1.5BD', '2']],
    [
      'duckdb',
      '10L 1e5 1_000 0x1f 1. .5 t.1 t .2',
      ['10', '1e5', '1_000', '0x1f', '1.', '.5', '1', '.2'],
    ],
    ['postgres', '/* a /* b */ c */ 1 # 2', ['/* a /* b */ c */', '1', '2']],
    ['mysql', '/* a /* b */ c # 2', ['/* a /* b */', '# 2']],
    ['snowflake', 'a // b 2', ['// b 2']],
    ['duckdb', `select 'a`, [`'a`]],
    ['duckdb', 'select /* a', ['/* a']],
  ])('ends literals and comments where %s does: %s', (dialect, sql, cuts) => {
    expect(cutsOf(sql, dialect)).toEqual(cuts);
  });

  it('keeps strings and comments apart that begin in another way', () => {
    const keys = [
      `a 'b'`,
      `a r'b'`,
      'a "b"',
      'a r"b"',
      'a --b',
      'a /*b*/',
      'a #b',
      'a 1',
      'a .1',
    ].map((sql) => textSketch(sql, dialectOf('bigquery').lexical)?.key);

    expect(new Set(keys).size).toBe(keys.length);
  });

  it.each([
    ['a mark of its own', 'select \0s'],
    ['great length', `select ${'a + '.repeat(5000)} b`],
    ['very many literals', `select [${'1, '.repeat(1500)} 2]`],
  ])('leaves a text with %s alone', (_, sql) => {
    expect(textSketch(sql, lexical)).toBeUndefined();
  });
});

describe('cutsAreTokens', () => {
  it.each([
    ['plain literals and comments', `select 'a', 1 -- b`, true],
    ['a literal inside a quoted name', 'select "a" from t', true],
    ['a prefix before the quote', `select e'a'`, true],
    ['a number that is a parameter', 'select :5', false],
    ['a quote in a dollar quote', `select $$ 'a' $$`, false],
    ['a comment that an operator swallows', 'select a ||/* b */ c', false],
  ])('tells whether the lexer sees the same in %s', (_, sql, expected) => {
    const sketch = textSketch(sql, lexical);

    expect(sketch && cutsAreTokens(sketch, tokenize(sql, lexical))).toBe(expected);
  });

  it('sees a comment that only this dialect knows', () => {
    const sql = 'select a # b';
    const sketch = textSketch(sql, lexical);

    expect(sketch && cutsAreTokens(sketch, tokenize(sql, dialectOf('mysql').lexical))).toBe(false);
    expect(sketch && cutsAreTokens(sketch, tokenize(sql, lexical))).toBe(true);
  });

  it('finds the cut of a token', () => {
    const sketch = textSketch(`select 'a', 1`, lexical);

    expect(sketch && [cutAt(sketch, 7), cutAt(sketch, 12), cutAt(sketch, 0)]).toEqual([0, 1, -1]);
  });
});
