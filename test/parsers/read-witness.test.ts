import { afterAll, describe, expect, it } from 'vitest';
import { relationId } from '../../src/base/relation.ts';
import { openParsers } from '../../src/parsers/open-parsers.ts';
import { parseOne } from '../../src/parsers/parse-one.ts';
import type { DialectName } from '../../src/sql/dialect.ts';

const parsers = openParsers({ workers: 1 });
afterAll(() => parsers.close());

const columns = ['id', 'total', 'customer'].map((name) => ({
  name,
  type: 'integer',
  notNull: false,
}));

function worldOf(dialect: DialectName, table: string) {
  const relation = { id: relationId({ name: table }), kind: 'table', columns } as const;
  return { dialect, schema: { relations: [{ ...relation, keys: [], foreignKeys: [] }] } } as const;
}

async function shapeOf(dialect: DialectName, sql: string, table = 'orders') {
  const [shape] = await parsers.shapesOf([{ sql, names: {}, witnessed: true, hasRun: true }], {
    world: worldOf(dialect, table),
  });
  return shape;
}

describe('a second reader', () => {
  it.each([
    ['postgres', 'orders', 'libpg', 'columns'],
    ['duckdb', 'orders', 'duckdb', 'relations'],
    ['bigquery', 'orders', 'polyglot', 'columns'],
  ] as const)('agrees in %s', async (dialect, table, reader, on) => {
    const shape = await shapeOf(
      dialect,
      'with o as (select customer, total from orders) select customer, sum(total) as s from o group by customer',
      table,
    );

    expect(shape).toMatchObject({ level: 'full', agreement: { kind: 'agrees', reader, on } });
  });

  it.each([
    ['nothing to make a mart of', 'select id from orders where total > 1'],
    ['tables nobody knows', 'select customer, count(*) from elsewhere group by customer'],
    ['a write', 'create table t as select customer, count(*) as n from orders group by customer'],
  ])('is not asked of %s', async (_what, sql) => {
    expect(await shapeOf('postgres', sql)).not.toHaveProperty('agreement');
  });

  it('is not asked of long texts', async () => {
    const terms = Array.from({ length: 3_000 }, (_, at) => `sum(total) as s${at}`).join(', ');

    expect(await shapeOf('postgres', `select ${terms} from orders`)).not.toHaveProperty(
      'agreement',
    );
  });

  it('is missing to no text because a library crashed over another', async () => {
    const trap = `select customer, ${Array.from({ length: 449 }, () => 'total is null').join(' || ')}
      from orders group by customer`;
    const texts = Array.from({ length: 5 }, (_, at) =>
      at === 2 ? trap : `select customer, sum(total) as s_${at} from orders group by customer`,
    );

    const shapes = await parsers.shapesOf(
      texts.map((sql) => ({ sql, names: {}, witnessed: true, hasRun: true })),
      { world: worldOf('duckdb', 'orders') },
    );

    expect(shapes.map(({ reader, agreement }) => [reader, agreement?.reader])).toEqual(
      texts.map((sql) => (sql === trap ? ['duckdb', undefined] : ['sqlparser-rs', 'duckdb'])),
    );
  });

  it('is asked of a plain text only where that is wished', async () => {
    const request = { sql: 'select a from t join u on t.x = u.x', dialect: 'postgres' } as const;

    expect(await parseOne(request)).not.toHaveProperty('witness');
    expect(await parseOne({ ...request, witnessed: true })).toMatchObject({
      reader: 'sqlparser-rs',
      witness: { reader: 'libpg', statements: [{ kind: 'query' }] },
    });
  });
});

describe('node-sql-parser', () => {
  it('tells base tables only: names of CTEs and dots within a name are seen through', async () => {
    const { openNodeSqlParser } = await import(
      '../../src/parsers/node-sql-parser/open-node-sql-parser.ts'
    );
    const reader = await openNodeSqlParser('snowflake');
    const sql =
      'with c as (with d as (select 1 as x from db.s.t) select * from d) select * from c join s.c on true';

    expect(reader?.read(sql, 'snowflake')).toMatchObject([
      {
        query: {
          body: {
            tables: [
              ['db', 's', 't'],
              ['s', 'c'],
            ].map((path) => path.map((name) => ({ name }))),
          },
        },
      },
    ]);
  });
});
