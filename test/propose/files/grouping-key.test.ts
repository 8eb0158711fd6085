import { describe, expect, it } from 'vitest';
import { parseOne } from '../../../src/parsers/parse-one.ts';
import { groupingKey } from '../../../src/propose/files/grouping-key.ts';

async function keyOf(sql: string, names: readonly string[]) {
  const outcome = await parseOne({ sql, dialect: 'duckdb' });
  const statement = outcome.kind === 'parsed' ? outcome.statements[0] : undefined;
  if (statement?.kind !== 'query') {
    throw new Error(`not read: ${sql}`);
  }
  return groupingKey(
    statement.query,
    names.map((name) => ({ name, type: '' })),
  );
}

describe('the key of a grouping statement', () => {
  it.each([
    ['select a, b, sum(c) from t group by a, b', ['a', 'b', 's'], ['a', 'b']],
    ['select a, sum(c) from t group by 1', ['a', 's'], ['a']],
    [
      'select s.region, count(*) from s join o using (id) group by region',
      ['region', 'n'],
      ['region'],
    ],
    [
      "select date_trunc('day', ts) as d, max(x) + 1 from t group by date_trunc('day', ts)",
      ['d', 'm'],
      ['d'],
    ],
    [
      'select a, count(distinct b), rank() over (order by a) from t group by all',
      ['a', 'n', 'r'],
      ['a', 'r'],
    ],
    ['select a, count(*) from t group by all having count(*) > 1 limit 3', ['a', 'n'], ['a']],
    ['with x as (select 1 as a) select x.a, sum(x.a) from x group by x.a', ['a', 's'], ['a']],
  ])('of %j', async (sql, names, key) => {
    expect(await keyOf(sql, names)).toEqual(key);
  });

  it.each([
    ['a group that is not put out', 'select a, sum(c) from t group by a, b', ['a', 's']],
    ['a group named by its alias', 'select a + 1 as x, sum(c) from t group by x', ['x', 's']],
    ['grouping sets', 'select a, b, sum(c) from t group by rollup (a, b)', ['a', 'b', 's']],
    ['a function that makes rows', 'select a, unnest(list(b)) from t group by a', ['a', 'u']],
    ['a function nobody knows', 'select a, my_function(sum(b)) from t group by a', ['a', 'f']],
    ['a union', 'select a, sum(b) from t group by a union all select 1, 2', ['a', 's']],
    ['no groups', 'select a from t', ['a']],
    ['a place that is none', 'select a, sum(b) from t group by 7', ['a', 's']],
  ])('is unknown for %s', async (_what, sql, names) => {
    expect(await keyOf(sql, names)).toBeUndefined();
  });
});
