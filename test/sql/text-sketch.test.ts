import { describe, expect, it } from 'vitest';
import { dialectOf } from '../../src/sql/dialects.ts';
import { tokenize } from '../../src/sql/lexer.ts';
import { cutAt, cutsAreTokens, textSketch } from '../../src/sql/text-sketch.ts';

const { lexical } = dialectOf('duckdb');

function keyOf(sql: string): string | undefined {
  return textSketch(sql, lexical)?.key;
}

describe('textSketch', () => {
  it('cuts out strings, numbers and comments, and nothing else', () => {
    const sql = `select "a 1", b2 from t -- why\nwhere c = 'x' and d > 1.5 /* so */`;

    expect(keyOf(sql)).toBe(`select "a 1", b2 from t \0c\nwhere c = \0s and d > \0n \0c`);
  });

  it('cuts out what stands in double quotes where that is a string, and keeps it where it is a name', () => {
    const sql = `select "a 1" from t where b = 'x'`;

    expect(keyOf(sql)).toBe(`select "a 1" from t where b = \0s`);
    expect(textSketch(sql, dialectOf('bigquery').lexical)?.key).toBe(
      'select \0d from t where b = \0s',
    );
  });

  it.each([
    ['a quote that does not end', `select 'a`],
    ['a doubled quote', `select 'it''s'`],
    ['a backslash in a string', `select 'a\\'`],
    ['a comment in a comment', 'select /* a /* b */ c */ 1'],
    ['a comment that does not end', 'select /* a'],
    ['a mark of its own', 'select \0s'],
    ['great length', `select ${'a + '.repeat(5000)} b`],
    ['very many literals', `select [${'1, '.repeat(1500)} 2]`],
  ])('leaves a text with %s alone', (_, sql) => {
    expect(textSketch(sql, lexical)).toBeUndefined();
  });

  it.each(['1e5', '1_000', '0x1f', '1.', '3L'])(
    'leaves %s in the text, as not every dialect ends it in the same place',
    (number) => {
      expect(keyOf(`select ${number}`)).toBe(`select ${number}`);
    },
  );
});

describe('cutsAreTokens', () => {
  it.each([
    ['plain literals and comments', `select 'a', 1 -- b`, true],
    ['a literal inside a quoted name', 'select "a" from t', true],
    ['a prefix before the quote', `select e'a'`, false],
    ['a number that is a parameter', 'select :5', false],
    ['a quote in a dollar quote', `select $$ 'a' $$`, false],
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
