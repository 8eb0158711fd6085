import { describe, expect, it } from 'vitest';
import { dialectOf } from '../../src/sql/dialects.ts';
import { splitStatements } from '../../src/sql/split-statements.ts';

function split(sql: string, dialect = 'postgres'): string[] {
  return splitStatements(sql, dialectOf(dialect)).map(({ start, end }) => sql.slice(start, end));
}

describe('splitStatements', () => {
  it('leaves out semicolons, comments around statements, and empty statements', () => {
    expect(split('-- first\nselect 1; ; /* x */ select 2 ;\n-- end')).toEqual([
      'select 1',
      'select 2',
    ]);
  });

  it('does not split inside strings, dollar quotes and comments', () => {
    expect(split(`select ';', $$;$$ /* ; */ from t; select 2`)).toHaveLength(2);
  });

  it.each([
    ['a routine', 'create procedure p() begin select case when a then b end; select 2; end'],
    ['a block', 'begin let x := 1; if (x > 0) then return x; end if; end'],
  ])('keeps the body of %s together', (_what, sql) => {
    expect(split(`${sql}; select 3`, 'snowflake')).toEqual([sql, 'select 3']);
  });

  it('splits transactions from their statements', () => {
    expect(split('begin; select 1; commit')).toEqual(['begin', 'select 1', 'commit']);
    expect(split('begin transaction; select 1; end')).toEqual([
      'begin transaction',
      'select 1',
      'end',
    ]);
  });

  it('finds nothing in an empty text', () => {
    expect(split(' ; -- nothing\n')).toEqual([]);
  });
});
