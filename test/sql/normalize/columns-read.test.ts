import { describe, expect, it } from 'vitest';
import { relationId } from '../../../src/base/relation.ts';
import { DIALECTS } from '../../../src/sql/dialects.ts';
import { columnsRead } from '../../../src/sql/normalize/columns-read.ts';
import { bindQuery } from '../../../src/sql/resolve/bind-query.ts';
import { schemaFromDdl } from '../../../src/sql/schema-from-ddl.ts';
import { indexSchema } from '../../../src/sql/schema-index.ts';
import { parse } from '../match/ask.ts';

const DDL = `create table w.orders (id int, customer int, amount int, tags int[], note text);
create table w.customers (id int, region text, name text);
create view w.tagged as select id, unnest(tags) as tag, note from w.orders`;
const ORDERS = relationId({ schema: 'w', name: 'orders' });

async function readOf(sql: string, also: readonly string[] = []) {
  const dialect = DIALECTS.duckdb;
  const [ddl, asked] = await parse([
    { sql: DDL, dialect: 'duckdb' },
    { sql, dialect: 'duckdb' },
  ]);
  const statement = asked?.kind === 'parsed' ? asked.statements[0] : undefined;
  if (ddl?.kind !== 'parsed' || statement?.kind !== 'query') {
    throw new Error(`not read: ${sql}`);
  }
  const schema = indexSchema(schemaFromDdl(ddl.statements, { dialect }), dialect);
  const binding = bindQuery(statement.query, { schema, names: {}, dialect });
  return columnsRead(binding, { relation: ORDERS, schema, also });
}

async function namesOf(sql: string, also?: readonly string[]) {
  return (await readOf(sql, also))?.map(({ name, place }) => `${place} ${name}`);
}

describe('the columns of a table that a statement may depend on', () => {
  it('are those of selects, joins, conditions and inner queries, in the order of the table', async () => {
    expect(
      await namesOf(
        `select c.region, sum(o.amount) from w.customers c join w.orders o on o.customer = c.id
where exists (select 1 from w.orders p where p.id = o.id) group by c.region`,
      ),
    ).toEqual(['0 id', '1 customer', '2 amount']);
  });

  it('count where a view makes rows of them, though nobody selects them', async () => {
    expect(await namesOf('select count(*) from w.tagged')).toEqual(['0 id', '3 tags', '4 note']);
  });

  it('hold what facts rest on, too', async () => {
    expect(await namesOf('select sum(amount) from w.orders', ['id'])).toEqual(['0 id', '2 amount']);
  });

  it.each([
    ['a name is not resolved', 'select sum(amount), max(nothing) from w.orders'],
    ['it reads no column', 'select count(*) from w.orders'],
    ['it does not read the table', 'select region from w.customers'],
  ])('are not told where %s', async (_, sql) => {
    expect(await namesOf(sql)).toBeUndefined();
  });

  it('are not told where a fact names a column the table has not', async () => {
    expect(await namesOf('select sum(amount) from w.orders', ['gone'])).toBeUndefined();
  });
});
