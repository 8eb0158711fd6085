import { describe, expect, it } from 'vitest';
import type { BoundExpr, BoundSelect } from '../../../src/sql/bound.ts';
import { dialectOf } from '../../../src/sql/dialects.ts';
import { bindQuery, type QueryBinding } from '../../../src/sql/resolve/bind-query.ts';
import { schemaOf, statementsOf } from './shape-sql.ts';

const ddl = `
  create table t (a int, b int, k int, s varchar);
  create table u (k int, z int, a int);
  create table w (k int, y int);
`;

async function bind(sql: string, name = 'duckdb'): Promise<QueryBinding> {
  const dialect = dialectOf(name);
  const [statement] = await statementsOf(sql, dialect);
  if (statement?.kind !== 'query') {
    throw new Error(`not a query: ${sql}`);
  }
  const schema = await schemaOf(ddl, { dialect });
  return bindQuery(statement.query, { schema, names: {}, dialect });
}

async function selectOf(sql: string, name?: string): Promise<BoundSelect> {
  const { query } = await bind(sql, name);
  if (query.body.kind !== 'select') {
    throw new Error(`not a select: ${sql}`);
  }
  return query.body;
}

/** An expression in short: `1.a` for refs, calls and operators as usual, `?because` for what is opaque. */
function brief(expr: BoundExpr | undefined): string {
  if (expr === undefined) {
    return '';
  }
  switch (expr.kind) {
    case 'ref':
      return `${expr.occ}.${expr.column}`;
    case 'literal':
      return expr.text;
    case 'call':
      return `${expr.name}(${expr.args.map(brief).join(', ')})${
        expr.over === undefined ? '' : ` over (${expr.over.partitionBy.map(brief).join(', ')})`
      }`;
    case 'binary':
      return `(${brief(expr.left)} ${expr.op} ${brief(expr.right)})`;
    case 'unary':
      return `${expr.op}${brief(expr.operand)}`;
    case 'access':
      return `${brief(expr.base)}[${expr.steps.map((step) => (step.kind === 'field' ? step.name : '#')).join('.')}]`;
    case 'opaque':
      return `?${expr.because}`;
    case 'array':
    case 'between':
    case 'case':
    case 'cast':
    case 'column':
    case 'exists':
    case 'extract':
    case 'in-list':
    case 'in-query':
    case 'interval':
    case 'is':
    case 'lambda':
    case 'parameter':
    case 'quantified':
    case 'star':
    case 'struct':
    case 'subquery':
    case 'tuple':
      return expr.kind;
  }
}

describe('stars', () => {
  it.each([
    ['expands in the order of the relation', 'select * from t', 'duckdb', 'a b k s'],
    [
      'leaves out, replaces and renames',
      `
      select * exclude (a) replace (b + 1 as b) from t`,
      'duckdb',
      'b k s',
    ],
    [
      'shows a USING column once, in place, in DuckDB',
      'select * from t join u using (k)',
      'duckdb',
      'a b k s z a',
    ],
    [
      'shows USING columns first elsewhere',
      'select * from t join u using (k)',
      'postgres',
      'k a b s z a',
    ],
    [
      'gives a qualified star all columns, merged ones too',
      'select u.* from t join u using (k)',
      'postgres',
      'k z a',
    ],
    [
      'tells doubled columns of a derived table apart',
      'select * from (select a, a from t) d',
      'duckdb',
      'a a_1',
    ],
    [
      'names what has no name as DuckDB does',
      'select count(*), sum(a), a + b from t group by all',
      'duckdb',
      'count_star() sum(a) (a + b)',
    ],
    [
      'names what has no name as PostgreSQL does',
      'select count(*), sum(a), a + b from t group by 3',
      'postgres',
      'count sum ?column?',
    ],
  ])('%s', async (_, sql, dialect, outputs) => {
    const { query } = await bind(sql, dialect);

    expect(query.outputs.join(' ')).toBe(outputs);
  });
});

describe('USING', () => {
  it.each([
    ['left', '1.k'],
    ['right', '2.k'],
    ['full', 'coalesce(1.k, 2.k)'],
    ['inner', '1.k'],
  ])('%s join shows the side that is always there', async (join, expr) => {
    const { items } = await selectOf(`select k from t ${join} join u using (k)`);

    expect(brief(items[0]?.expr)).toBe(expr);
  });
});

