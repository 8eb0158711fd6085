import { describe, expect, it } from 'vitest';
import { dialectOf } from '../../src/sql/dialects.ts';
import { fingerprint } from '../../src/sql/fingerprint.ts';
import { tokenize } from '../../src/sql/lexer.ts';

/** Every kind of token and of what stands in its place. */
const TEXTS = [
  'SELECT A.X, sum(B."y z") FROM Db.Sales AS a INNER JOIN `T` b ON a.id != b.id WHERE a.k IN (1, 2, 3);',
  "select date_trunc('MONTH', t.at), e'it\\'s', $$body$$, 0x1F, .5e3, :p, ?, @v from t limit 10",
  'select [a]]b], "c""d", `e``f`, "G", c::varchar(10), j:path[0].x, a->>\'k\' from t order by 1',
  'select 1 -- one\n, /* two */ 2 # three\n, 3 // four\n from t where a<=b and b<>c or c=-1 and d|e',
  "insert into T values (1, 'a'), (2, 'b'); update \"t\" set x = x + 100 where y between ? and $2",
  'select "',
  'select a.b from "a" a, (select 1 as b) as x where x.b = a.b and a.b = ',
];

const DIALECTS = ['generic', 'snowflake', 'bigquery', 'postgres', 'duckdb', 'databricks', 'trino'];

describe('the two ways a normal form is written', () => {
  it.each(DIALECTS)('are the same for ASCII, for other texts and for long ones in %s', (name) => {
    const dialect = dialectOf(name);
    const blanks = ' '.repeat(20_000);

    for (const text of TEXTS) {
      const { normalForm } = fingerprint(text, dialect);

      expect(fingerprint(`/* é */ ${text}`, dialect).normalForm).toBe(normalForm);
      expect(fingerprint(`${blanks}${text}`, dialect).normalForm).toBe(normalForm);
      expect(fingerprint(`/* é */${blanks}${text}`, dialect).normalForm).toBe(normalForm);
    }
  });

  it('fold the case of letters beyond ASCII, one by one and where that makes them longer', () => {
    const postgres = dialectOf('postgres');

    expect(fingerprint('SELECT ÀÉ FROM ΔΡΑ', postgres).normalForm).toBe('select àé from δρα');
    expect(fingerprint('SELECT ÀÉ, İ FROM T', postgres).normalForm).toBe('select àé, i̇ from t');
  });

  it('take no character for the ASCII one with the same low byte', () => {
    const lexical = dialectOf('postgres').lexical;

    expect(fingerprint('select šŁ from t', dialectOf('postgres')).normalForm).toBe(
      'select šł from t',
    );
    expect(tokenize('a\u3000b', lexical).count).toBe(2);
    expect(tokenize('aŁb\u0127', lexical).count).toBe(1);
    expect(tokenize('šelect', lexical).codes[0]).toBe(0);
  });
});
