import { describe, expect, it } from 'vitest';
import { relationId } from '../../src/base/relation.ts';
import { dialectOf } from '../../src/sql/dialects.ts';
import { indexSchema } from '../../src/sql/schema-index.ts';

const own = relationId({ schema: 'silver', name: 'orders' });
const foreign = relationId({ database: 'archive', schema: 'silver', name: 'orders' });
const table = { kind: 'table', columns: [], keys: [], foreignKeys: [] } as const;
const index = indexSchema(
  {
    ownDatabase: 'lake',
    relations: [
      { id: own, ...table },
      { id: foreign, ...table },
    ],
  },
  dialectOf('duckdb'),
);

describe('relations whose ids leave the own database out', () => {
  it.for([
    ['lake.silver.orders', 'lake', own],
    ['archive.silver.orders', 'lake', foreign],
    ['silver.orders', 'lake', own],
    ['silver.orders', 'archive', foreign],
  ] as const)('%s asked in %s is found as %s', ([written, database, id]) => {
    const path = written.split('.').map((name) => ({ name, quoted: false }));

    expect(index.findRelation(path, { database })).toMatchObject({
      kind: 'found',
      relation: { id },
    });
  });

  it('are not mistaken for those of a database nobody knows', () => {
    const path = ['elsewhere', 'silver', 'orders'].map((name) => ({ name, quoted: false }));

    expect(index.findRelation(path, { database: 'lake' }).kind).toBe('missing');
  });
});
