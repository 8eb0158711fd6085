import { describe, expect, it } from 'vitest';
import { dialectOf } from '../../src/sql/dialects.ts';
import { innerStatements } from '../../src/sql/inner-statements.ts';

describe('statements inside a text', () => {
  it.each([
    [
      'stand between the words of a procedure',
      'bigquery',
      `create procedure d.p(x int64) begin
         declare y int64 default 1;
         if x > y then insert into d.a select 1 from d.b; else delete from d.c where true; end if;
         loop update d.e set f = case when g then 1 else 2 end where true; end loop;
       end`,
      [
        'insert into d.a select 1 from d.b',
        'delete from d.c where true',
        'update d.e set f = case when g then 1 else 2 end where true',
      ],
    ],
    [
      'stand inside dollar quotes',
      'postgres',
      'create procedure p() language sql as $body$ insert into a select x from b; $body$',
      ['insert into a select x from b'],
    ],
    [
      'follow one another without semicolons',
      'generic',
      'insert into a select * from b insert into c select * from d update e set f = 1',
      ['insert into a select * from b', 'insert into c select * from d', 'update e set f = 1'],
    ],
    [
      'keep their own parts',
      'generic',
      `begin merge into a using b on a.k = b.k when matched then update set x = 1
         when not matched then insert (k) values (b.k);
       with c as (select 1 as x) insert into d select x from c;
       insert into e values (1) on conflict (k) do update set x = 2; end`,
      [
        expect.stringMatching(/^merge[^;]*values \(b\.k\)$/),
        'with c as (select 1 as x) insert into d select x from c',
        'insert into e values (1) on conflict (k) do update set x = 2',
      ],
    ],
    ['are not found in a query', 'duckdb', 'select a from t where b in (select c from u)', []],
  ])('%s', (_, dialect, sql, statements) => {
    expect(innerStatements(sql, dialectOf(dialect))).toEqual(statements);
  });
});
