import { describe, expect, it } from 'vitest';
import { equiClasses } from '../../src/sql/equi-classes.ts';
import { shapeSql } from './resolve/shape-sql.ts';

const ddl = 'create table a (k int); create table b (k int, x int); create table c (x int, y int)';

async function classesOf(sql: string) {
  const { joins } = await shapeSql({ sql, ddl });
  return equiClasses(joins).map(
    ({ kind, columns }) =>
      `${kind}: ${columns.map(({ relation, column }) => `${relation}.${column}`).join(' = ')}`,
  );
}

describe('equi-join classes', () => {
  it.each([
    [
      'chain inner joins',
      'select 1 from a, b, c where a.k = b.k and b.k = c.y',
      ['inner: a.k = b.k = c.y'],
    ],
    [
      'keep separate columns apart',
      'select 1 from a join b using (k) join c using (x)',
      ['inner: a.k = b.k', 'inner: b.x = c.x'],
    ],
    [
      'do not chain through outer joins',
      'select 1 from a left join b on a.k = b.k left join c on b.k = c.y',
      ['left: a.k = b.k', 'left: b.k = c.y'],
    ],
  ])('%s', async (_, sql, classes) => {
    expect(await classesOf(sql)).toEqual(classes);
  });
});
