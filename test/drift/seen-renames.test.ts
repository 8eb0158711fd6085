import { describe, expect, it } from 'vitest';
import { relationId } from '../../src/base/relation.ts';
import { diffPictures } from '../../src/drift/diff-pictures.ts';
import { mayRename, renamesIn } from '../../src/drift/rename-statements.ts';
import { describeChange, isGuess } from '../../src/drift/schema-change.ts';
import type { PicturedRelation } from '../../src/drift/schema-picture.ts';
import { type SeenRename, witnessOf } from '../../src/drift/seen-renames.ts';
import { dialectOf } from '../../src/sql/dialects.ts';

const renames = (sql: string, dialect: Parameters<typeof dialectOf>[0] = 'duckdb') =>
  renamesIn(sql, dialectOf(dialect));

describe('renames in a text', () => {
  it.each([
    ['ALTER TABLE silver.stores RENAME COLUMN region TO sales_region', 'duckdb'],
    ['alter table silver.stores rename region to sales_region;', 'duckdb'],
    ['alter table if exists only silver.stores rename column region to sales_region', 'postgres'],
    ['alter table "silver"."stores" rename column "region" to "sales_region"', 'postgres'],
    ['ALTER ICEBERG TABLE silver.stores RENAME COLUMN region TO sales_region', 'snowflake'],
    ['alter table `silver`.`stores` rename column `region` to `sales_region`', 'databricks'],
    ['alter table `silver.stores` rename column if exists region to sales_region', 'bigquery'],
    [
      '-- why\nset x = 1; alter view silver.stores rename column region to sales_region',
      'postgres',
    ],
  ] as const)('are found in %s', (sql, dialect) => {
    expect(renames(sql, dialect)).toEqual([
      { kind: 'column', relation: ['silver', 'stores'], from: 'region', to: 'sales_region' },
    ]);
    expect(mayRename(sql)).toBe(true);
  });

  it('are several, and of relations too', () => {
    const sql =
      'alter table a.t rename column x to y, rename column z to "odd name"; alter table t rename to b.u';

    expect(renames(sql, 'snowflake')).toEqual([
      { kind: 'column', relation: ['a', 't'], from: 'x', to: 'y' },
      { kind: 'column', relation: ['a', 't'], from: 'z', to: 'odd name' },
      { kind: 'relation', relation: ['t'], to: ['b', 'u'] },
    ]);
  });

  it.each([
    'alter table t rename constraint a to b',
    'alter table t rename column s.field to other',
    'alter table t add column rename integer',
    'alter index i rename to j',
    "select 'alter table t rename column a to b'",
    'create table alter_rename (a integer)',
    'alter table t rename',
    'alter table t rename to',
    'alter table t rename column a to',
  ])('are not seen in %s', (sql) => {
    expect(renames(sql, 'postgres')).toEqual([]);
  });
});

function aTable(name: string, columns: readonly string[], schema = 'silver'): PicturedRelation {
  return {
    id: relationId({ schema, name }),
    kind: 'table',
    columns: columns.map((column) => ({ name: column, type: 'VARCHAR', notNull: false })),
    keys: [],
    foreignKeys: [],
  };
}

function seen(...texts: readonly string[]): readonly SeenRename[] {
  return texts.flatMap((text, at) =>
    renames(text).map((statement) => ({ at, names: { schema: 'silver' }, statement })),
  );
}

function told(
  texts: readonly string[],
  before: readonly PicturedRelation[],
  after: readonly PicturedRelation[],
) {
  const witness = witnessOf(seen(...texts), { before, after });
  const changes = diffPictures(
    { takenAt: 0, relations: before },
    { takenAt: 1, relations: after },
    witness,
  );
  return changes.map(
    (change) => `${isGuess(change) ? 'a guess' : 'known'}: ${describeChange(change)}`,
  );
}

describe('renames that were seen', () => {
  it('tell apart what looks alike, and are no guess', () => {
    const before = [aTable('stores', ['id', 'a1', 'a2'])];
    const after = [aTable('stores', ['id', 'b1', 'b2'])];
    const crossed = [
      'alter table stores rename a1 to b2',
      'alter table silver.stores rename a2 to b1',
    ];

    expect(told(crossed, before, after)).toEqual([
      expect.stringContaining('known: silver.stores.a1 is now called b2 (the statement was seen'),
      expect.stringContaining('known: silver.stores.a2 is now called b1 (the statement was seen'),
    ]);
  });

  it('are followed over several names, and through another name of the relation', () => {
    const texts = [
      'alter table stores rename column region to r',
      'alter table stores rename to shops',
      'alter table shops rename column R to sales_region',
    ];

    expect(
      told(texts, [aTable('stores', ['id', 'region'])], [aTable('shops', ['id', 'sales_region'])]),
    ).toEqual([
      'known: silver.stores is now silver.shops (the statement was seen)',
      expect.stringContaining(
        'known: silver.stores.region is now called sales_region (the statement',
      ),
    ]);
  });

  it('say nothing of another schema, of a name nobody had, or where the column is there still', () => {
    const before = [aTable('stores', ['id', 'region', 'fax'])];
    const after = [aTable('stores', ['id', 'x_code', 'y_code'])];
    const texts = [
      'alter table other.stores rename region to x_code',
      'alter table nobody rename region to x_code',
      'alter table stores rename phone to y_code',
    ];

    expect(witnessOf(seen(...texts), { before, after })).toEqual({ seen: [], moved: [] });
    expect(
      witnessOf(seen('alter table stores rename fax to y'), { before, after: before }),
    ).toEqual({ seen: [], moved: [] });
  });
});
