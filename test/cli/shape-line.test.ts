import { describe, expect, it } from 'vitest';
import { answerShapeLine } from '../../src/cli/shape-line.ts';
import { parseOne } from '../../src/parsers/parse-one.ts';
import type { ParseSql } from '../../src/sql/parse-sql.ts';

const parse: ParseSql = (requests) => Promise.all(requests.map(parseOne));

function answer(line: unknown) {
  return answerShapeLine(line, { parse });
}

describe('shape lines', () => {
  it('answers with tables, columns, joins and lineage in dotted notation', async () => {
    const line = {
      id: 'q1',
      dialect: 'snowflake',
      sql: 'select o.ID, sum(l.amount) as total from ORDERS o join sales.lines l using (id) group by 1',
      ddl: 'create table "db"."sales"."orders" ("id" int, "day" date);\ninsert into x values (1);\ncreate table db.sales.lines (id int, amount int);',
      database: 'DB',
      schema: 'SALES',
    };

    expect(await answer(line)).toEqual({
      id: 'q1',
      level: 'full',
      fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
      tables: ['db.sales.orders', 'db.sales.lines'],
      columns: ['db.sales.lines.amount', 'db.sales.lines.id', 'db.sales.orders.id'],
      joins: [{ left: 'db.sales.lines.id', right: 'db.sales.orders.id', kind: 'inner' }],
      lineage: [
        { column: 'id', sources: ['db.sales.orders.id'] },
        { column: 'total', sources: ['db.sales.lines.amount'] },
      ],
      reader: 'sqlparser-rs',
      confidence: 'high',
      uses: [
        { column: 'db.sales.lines.amount', roles: ['output'], by: 'name' },
        { column: 'db.sales.lines.id', roles: ['join'], by: 'name' },
        { column: 'db.sales.orders.id', roles: ['output', 'join', 'group'], by: 'name' },
      ],
      equiClasses: [{ kind: 'inner', columns: ['db.sales.lines.id', 'db.sales.orders.id'] }],
      blocks: [
        {
          at: 'query',
          reads: ['db.sales.orders', 'db.sales.lines'],
          equal: [['db.sales.lines.id', 'db.sales.orders.id']],
          outerJoins: [],
          ranges: [],
          residuals: [],
          groupBy: ['db.sales.orders.id'],
          having: [],
          measures: [{ call: '(sum [db.sales.lines.amount] )', additivity: 'additive' }],
          distinct: false,
          barriers: [],
        },
      ],
    });
  });

  it('gives a sole source its columns where there is no schema, and says so', async () => {
    const line = { id: 1, dialect: 'nobody-knows', sql: 'insert into t2 select a as b from T1' };

    expect(await answer(line)).toMatchObject({
      id: 1,
      level: 'partial',
      tables: ['T1'],
      columns: ['T1.a'],
      lineage: [{ column: 'b', sources: ['T1.a'] }],
      notUnderstood: ['unknown relation'],
    });
  });

  it('unites the facts of several statements and sees through what they make', async () => {
    const line = {
      id: 2,
      dialect: 'duckdb',
      sql: 'create table a as select x from b; insert into c select x as y from a',
    };

    expect(await answer(line)).toMatchObject({
      tables: ['b'],
      columns: ['b.x'],
      lineage: [
        { column: 'x', sources: ['b.x'] },
        { column: 'y', sources: ['b.x'] },
      ],
    });
  });

  it('answers what no grammar accepts with the reason and token facts', async () => {
    const line = { id: 3, dialect: 'duckdb', sql: 'select select from t where' };

    expect(await answer(line)).toMatchObject({
      id: 3,
      level: 'lexer',
      columns: [],
      reader: 'tokens',
      confidence: 'low',
      unparsed: expect.stringMatching(/no grammar accepted it|refuses it/),
    });
  });

  it.each([
    ['a line that is not JSON', undefined, null, 'the line'],
    ['a line without sql', { id: 'x', dialect: 'duckdb' }, 'x', '`sql`'],
    ['a line without an id', { sql: 'select 1' }, null, '`id`'],
  ])('answers %s with an error and never throws', async (_, line, id, named) => {
    expect(await answer(line)).toEqual({ id, error: expect.stringContaining(named) });
  });
});

describe('the target of a change', () => {
  const ddl = 'create table t (id int, a int); create table u (id int, b int)';

  it.each([
    ['is read where an UPDATE finds its rows by it', 'update t set a = 1 where id = 3', ddl, ['t']],
    [
      'is read where an UPDATE joins it',
      'update t set a = b from u where u.id = t.id',
      ddl,
      ['t', 'u'],
    ],
    ['is not told to be read where nobody knows it', 'update t set a = 1 where id = 3', '', []],
    ['is not read by a DELETE', 'delete from t where id in (select id from u)', ddl, ['u']],
  ])('%s', async (_, sql, own, tables) => {
    const got = await answer({ id: 5, dialect: 'postgres', sql, ddl: own });

    expect(got.tables?.toSorted()).toEqual(tables);
    expect(got.targets).toEqual(['t']);
  });
});

describe('texts of several statements', () => {
  it('are found in a procedure, and say that it was not read as a whole', async () => {
    const line = {
      id: 6,
      dialect: 'tsql',
      sql: 'create procedure p as begin set nocount on; insert into a select x.b from [s].[c] x; end',
    };

    expect(await answer(line)).toMatchObject({
      level: 'partial',
      tables: ['s.c'],
      targets: ['a'],
      lineage: [{ column: 'b', sources: ['s.c.b'] }],
      notUnderstood: ['unknown relation', 'statement kind not read'],
    });
  });

  it('may stand without semicolons where a dialect allows it, and not elsewhere', async () => {
    const sql = 'insert into a select x from b insert into c select y from d';

    expect(await answer({ id: 7, dialect: 'tsql', sql })).toMatchObject({ tables: ['b', 'd'] });
    expect(await answer({ id: 8, dialect: 'postgres', sql })).toMatchObject({ level: 'lexer' });
  });

  it('are read as far as they can be, and say that some were not', async () => {
    const line = {
      id: 4,
      dialect: 'duckdb',
      sql: 'select a from t; select ) from; select b from u',
      ddl: 'create table t (a int); create table u (b int)',
    };

    expect(await answer(line)).toMatchObject({
      level: 'partial',
      tables: ['t', 'u'],
      columns: ['t.a', 'u.b'],
      notUnderstood: ['statement kind not read'],
    });
  });
});

describe('with a second reader', () => {
  it('says that it agrees, and on what', async () => {
    const line = {
      id: 1,
      dialect: 'postgres',
      sql: 'select a from t',
      ddl: 'create table t (a int)',
    };

    expect(await answerShapeLine(line, { parse, witnessed: true })).toMatchObject({
      reader: 'sqlparser-rs',
      confidence: 'high',
      agreement: { kind: 'agrees', reader: 'libpg', on: 'columns' },
    });
    expect(await answer(line)).not.toHaveProperty('agreement');
  });
});