describe('aliases', () => {
  it.each([
    [
      'a later item uses an earlier alias',
      'select a + 1 as x, x * 2 as y from t',
      'duckdb',
      '((1.a + 1) * 2)',
    ],
    [
      'the column wins over the alias of the same name',
      'select a + 1 as b, b as y from t',
      'snowflake',
      '1.b',
    ],
    [
      'PostgreSQL has no lateral aliases',
      'select a + 1 as x, x * 2 as y from t',
      'postgres',
      '(?column not found * 2)',
    ],
  ])('%s', async (_, sql, dialect, second) => {
    const { items } = await selectOf(sql, dialect);

    expect(brief(items[1]?.expr)).toBe(second);
  });

  it.each([
    [
      'GROUP BY takes the column first',
      'select a % 2 as b, count(*) from t group by b',
      'duckdb',
      '1.b',
    ],
    [
      'GROUP BY takes the alias first in BigQuery',
      'select a + 2 as b, count(*) from t group by b',
      'bigquery',
      '(1.a + 2)',
    ],
    [
      'GROUP BY takes an alias no column has',
      'select a + 2 as x, count(*) from t group by x',
      'postgres',
      '(1.a + 2)',
    ],
    [
      'GROUP BY takes ordinals',
      'select a + 2 as x, count(*) from t group by 1',
      'postgres',
      '(1.a + 2)',
    ],
    [
      'GROUP BY ALL takes what does not aggregate',
      'select a, sum(b) as s, k from t group by all',
      'duckdb',
      '1.a 1.k',
    ],
  ])('%s', async (_, sql, dialect, exprs) => {
    const { groupBy } = await selectOf(sql, dialect);

    expect(groupBy?.exprs.map(brief).join(' ')).toBe(exprs);
  });

  it.each([
    [
      'an aggregate alias in HAVING',
      'select k, sum(a) as a from t group by k having a > 2',
      '(sum(1.a) > 2)',
    ],
    [
      'a grouped column before an alias',
      'select sum(a) as k from t group by k having k > 2',
      '(1.k > 2)',
    ],
    [
      'the column inside an aggregate',
      'select k, sum(a) as a from t group by k having max(a) > 2',
      '(max(1.a) > 2)',
    ],
  ])('HAVING means %s', async (_, sql, having) => {
    expect(brief((await selectOf(sql)).having)).toBe(having);
  });

  it.each([
    ['a bare output name first', 'select -a as a from t order by a', 'duckdb', '-1.a'],
    [
      'the column first inside an expression',
      'select -a as a from t order by a + 0',
      'duckdb',
      '(1.a + 0)',
    ],
    [
      'the alias first inside an expression in BigQuery',
      'select -a as a from t order by a + 0',
      'bigquery',
      '(-1.a + 0)',
    ],
    ['an ordinal', 'select b, a from t order by 2', 'duckdb', '1.a'],
    ['all outputs', 'select b, a from t order by all', 'duckdb', '1.b 1.a'],
    [
      'the outputs of a set operation',
      'select b from t union select z from u order by b',
      'duckdb',
      '0.b',
    ],
  ])('ORDER BY means %s', async (_, sql, dialect, order) => {
    const { query } = await bind(sql, dialect);

    expect(query.orderBy.map(({ expr }) => brief(expr)).join(' ')).toBe(order);
  });

  it('inlines named windows', async () => {
    const { items } = await selectOf('select sum(a) over w from t window w as (partition by k)');

    expect(brief(items[0]?.expr)).toBe('sum(1.a) over (1.k)');
  });
});

describe('names', () => {
  it.each([
    ['an alias in any case', 'select T1.a from t t1', 'duckdb', '1.a'],
    ['a column in any case', 'select A from T', 'snowflake', '1.a'],
    [
      'a bare column of an unaliased derived table',
      'select a from (select a, k from t)',
      'duckdb',
      '2.a',
    ],
    ['a struct field', 'select s.x.y from t', 'bigquery', '1.s[x.y]'],
    [
      'a date part that is no column',
      'select date_trunc(a, month) from t',
      'bigquery',
      'date_trunc(1.a, month)',
    ],
    [
      'a column called like a date part, before the part',
      'select date_trunc(day, month) from (select a as day from t)',
      'bigquery',
      'date_trunc(2.day, month)',
    ],
    [
      'a column called like a date part, where the function has none',
      'select date_add(day, 3) from (select a as day from t)',
      'spark',
      'date_add(2.day, 3)',
    ],
    [
      'the table, not a CTE, inside a CTE of the same name',
      `
      with t as (select a from t) select a from t`,
      'duckdb',
      '2.a',
    ],
    ['an array of the source before it', 'select x from t, t.s as x', 'bigquery', '2.x'],
    ['a column renamed by the FROM alias', 'select q from t as d (q)', 'postgres', '1.a'],
  ])('means %s', async (_, sql, dialect, expr) => {
    const { items } = await selectOf(sql, dialect);

    expect(brief(items[0]?.expr)).toBe(expr);
  });

  it('gives every reference to a CTE occurrences of its own', async () => {
    const { from } = await selectOf(
      'with c as (select a, k from t) select x.a from c x join c y on x.k = y.k',
    );

    expect(from).toMatchObject({
      left: { occ: 2, query: { body: { from: { occ: 1 } } } },
      right: { occ: 4, query: { body: { from: { occ: 3 } } } },
    });
  });

  it.each([
    [
      'lateral where it uses a source before it',
      'select 1 from t, (select z from u where u.k = t.k) d',
      true,
    ],
    [
      'lateral across a join',
      'select 1 from t, u join (select y from w where w.k = t.k) d on true',
      true,
    ],
    ['not lateral where it does not', 'select 1 from t, (select z from u where u.k = 1) d', false],
  ])('marks a derived table %s, though DuckDB lets it go unsaid', async (_, sql, lateral) => {
    const { from } = await selectOf(sql);

    expect(JSON.stringify(from)).toContain(`"lateral":${lateral}`);
  });

  it('turns an unresolved name opaque instead of guessing', async () => {
    const { items } = await selectOf('select a from t, u');

    expect(brief(items[0]?.expr)).toBe('?ambiguous column');
  });
});

describe('bounds', () => {
  it('gives a statement whose CTEs multiply out beyond bounds back as opaque', async () => {
    const doubling = Array.from(
      { length: 20 },
      (_, at) => `c${at + 1} as (select x.a from c${at} x, c${at} y)`,
    );
    const { query, notUnderstood, relations } = await bind(
      `with c0 as (select a from t), ${doubling.join(', ')} select * from c20`,
    );

    expect(query.body).toEqual({ kind: 'opaque-query', because: 'statement too large' });
    expect(notUnderstood).toEqual(['statement too large']);
    expect([...relations.keys()]).toEqual(['t']);
  });
});
