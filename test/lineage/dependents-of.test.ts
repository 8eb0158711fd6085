import { describe, expect, it } from 'vitest';
import { relationId } from '../../src/base/relation.ts';
import { dependentsOf } from '../../src/lineage/dependents-of.ts';
import { sourcesOf } from '../../src/lineage/sources-of.ts';
import { dialectOf } from '../../src/sql/dialects.ts';
import { schemaOf } from '../sql/resolve/shape-sql.ts';

const dialect = dialectOf('duckdb');
const id = (name: string) => relationId({ schema: 'gold', name });

async function catalog() {
  const ddl = `
    create table gold.orders (id int, customer int);
    create table gold.customers (id int);
    create view gold.daily as select id, customer from orders;
    create view gold.wide as select d.id from daily d join gold.customers c on c.id = d.customer;
    create view gold.apart as select 1 as one;
  `;
  return { schema: await schemaOf(ddl, { dialect, names: { schema: 'gold' } }), dialect };
}

describe('dependentsOf', () => {
  it('tells views that name a relation from those that reach it through others', async () => {
    expect(dependentsOf(id('orders'), await catalog())).toEqual([
      { view: 'gold.daily', how: 'direct' },
      { view: 'gold.wide', how: 'transitive' },
    ]);
  });

  it('finds none for a relation nobody reads', async () => {
    expect(dependentsOf(id('apart'), await catalog())).toEqual([]);
  });
});

describe('sourcesOf', () => {
  it('goes down to the base tables and lists the views between', async () => {
    expect(sourcesOf(id('wide'), await catalog())).toEqual({
      tables: ['gold.orders', 'gold.customers'],
      views: ['gold.daily'],
      notUnderstood: [],
    });
  });

  it('gives a table as its own source', async () => {
    expect(sourcesOf(id('orders'), await catalog()).tables).toEqual(['gold.orders']);
  });

  it('says when it does not know the relation', async () => {
    expect(sourcesOf(id('nowhere'), await catalog()).notUnderstood).toEqual(['unknown relation']);
  });
});
