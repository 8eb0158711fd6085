import { describe, expect, it } from 'vitest';
import { type RelationId, relationId } from '../../src/base/relation.ts';
import { carryShape } from '../../src/drift/carry-shape.ts';
import { leftBehind, schemaThen } from '../../src/drift/former-schema.ts';
import { type PicturedRelation, pictureOf } from '../../src/drift/schema-picture.ts';
import { sourcesSince } from '../../src/drift/sources-since.ts';
import type { Shape } from '../../src/sql/query-shape.ts';

function aTable(name: string, columns: readonly string[]): PicturedRelation {
  return {
    id: relationId({ schema: 'silver', name }),
    kind: 'table',
    columns: columns.map((column) => ({ name: column, type: 'VARCHAR', notNull: false })),
    keys: [],
    foreignKeys: [],
  };
}
const picture = (...relations: readonly PicturedRelation[]) => ({ takenAt: 0, relations });
const nobodys: ReadonlySet<string> = new Set();

describe('what a change leaves behind', () => {
  it('is what lost a name or went, as it was, but for what Goldsmith publishes itself', () => {
    const [same, wider] = [aTable('same', ['id']), aTable('wider', ['id'])];
    const [renamed, gone, mart] = [
      aTable('renamed', ['id', 'region']),
      aTable('gone', ['id']),
      aTable('mart', ['id']),
    ];
    const before = picture(same, wider, renamed, gone, mart);
    const after = picture(same, aTable('wider', ['id', 'more']), aTable('renamed', ['id', 'area']));

    expect(leftBehind(before, { after, own: new Set([mart.id]) })).toEqual([renamed, gone]);
    expect(leftBehind(before, { after: before, own: nobodys })).toEqual([]);
  });

  it('is put in the place of what stands now; of two that are given the first counts', () => {
    const now = { relations: [aTable('a', ['now']), aTable('b', ['now'])] };

    const then = schemaThen([aTable('a', ['first']), aTable('a', ['second'])], now);

    expect(
      pictureOf(then, { takenAt: 0 }).relations.map(({ id, columns }) => [id, columns]),
    ).toEqual([
      ['silver.a', aTable('a', ['first']).columns],
      ['silver.b', aTable('b', ['now']).columns],
    ]);
  });
});

describe('a shape of a former schema', () => {
  const stores = aTable('stores', ['id', 'name', 'region']);
  const shapeOf = (...columns: readonly string[]): Shape => ({
    level: 'full',
    reader: 'tokens',
    statement: 'write',
    target: stores.id,
    relations: [{ relation: stores.id, via: 'named', known: true }],
    columns: columns.map((column) => ({
      relation: stores.id,
      column,
      roles: ['output'],
      by: 'name',
    })),
    joins: [],
    lineage: [{ column: 'region', sources: [{ relation: stores.id, column: 'region' }] }],
    notUnderstood: [],
  });
  const carried = (shape: Shape, now: PicturedRelation) => {
    const moves = new Map<RelationId, RelationId>([[stores.id, now.id]]);
    const { sources } = sourcesSince({ relations: [stores] }, { now: [now], moves });
    return carryShape(shape, { changed: new Set([stores.id]), sources, asOf: 42 });
  };

  it('is told under the names of today, its target and lineage too', () => {
    const shops = aTable('shops', ['id', 'name', 'sales_region']);

    expect(carried(shapeOf('id', 'region'), shops)).toMatchObject({
      asOf: 42,
      level: 'full',
      target: 'silver.shops',
      relations: [{ relation: 'silver.shops' }],
      columns: [
        { relation: 'silver.shops', column: 'id' },
        { relation: 'silver.shops', column: 'sales_region' },
      ],
      lineage: [
        {
          column: 'sales_region',
          sources: [{ relation: 'silver.shops', column: 'sales_region' }],
        },
      ],
    });
  });

  it('keeps its own names where what it read is gone', () => {
    expect(carried(shapeOf('region'), aTable('stores', ['id', 'name'])).columns).toMatchObject([
      { relation: 'silver.stores', column: 'region' },
    ]);
  });
});
