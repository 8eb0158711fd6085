import { describe, expect, it } from 'vitest';
import { parseOne } from '../../src/parsers/parse-one.ts';
import type { DialectName } from '../../src/sql/dialect.ts';
import { statementDigest } from './digest.ts';

async function digestOf(dialect: DialectName, sql: string): Promise<string> {
  const outcome = await parseOne({ sql, dialect });
  return outcome.kind === 'parsed'
    ? outcome.statements.map(statementDigest).join('; ')
    : `unparsed: ${outcome.because}`;
}

type Case = readonly [DialectName, string, string];

const BINDING: readonly Case[] = [
  ['duckdb', 'select a is distinct from b and c', '[select ((a is distinct from b) and c)]'],
  ['duckdb', 'select 1 || 2 + 3', '[select (1 || (2 + 3))]'],
  ['duckdb', 'select a = b in (1)', '[select (a = (b in [1]))]'],
  ['duckdb', 'select a like b = c', '[select ((a like b) = c)]'],
  ['duckdb', 'select a | b & c', '[select ((a | b) & c)]'],
  ['duckdb', "select a ->> 'x' = 'y'", '[select ((a ->> string:x) = string:y)]'],
  ['duckdb', "select c and a ->> 'x'", '[select ((c and a) ->> string:x)]'],
  ['duckdb', 'select -a::int ^ 2', '[select ((- cast(a as int)) ^ 2)]'],
  ['duckdb', 'select not a = b and c or d', '[select (((not (a = b)) and c) or d)]'],
  ['duckdb', 'select x between a and b + 1 or c', '[select ((x between a and (b + 1)) or c)]'],
  ['duckdb', 'select (a or b) and c', '[select ((a or b) and c)]'],
  ['postgres', 'select a = b is null', '[select ((a = b) is null)]'],
  ['redshift', 'select a = b is null', '[select (a = (b is null))]'],
  ['spark', 'select a = b in (1)', '[select ((a = b) in [1])]'],
  ['bigquery', 'select a || b * c', '[select ((a || b) * c)]'],
  ['mysql', 'select a || b, c && d', '[select (a or b), (c and d)]'],
];

const WORDS: readonly Case[] = [
  ['duckdb', "select e'a\\tb', 1_000, x isnull", '[select string:a\tb, 1000, (x is null)]'],
  ['duckdb', 'select a: b from t', '[select b a from t]'],
  ['duckdb', 'select @a', '[select <operator @: a>]'],
  ['duckdb', "select j -> 'k'", '[select (j -> string:k)]'],
  ['duckdb', 'select list_transform(l, x -> x + 1)', '[select list_transform(l, x => (x + 1))]'],
  ['duckdb', 'select count_if(a = 1)', '[select count_if((a = 1))]'],
  ['databricks', "select 'it\\'s', \"text\"", "[select string:it's, string:text]"],
  ['spark', 'select 1L, 2.5BD', '[select cast(1 as bigint), cast(2.5 as decimal)]'],
  ['postgres', 'select 0x1F', '[select 31]'],
];

const QUERIES: readonly Case[] = [
  [
    'duckdb',
    'select * exclude (a) replace (b + 1 as b) from s.t',
    '[select * -a b=(b + 1) from s.t]',
  ],
  [
    'duckdb',
    'select a from t group by grouping sets ((a, b), cube (c), ())',
    '[select a from t group a, b, c [[0,1],[2],[],[]]]',
  ],
  [
    'duckdb',
    'select a from t group by rollup (a, b), c',
    '[select a from t group a, b, c [[0,1,2],[0,2],[2]]]',
  ],
  [
    'duckdb',
    'select a from t union all by name select b from u order by 1 limit 2',
    '[(select a from t union all by name select b from u) by 1 limit 2]',
  ],
  [
    'duckdb',
    'select * from t asof join u on t.a = u.a and t.b >= u.b',
    '[select * from (t asof u on ((t.a = u.a) and (t.b >= u.b)))]',
  ],
  ['duckdb', 'from t', '[select * from t]'],
  [
    'snowflake',
    'select $1, v:a.b[0]::int, "Q" from t, lateral flatten(input => t.v) f',
    '[select $1, cast(v@.a.b[0] as int), "Q" from t, flatten((string:input => t.v)) f]',
  ],
  [
    'bigquery',
    'select x in unnest(t.xs) from `p.d.t` t, t.arr as r, unnest(zs) z with offset',
    '[select (x = any t.xs) from p.d.t t, unnest(t.arr) r, unnest(zs) z +ordinality]',
  ],
  [
    'databricks',
    'select c from t lateral view outer explode(arr) e as c',
    '[select c from (t left explode(arr) e.c on boolean:true)]',
  ],
  ['snowflake', 'select top 3 a from t', '[select a from t limit 3]'],
];

