import { describe, expect, it } from 'vitest';
import { hasBareNames, viewDefinition } from '../../../src/connectors/snowflake/view-definition.ts';

describe('the SELECT of a view as Snowflake stores it', () => {
  it.each([
    ['create view v as select 1 as a', 'select 1 as a'],
    [
      "create or replace secure view db.s.v comment='as (it) is' copy grants as\nselect 1 as a;",
      'select 1 as a',
    ],
    ['create view "as" with row access policy p on (a) as select 1 as a', 'select 1 as a'],
    ['create view v -- as it was\n as select 1 as a', 'select 1 as a'],
  ])('is what stands behind the first AS of its own: %s', (sql, select) => {
    expect(viewDefinition(sql, ['A'])).toBe(select);
  });

  it.each([
    'create view v (b) as select 1 as a',
    "create view v (b comment 'as such') comment = 'x' as select 1 as a",
    'create view s."v w" ("b") as select 1 as a',
  ])('keeps the names of a list of columns: %s', (sql) => {
    expect(viewDefinition(sql, ['B'])).toBe('select * from (\nselect 1 as a\n) as renamed ("B")');
  });

  it('is absent where the text is none', () => {
    expect(viewDefinition('', [])).toBeUndefined();
  });
});

describe('bare names in a definition', () => {
  it.each([
    ['select * from s.t', false],
    ['select * from s.t join "s"."u" using (id)', false],
    ["select 'from t' as x from s.t -- from t", false],
    ['select * from t', true],
    ['select * from s.t join u using (id)', true],
    ['select * from s.t, u', true],
    ['select a, b from s.t as x join s.u as y on x.a = y.a group by a, b order by a, b', false],
    ['select a from s.t where b in (1, 2) order by 1, 2', false],
    ['with w as (select * from s.t) select * from w', true],
    ['select * from (select * from s.t) as x', false],
  ])('%s: %s', (sql, bare) => {
    expect(hasBareNames(sql)).toBe(bare);
  });
});
