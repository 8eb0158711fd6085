import { describe, expect, it } from 'vitest';
import { relationId } from '../../src/base/relation.ts';
import { carried, definitionAfter } from '../../src/drift/follow-definition.ts';
import type { PicturedRelation } from '../../src/drift/schema-picture.ts';
import { sourcesSince } from '../../src/drift/sources-since.ts';
import type { MartDefinition } from '../../src/marts/mart.ts';

const id = (name: string, schema = 'silver') => relationId({ schema, name });

function aTable(columns: readonly string[], changes: Partial<PicturedRelation> = {}) {
  return {
    id: id('stores'),
    kind: 'table',
    columns: columns.map((column) => {
      const [name = '', type = 'INTEGER'] = column.split(' ');
      return { name, type, notNull: false };
    }),
    keys: [],
    foreignKeys: [],
    ...changes,
  } as const satisfies PicturedRelation;
}

const before = aTable(['id', 'name VARCHAR', 'region VARCHAR']);
const noMoves = new Map();

describe('what became of sources since they were taken down', () => {
  it('finds a rename however many cycles lie between', () => {
    const now = [aTable(['id', 'name VARCHAR', 'sales_region VARCHAR', 'opened DATE'])];

    const { sources, changes } = sourcesSince({ relations: [before] }, { now, moves: noMoves });

    expect(sources[0]?.renamed).toEqual(new Map([['region', 'sales_region']]));
    expect(changes.map(({ kind }) => kind)).toEqual(['column-renamed', 'column-added']);
  });

  it('follows a relation over several moves, to a place where it stands', () => {
    const there = aTable(['id', 'name VARCHAR', 'region VARCHAR'], { id: id('shops', 'lake') });
    const moves = new Map([
      [id('stores'), id('stores', 'bronze')],
      [id('stores', 'bronze'), id('shops', 'lake')],
    ]);

    const { sources, changes } = sourcesSince({ relations: [before] }, { now: [there], moves });

    expect(sources).toMatchObject([{ was: before, is: there }]);
    expect(changes).toMatchObject([{ kind: 'relation-moved', to: 'lake.shops' }]);
  });

  it('says that a relation is gone that went nowhere, also where moves lead in a circle', () => {
    const moves = new Map([
      [id('stores'), id('a')],
      [id('a'), id('stores')],
    ]);

    const { sources, changes } = sourcesSince({ relations: [before] }, { now: [], moves });

    expect(sources).toEqual([]);
    expect(changes).toEqual([{ kind: 'relation-removed', relation: 'silver.stores' }]);
  });

  it('takes no new column for a removed one that is unlike it', () => {
    const now = [aTable(['id', 'opened DATE', 'fax VARCHAR', 'name VARCHAR'])];

    const { sources } = sourcesSince({ relations: [before] }, { now, moves: noMoves });

    expect(sources[0]?.renamed.size).toBe(0);
  });
});

describe('a definition after its sources', () => {
  const definition: MartDefinition = {
    relation: id('mart', 'gold'),
    origin: 'candidate',
    sql: 'select 1',
    columns: [
      { name: 'n', type: 'INTEGER' },
      { name: 'amount', type: 'DECIMAL(10,2)' },
    ],
    sources: [id('orders'), id('stores')],
    obligations: [
      { kind: 'unique-key', relation: id('stores'), columns: ['id'] },
      {
        kind: 'inclusion',
        from: id('orders'),
        fromColumns: ['store'],
        to: id('stores'),
        toColumns: ['id'],
      },
      { kind: 'not-null', relation: id('orders'), column: 'store' },
    ],
    maxStalenessMs: 1,
  };

  it('rests on the same facts under their new names', () => {
    const now = aTable(['store_id', 'name VARCHAR', 'region VARCHAR'], { id: id('a', 'lake') });
    const sources = [{ was: before, is: now, renamed: new Map([['id', 'store_id']]) }];

    expect(definitionAfter(definition, { sql: 'select 2', sources })).toMatchObject({
      sql: 'select 2',
      sources: ['lake.a', 'silver.orders'],
      obligations: [
        { relation: 'lake.a', columns: ['store_id'] },
        { from: 'silver.orders', to: 'lake.a', toColumns: ['store_id'] },
        { relation: 'silver.orders', column: 'store' },
      ],
    });
  });

  it.for([
    ['BIGINT', 'DECIMAL(12,2)', 'cast(n as INTEGER) as n, cast(amount as DECIMAL(10,2)) as amount'],
    ['INTEGER', 'DECIMAL(12,2)', 'n, cast(amount as DECIMAL(10,2)) as amount'],
    ['DOUBLE', 'DECIMAL(10,2)', 'n was promised as INTEGER and is DOUBLE now'],
    ['SMALLINT', 'DECIMAL(10,2)', 'n was promised as INTEGER and is SMALLINT now'],
    ['INTEGER', 'DECIMAL(12,4)', 'amount was promised as DECIMAL(10,2) and is DECIMAL(12,4) now'],
  ] as const)('of columns that are %s and %s now gives %s', ([n, amount, expected]) => {
    const found = [
      { name: 'n', type: n },
      { name: 'amount', type: amount },
    ];
    const kept = carried(definition, { found, dialect: 'duckdb' });
    expect('sql' in kept ? kept.sql : kept.because).toContain(expected);
  });
});