/** Whatever changes rows or values and has no place in the IR must be marked. */
const MARKED: readonly Case[] = [
  [
    'duckdb',
    "select a like 'x!%' escape '!'",
    '[select (a like escape(string:x!%, string:!) {escape})]',
  ],
  [
    'duckdb',
    'select a[1:2], b.c[:3].d from t',
    '[select slice(a, 1, 2) {slice}, slice(b.c, null:null, 3) {slice}@.d from t]',
  ],
  [
    'duckdb',
    "select columns('x.*') from t",
    '[select <columns() stands for several columns: string:x.*> from t]',
  ],
  ['bigquery', 'select as struct a from t', '[select a from t <value table mode>]'],
  ['spark', 'select a from t distribute by a', '[select a from t <distribute by>]'],
  ['postgres', 'select a from t for update', '[select a from t <locks>]'],
  ['snowflake', "select a from t at(timestamp => 'x'::timestamp)", '[select a from t {function}]'],
  [
    'snowflake',
    "select * from t pivot (sum(x) for k in ('a' as m, 'b'))",
    '[select * from pivot(t; (k in [string:a, string:b]); m,b)]',
  ],
  [
    'snowflake',
    'select * from t unpivot include nulls (v for n in (a, b))',
    '[select * from unpivot(t; a, b, <include nulls>; v,n)]',
  ],
  [
    'snowflake',
    'select * from t match_recognize (partition by a pattern (x) define x as b > 1)',
    '[select * from <match recognize in from>]',
  ],
  [
    'postgres',
    'with w as (delete from t where a returning *) select * from w',
    '[w = [<delete as a query>]; select * from w]',
  ],
];

const CHANGES: readonly Case[] = [
  ['duckdb', 'insert into t (a) select 1; select 2', 'insert t = [select 1]; [select 2]'],
  [
    'duckdb',
    'update t set a = u.a from u where t.b = u.b',
    'update t set a=u.a from u where (t.b = u.b)',
  ],
  ['duckdb', 'delete from t using u where t.b = u.b', 'delete t using u where (t.b = u.b)'],
  [
    'snowflake',
    'merge into t using s on t.a = s.a when matched then update set b = 1 when not matched then insert (a) values (s.a)',
    'merge t with s on (t.a = s.a): matched update, missing insert',
  ],
  ['snowflake', 'create or replace task x as select 1', 'other create task'],
];

describe.each([
  ['binds operators as the dialect does', BINDING],
  ['spells words the library misreads', WORDS],
  ['reads the clauses of queries', QUERIES],
  ['marks what it does not represent', MARKED],
  ['reads changes', CHANGES],
])('parseOne %s', (_title, cases) => {
  it.each(cases)('%s: %s', async (dialect, sql, digest) => {
    expect(await digestOf(dialect, sql)).toBe(digest);
  });
});

describe('parseOne', () => {
  it('reads columns, keys and foreign keys of a CREATE TABLE', async () => {
    const sql =
      'create table t (a int primary key, b decimal(10,2) not null, c int references u(d))';

    const outcome = await parseOne({ sql, dialect: 'duckdb' });

    const name = (text: string) => ({ name: text, quoted: false });
    expect(outcome).toMatchObject({
      reader: 'sqlparser-rs',
      statements: [
        {
          kind: 'create-table',
          table: {
            columns: [
              { name: name('a'), type: 'int', notNull: true },
              { name: name('b'), type: 'decimal(10,2)', notNull: true },
              { name: name('c'), type: 'int', notNull: false },
            ],
            keys: [{ columns: [name('a')], primary: true }],
            foreignKeys: [
              { columns: [name('c')], references: [name('u')], referencedColumns: [name('d')] },
            ],
          },
        },
      ],
    });
  });

  it('refuses what no grammar accepts, with reasons, the tables seen, and no literal', async () => {
    const outcome = await parseOne({
      sql: "select a from secrets where b = 'hunter2' 'x' 42 select",
      dialect: 'trino',
    });

    expect(outcome).toMatchObject({ kind: 'unparsed', tables: ['secrets'] });
    expect(JSON.stringify(outcome)).toContain('no grammar accepted it: sqlparser-rs says ');
    expect(JSON.stringify(outcome)).not.toMatch(/hunter2|42/);
  });

  it('says how deep a text nests when that is too deep, before any grammar sees it', async () => {
    const sql = `select ${'('.repeat(5_000)}1${')'.repeat(5_000)}`;

    const outcome = await parseOne({ sql, dialect: 'duckdb' });

    expect(outcome).toMatchObject({ because: 'it nests 5000 levels deep, the limit is 150' });
  });

  it('reads a chain of 1000 operators with the second reader, which overflows the first', async () => {
    const sql = `select ${Array.from({ length: 1_000 }, (_, i) => `c${i}`).join(' and ')} from t`;

    const outcome = await parseOne({ sql, dialect: 'duckdb' });

    expect(outcome).toMatchObject({ kind: 'parsed', reader: 'polyglot' });
  });
});
