import { afterAll, describe, expect, it } from 'vitest';
import type { RelationId } from '../../src/base/relation.ts';
import { relationId } from '../../src/base/relation.ts';
import type { Facts } from '../../src/marts/facts.ts';
import { noFacts } from '../../src/marts/facts.ts';
import { randomDatabase } from '../../src/prove/random-databases.ts';
import { tryOnSmallDatabases } from '../../src/prove/small-scope.ts';
import { openTrialGround } from '../../src/prove/trial-ground.ts';
import type { SchemaRelation } from '../../src/sql/schema.ts';

const orders = table('orders', ['id integer', 'customer integer', 'total decimal(10,2)']);
const customers = table('customers', ['id integer', 'name varchar']);
const literals = { numbers: ['7'], strings: [], dates: [] };
const keyed: Facts = {
  ...noFacts,
  uniqueKeys: [{ relation: customers.id, columns: ['id'] }],
  inclusions: [{ from: orders.id, fromColumns: ['customer'], to: customers.id, toColumns: ['id'] }],
  notNull: [{ relation: orders.id, column: 'customer' }],
};

describe('random databases', () => {
  it('are the same for the same seed, and differ for another', () => {
    const request = { relations: [orders, customers], facts: noFacts, literals };

    expect(randomDatabase({ ...request, seed: 1 })).toEqual(
      randomDatabase({ ...request, seed: 1 }),
    );
    expect(randomDatabase({ ...request, seed: 1 })).not.toEqual(
      randomDatabase({ ...request, seed: 2 }),
    );
  });

  it('keep to unique keys, references and not-nulls', () => {
    for (let seed = 0; seed < 200; seed += 1) {
      const tables = randomDatabase({
        relations: [orders, customers],
        facts: keyed,
        literals,
        seed,
      });
      const ids = rowsOf(tables, customers.id)
        .map(([id]) => id)
        .filter((id) => id !== 'NULL');
      const references = rowsOf(tables, orders.id).map(([, customer]) => customer);

      expect(new Set(ids).size).toBe(ids.length);
      expect(references.every((customer) => ids.includes(customer))).toBe(true);
    }
  });
});

it('hold rows that differ in their key alone', () => {
  const alike = Array.from({ length: 50 }, (_, seed) =>
    rowsOf(
      randomDatabase({ relations: [customers], facts: keyed, literals, seed }),
      customers.id,
    ).map(([, name]) => name),
  ).filter((names) => new Set(names).size < names.length);

  expect(alike.length).toBeGreaterThan(20);
});

it('hold numbers in texts that are cast to numbers', () => {
  const [made] = randomDatabase({
    relations: [table('t', ['v varchar'])],
    facts: noFacts,
    literals: { ...literals, castTo: new Map([['t\nv', 'integer']]) },
    seed: 4,
  });

  expect(made?.rows.length).toBeGreaterThan(0);
  expect(made?.rows.flat().every((value) => /^'-?\d+'$|^NULL$/.test(value))).toBe(true);
});

describe('a rewrite on small databases', () => {
  const ground = openTrialGround({ relations: [orders, customers] });
  afterAll(() => ground.close());

  const mart = {
    name: relationId({ name: 'mart' }),
    sql: 'select o.id, o.total, c.id as c_id from orders as o left join customers as c on o.customer = c.id',
  };
  function attempt(rewritten: string, facts: Facts, query = 'select sum(total) as s from orders') {
    return tryOnSmallDatabases({
      ground,
      relations: [orders, customers],
      facts,
      literals,
      marts: [mart],
      query,
      rewritten,
      databases: 60,
      seed: 3,
      approximate: false,
    });
  }

  it('is equal where the facts hold', async () => {
    expect(await attempt('select sum(total) as s from mart', keyed)).toMatchObject({
      kind: 'equal',
      databases: 60,
    });
  });

  it('is refuted where they do not, by the few rows that matter', async () => {
    const outcome = await attempt('select sum(total) as s from mart', noFacts);

    const tables = outcome.kind === 'unequal' ? outcome.counterExample.tables : [];
    expect(rowsOf(tables, orders.id)).toHaveLength(1);
    expect(rowsOf(tables, customers.id)).toHaveLength(2);
  });

  it('takes a rewrite that fails where the query answers for a wrong one', async () => {
    expect(await attempt('select sum(nothing) from mart', keyed)).toMatchObject({
      kind: 'unequal',
      counterExample: { failure: expect.stringContaining('nothing') },
    });
  });

  it('says nothing where the query itself cannot be run', async () => {
    expect(
      await attempt('select sum(total) as s from mart', keyed, 'select sum(nothing) from orders'),
    ).toMatchObject({ kind: 'failed', because: expect.stringContaining('nothing') });
  });

  it('tries one by one what the engine cannot answer for many databases at once', async () => {
    const query = 'select count(*) as n from orders as o full join customers as c on c.id = total';

    expect(await attempt(query, keyed, query)).toMatchObject({ kind: 'equal', databases: 60 });
    expect(await attempt(query.replace('full', 'left'), keyed, query)).toMatchObject({
      kind: 'unequal',
    });
  });
});

function table(name: string, columns: readonly string[]): SchemaRelation {
  return {
    id: relationId({ name }),
    kind: 'table',
    columns: columns.map((column) => {
      const [first = '', type = ''] = column.split(' ');
      return { name: first, type, notNull: false };
    }),
    keys: [],
    foreignKeys: [],
  };
}

function rowsOf(tables: ReturnType<typeof randomDatabase>, relation: RelationId) {
  return tables.find((each) => each.relation === relation)?.rows ?? [];
}
