import { describe, expect, it } from 'vitest';
import { dialectOf } from '../../src/sql/dialects.ts';
import { schemaFromDdl } from '../../src/sql/schema-from-ddl.ts';
import { statementsOf } from './resolve/shape-sql.ts';

const dialect = dialectOf('generic');

async function schemaOf(ddl: string) {
  return schemaFromDdl(await statementsOf(ddl, dialect), { dialect });
}

describe('schemaFromDdl', () => {
  it('keeps columns, keys and foreign keys as declared', async () => {
    const { relations } = await schemaOf(`
      create table "Sales"."Customers" (id int primary key, email varchar not null unique);
      create table sales.orders (id bigint, customer int, foreign key (CUSTOMER) references sales.customers);
      insert into sales.orders values (1, 2);
    `);

    expect(relations).toMatchObject([
      {
        id: 'Sales.Customers',
        kind: 'table',
        columns: [
          { name: 'id', notNull: true },
          { name: 'email', type: 'varchar', notNull: true },
        ],
        keys: [
          { columns: ['id'], primary: true },
          { columns: ['email'], primary: false },
        ],
      },
      {
        id: 'sales.orders',
        columns: [{ name: 'id', type: 'bigint', notNull: false }, { name: 'customer' }],
        foreignKeys: [
          { columns: ['customer'], references: 'Sales.Customers', referencedColumns: ['id'] },
        ],
      },
    ]);
  });

  it('gives views and tables made by a query the columns of the query', async () => {
    const { relations } = await schemaOf(`
      create table t (a int, b int);
      create view v (x) as select a, b as c from t;
      create table copy as select * from v;
    `);

    expect(
      relations.map(({ id, kind, columns }) => [id, kind, ...columns.map((c) => c.name)]),
    ).toEqual([
      ['t', 'table', 'a', 'b'],
      ['v', 'view', 'x', 'c'],
      ['copy', 'table', 'x', 'c'],
    ]);
  });

  it('lets a later definition of the same name win', async () => {
    const { relations } = await schemaOf(
      'create table t (a int); create or replace table t (b int);',
    );

    expect(relations.map(({ columns }) => columns.map(({ name }) => name))).toEqual([['b']]);
  });
});
