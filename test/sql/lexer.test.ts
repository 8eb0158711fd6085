import { describe, expect, it } from 'vitest';
import { dialectOf } from '../../src/sql/dialects.ts';
import { tokenize } from '../../src/sql/lexer.ts';
import { tokenText } from '../../src/sql/tokens.ts';

const KINDS = ['', 'word', 'quoted', 'string', 'number', 'parameter', 'punctuation'];

function read(sql: string, dialect = 'duckdb'): string[] {
  const tokens = tokenize(sql, dialectOf(dialect).lexical);
  return Array.from(
    { length: tokens.count },
    (_, index) => `${KINDS[tokens.kinds[index] ?? 0] ?? ''} ${tokenText(tokens, index)}`,
  );
}

describe('tokenize', () => {
  it.each([
    ['duckdb', `'it''s'`],
    ['duckdb', `e'it\\'s'`],
    ['duckdb', `$tag$ a ' b $$ $tag$`],
    ['postgres', `U&'d\\0061t'`],
    ['snowflake', `'it\\'s'`],
    ['snowflake', `$$ a ; ' $$`],
    ['bigquery', `"it's"`],
    ['bigquery', `'''it's "fine" \\''' still'''`],
    ['bigquery', `r'\\d+\\''`],
    ['bigquery', `rb"\\x"`],
    ['spark', `r'C:\\'`],
    ['mysql', `"it's"`],
  ])('in %s reads %s as one string', (dialect, sql) => {
    expect(read(sql, dialect)).toEqual([`string ${sql}`]);
  });

  it.each([
    ['duckdb', `"a ""b"" c"`],
    ['bigquery', '`p.d.t`'],
    ['generic', '`a`'],
  ])('in %s reads %s as one quoted identifier', (dialect, sql) => {
    expect(read(sql, dialect)).toEqual([`quoted ${sql}`]);
  });

  it.each(['1', '1.5', '.5', '1e10', '1.5E-3', '0xFF', '1_000'])(
    'reads %s as one number',
    (sql) => {
      expect(read(sql)).toEqual([`number ${sql}`]);
    },
  );

  it('takes suffixes into numbers only where the dialect has them', () => {
    expect(read('10L', 'spark')).toEqual(['number 10L']);
    expect(read('10L', 'postgres')).toEqual(['number 10', 'word L']);
  });

  it.each([
    ['?', 'duckdb'],
    ['$1', 'postgres'],
    [':from_day', 'duckdb'],
    ['@day', 'bigquery'],
  ])('reads %s as a parameter in %s', (sql, dialect) => {
    expect(read(`x = ${sql}`, dialect).at(-1)).toBe(`parameter ${sql}`);
  });

  it('tells a path, a cast and a slice from a parameter by what stands before the colon', () => {
    expect(read('v:a.b::int', 'snowflake')).not.toContain('parameter :a');
    expect(read('a[1:n]')).not.toContain('parameter :n');
    expect(read('limit :n')).toContain('parameter :n');
  });

  it('keeps columns and stages of Snowflake as names', () => {
    expect(read('select $1 from @stage', 'snowflake')).toEqual([
      'word select',
      'word $1',
      'word from',
      'word @stage',
    ]);
  });

  it('takes the longest operator', () => {
    expect(read('a->>b #>> c <=> d != e')).toEqual([
      'word a',
      'punctuation ->>',
      'word b',
      'punctuation #>>',
      'word c',
      'punctuation <=>',
      'word d',
      'punctuation !=',
      'word e',
    ]);
  });

  it('sets comments aside, nested where the dialect nests them', () => {
    const sql = 'a /* x /* y */ z */ b';

    expect(read(sql, 'postgres')).toEqual(['word a', 'word b']);
    expect(read(sql, 'snowflake')).toContain('word z');
    expect(tokenize('a -- x\n-- y', dialectOf('duckdb').lexical).comments).toEqual([
      { start: 2, end: 6 },
      { start: 7, end: 11 },
    ]);
  });

  it('knows comments after # and // only where they exist', () => {
    expect(read('a # b', 'bigquery')).toEqual(['word a']);
    expect(read('a // b', 'snowflake')).toEqual(['word a']);
    expect(read('a // b', 'duckdb')).toEqual(['word a', 'punctuation //', 'word b']);
  });

  it.each([`'abc`, `"abc`, `/* abc`, `$$abc`, `e'abc\\`])(
    'lets %s reach to the end of the text',
    (sql) => {
      const tokens = tokenize(sql, dialectOf('postgres').lexical);

      expect([...tokens.ends, ...tokens.comments.map(({ end }) => end)]).toEqual([sql.length]);
    },
  );

  it('reads letters of any script as words and pasted blanks as blanks', () => {
    expect(read('größe\u00a0数量')).toEqual(['word größe', 'word 数量']);
  });

  it('cuts a megabyte of one bracket in linear time', () => {
    const tokens = tokenize('('.repeat(1_000_000), dialectOf('duckdb').lexical);

    expect(tokens.count).toBe(1_000_000);
  });
});
