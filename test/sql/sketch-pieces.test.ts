import { describe, expect, it } from 'vitest';
import type { DialectName, LexicalRules } from '../../src/sql/dialect.ts';
import { dialectOf } from '../../src/sql/dialects.ts';
import { cutsAlong, firstWordAt, piecesOf } from '../../src/sql/sketch-pieces.ts';
import { type TextCuts, textSketch } from '../../src/sql/text-sketch.ts';

const LITERALS = [
  `'x'`,
  `''`,
  `'it''s'`,
  `'a\\'`,
  `'''`,
  `"x"`,
  `"""`,
  `r'x'`,
  `e'x'`,
  `u&"x"`,
  '1',
  '.5',
  '1.',
  '1.5',
  '1e5',
  '0x1f',
  '7L',
  '--x\n',
  '--x',
  '/*x*/',
  '/*/*x*/*/',
  '//x\n',
  '#x\n',
  `'x`,
  '/*x',
];
/** What may stand before and after a literal, with all that could join it. */
const AROUND = [
  '',
  ' ',
  'a',
  't.',
  '.',
  '-',
  '/',
  '1',
  'r',
  '"',
  "'",
  '`',
  '(',
  ')',
  '||',
  '&',
  '\n',
];
const DIALECTS: readonly DialectName[] = [
  'duckdb',
  'bigquery',
  'spark',
  'snowflake',
  'mysql',
  'postgres',
];

function told(cuts: TextCuts | undefined): string {
  const { count = 0, kinds = [], starts = [], ends = [] } = cuts ?? {};
  return [kinds, starts, ends].map((column) => column.slice(0, count).join(' ')).join('; ');
}

function sketched(sql: string, lexical: LexicalRules) {
  const sketch = textSketch(sql, lexical);
  expect(sketch).toBeDefined();
  const { key = '', count = 0, kinds = new Uint8Array() } = sketch ?? {};
  return { sql, key, pieces: piecesOf({ key, count, kinds }), told: told(sketch) };
}

describe('cutsAlong', () => {
  it.each(DIALECTS)(
    'finds the cuts of the texts of one sketch, and none of any other, in %s',
    (dialect) => {
      const { lexical } = dialectOf(dialect);
      const wrong: string[] = [];
      let alike = 0;
      for (const before of AROUND) {
        for (const after of AROUND) {
          const sketches = LITERALS.map((literal) =>
            sketched(`select ${before}${literal}${after}b, 1`, lexical),
          );
          for (const one of sketches) {
            for (const other of sketches) {
              const found = cutsAlong(other.sql, one.pieces, lexical);
              const isAlike = one.key === other.key;
              alike += isAlike ? 1 : 0;
              if (isAlike ? told(found) !== other.told : found !== undefined) {
                wrong.push(`${JSON.stringify(one.sql)} ${JSON.stringify(other.sql)}`);
              }
            }
          }
        }
      }

      expect(wrong).toEqual([]);
      expect(alike).toBeGreaterThan(10_000);
    },
  );

  it('knows a text without literals', () => {
    const { lexical } = dialectOf('duckdb');
    const sketch = textSketch('select a from t', lexical);
    const pieces = sketch && piecesOf(sketch);

    expect(pieces && cutsAlong('select a from t', pieces, lexical)?.count).toBe(0);
    expect(pieces && cutsAlong('select a from t ', pieces, lexical)).toBeUndefined();
  });
});

describe('firstWordAt', () => {
  it.each([
    ['select 1', 0],
    ['', 0],
    [' \n', 2],
    ['  -- a\n\t/* b */ select', 16],
    ['-- a', 4],
  ])('skips blanks and comments before %j', (sql, at) => {
    expect(firstWordAt(sql, dialectOf('duckdb').lexical)).toBe(at);
  });
});
