import { describe, expect, it } from 'vitest';
import { parseOne } from '../../src/parsers/parse-one.ts';
import type { DialectName } from '../../src/sql/dialect.ts';
import { dropLiterals } from '../../src/sql/drop-literals.ts';
import type { Statement } from '../../src/sql/ir.ts';

async function dropped(sql: string, dialect: DialectName = 'duckdb'): Promise<string> {
  const outcome = await parseOne({ sql, dialect });
  expect(outcome.kind === 'parsed' ? '' : outcome.because).toBe('');
  const statements: readonly Statement[] = outcome.kind === 'parsed' ? outcome.statements : [];
  return JSON.stringify(statements.map(dropLiterals));
}

describe('dropLiterals', () => {
  it.each([
    `select 'p4711' from t where a = 'p4711' and b > 4711`,
    `select case when a = 'p4711' then 'p4711' else 'p4711' end, coalesce(a, 'p4711') from t`,
    `select count(*) filter (where a = 'p4711'), sum(a) over (partition by b = 'p4711' order by c = 'p4711') from t`,
    `with c as (select 'p4711' as x) select * from c where x in (select y from u where z like 'p4711%')`,
    `select * from (values (4711, 'p4711')) v(a, b) join t on t.a = 4711`,
    `select 1 from t where exists (select 1 from u where u.a = 'p4711') or a between 4711 and 47110`,
    `select a from t group by a having max(b) = 'p4711' order by b = 'p4711' limit 10 offset 4711`,
    `select a from t where d > date '4711-01-01' and e > timestamp '4711-01-01 00:00:00'`,
    `select a from t where (a, b) in ((4711, 'p4711'), (1, 2)) and c = any(['p4711', 'x'])`,
    `select [4711, 2], {'k': 'p4711'}, list_transform(l, x -> x + 4711) from t`,
    `select a from t where a like 'p4711!%' escape '!' union all select 'p4711'`,
    `select -4711, not (a = 4711), cast('p4711' as varchar), a is null from t qualify row_number() over (order by 'p4711') = 1`,
    `insert into t select 'p4711', 4711`,
    `create table t as select 'p4711' as a`,
    `create view v as select 'p4711' as a`,
    `update t set a = 'p4711' where b = 4711`,
    `delete from t where b = 'p4711'`,
    `merge into t using s on t.a = 'p4711' when matched and s.b = 4711 then update set a = 'p4711' when not matched then insert (a) values ('p4711')`,
  ])('leaves no datum in %s', async (sql) => {
    expect(await dropped(sql)).not.toContain('4711');
  });

  it('leaves no pattern of a star: statements of one template may differ in it', async () => {
    const text = await dropped(`select * ilike '%p4711%' from t`, 'snowflake');

    expect(text).not.toContain('4711');
    expect(text).toContain('a star with a pattern');
  });

  it('gives equal literals one slot, others their own', async () => {
    const text = await dropped(`select a from t where b = 'x' and c = 'y' and d = 'x'`);

    expect([...text.matchAll(/"name":"(\?\d+)"/g)].map(([, name]) => name)).toEqual([
      '?1',
      '?2',
      '?1',
    ]);
  });

  it('tells a string from a number of the same text', async () => {
    const text = await dropped(`select a from t where b = '55' and c = 55`);

    expect(text).toContain('"name":"?2"');
  });

  it.each([
    ['date parts', `select date_trunc('month', d) from t`, 'month'],
    ['formats', `select strftime(d, '%Y-%m') from t`, '%Y-%m'],
    ['intervals', `select d - interval '7' day from t`, '"text":"7"'],
    ['precisions', 'select round(a, 2) from t', '"text":"2"'],
    ['LIMIT', 'select a from t limit 77', '"text":"77"'],
    ['ordinals', 'select a, count(*) from t group by 1 order by 2', '"text":"2"'],
    ['JSON keys', `select j ->> 'total' from t`, 'total'],
    ['constants of formulas', 'select sum(p * (1 - d)) from t', '"text":"1"'],
    ['results of CASE', `select sum(case when a = 'x' then 1 else 0 end) from t`, '"text":"0"'],
    ['booleans', 'select a from t where b = true', '"text":"true"'],
  ])('keeps %s', async (_what, sql, kept) => {
    expect(await dropped(sql)).toContain(kept);
  });

  it('makes the same of two statements of one template', async () => {
    const one = await dropped(`select a from t where b in ('x', 'y', 'z') and c = 5 limit 3`);
    const other = await dropped(
      `select a from t where b in ('u', 'v', 'w', 'q') and c = 6 limit 3`,
    );

    expect(one).toBe(other);
  });

  it('changes nothing by being done twice', async () => {
    const text = await dropped(`select a + 1 from t where b = 'x'`);

    expect(JSON.stringify((JSON.parse(text) as Statement[]).map(dropLiterals))).toBe(text);
  });
});
