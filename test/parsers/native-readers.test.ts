import { describe, expect, it } from 'vitest';
import { parseOne } from '../../src/parsers/parse-one.ts';
import type { DialectName } from '../../src/sql/dialect.ts';
import { statementDigest } from './digest.ts';

async function digestOf(dialect: DialectName, sql: string): Promise<string> {
  const outcome = await parseOne({ sql, dialect });
  return outcome.kind === 'parsed'
    ? `${outcome.reader}: ${outcome.statements.map(statementDigest).join('; ')}`
    : outcome.because;
}

describe("the warehouse's own parser", () => {
  it.each([
    [
      'postgres',
      'select 123abc',
      'libpg refuses it: trailing junk after numeric literal at or near ...',
    ],
    ['postgres', 'select a from t where b = :x', 'libpg refuses it: syntax error at or near ...'],
    [
      'postgres',
      '# a comment of another shell\nselect 1',
      'libpg refuses it: syntax error at or near ...',
    ],
    [
      'duckdb',
      'with a as (insert into t values (1) returning b) select b from a',
      'duckdb refuses it: a CTE needs a SELECT',
    ],
    ['duckdb', 'select * except (a) from t', 'duckdb refuses it: syntax error at or near ...'],
  ] as const)('refuses in %s what the others would read: %s', async (dialect, sql, because) => {
    expect(await digestOf(dialect, sql)).toBe(because);
  });

  it.each([
    ['postgres', 'select interval $1, date $2 from t where a = $3'],
    ['postgres', ''],
    ['postgres', '-- nothing but a comment'],
    ['duckdb', 'select a from t where b = ?1 and c = $2'],
    ['duckdb', ''],
  ] as const)('does not refuse in %s what a history may hold: %s', async (dialect, sql) => {
    expect(await parseOne({ sql, dialect })).toMatchObject({ kind: 'parsed' });
  });

  it.each(['x::int + 1', 'bogus', 'case when a then b end'])(
    'is not needed to refuse an expression that is no statement: %s',
    async (sql) => {
      expect(await parseOne({ sql, dialect: 'generic' })).toMatchObject({ kind: 'unparsed' });
    },
  );
});

describe("PostgreSQL's own parser reads what the others cannot", () => {
  it.each([
    [
      'select a from t order by b using > nulls last, c using <',
      'libpg: [select a from t by b desc nulls last by c]',
    ],
    [
      'update t set a[1:2] = b where c = 1',
      'libpg: update t set a=<a part of a column: b, a> from  where (c = 1)',
    ],
    [
      'select * from t join u using (i) as x where x.i is not null',
      'libpg: [select * from (t inner u using i) where (x.i is not null)]',
    ],
    [
      "select relname from c where abstime '-infinity' < d and not exists (select 1 from e where e.f = c.f)",
      'libpg: [select relname from c where ((cast(string:-infinity as abstime) < d) and not exists [select 1 from e where (e.f = c.f)])]',
    ],
    [
      'insert into t (a[1], "B") overriding user value select -1, "Sum"(x) over (partition by y rows 2 preceding) from u',
      'libpg: insert t = [select (- 1), Sum(x) over from u]',
    ],
  ])('%s', async (sql, expected) => {
    expect(await digestOf('postgres', sql)).toBe(expected);
  });

  it('sees the columns inside what it does not represent', async () => {
    const read = await digestOf(
      'postgres',
      "select x.b from t join u using (v) as w, xmltable('/a' passing t.doc columns b int path 'b') as x",
    );

    expect(read).toContain('xmltable with columns of its own');
    expect(read).toContain('t.doc');
  });
});

describe("DuckDB's own parser", () => {
  it('tells the tables and columns of a query no other grammar reads, and keeps the rest opaque', async () => {
    const read = await digestOf('duckdb', 'with c as (from s.t) from c select 👤, c.a where b = 1');

    expect(read).toBe(
      'duckdb: [select <read for its tables and columns only: "👤", c.a, b> from s.t <read for its tables and columns only>]',
    );
  });

  it('reads PIVOT, UNPIVOT and SUMMARIZE as the queries they are', async () => {
    const [pivot, unpivot, summary] = await Promise.all([
      digestOf('duckdb', 'pivot t on a using sum(b) as c group by d'),
      digestOf('duckdb', 'unpivot s.t on a, b into name n value v'),
      digestOf('duckdb', 'summarize t'),
    ]);

    expect(pivot).toContain('a pivot over values not in the text: a, d');
    expect(unpivot).toContain('unpivoted into rows: a, b');
    expect(summary).toBe('polyglot: [select <summarize: *> from t]');
  });
});
