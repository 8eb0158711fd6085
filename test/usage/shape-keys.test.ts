import { describe, expect, it } from 'vitest';
import type { RelationId } from '../../src/base/relation.ts';
import type { Shape } from '../../src/sql/query-shape.ts';
import type { SchemaSnapshot } from '../../src/sql/schema.ts';
import { shapeKeysOf } from '../../src/usage/shape-keys.ts';
import { aTemplate } from '../graph/a-usage.ts';

const joined = aTemplate('f', ['a.id = b.id']).shape;

function aSchema(tables: Readonly<Record<string, readonly string[]>>): SchemaSnapshot {
  return {
    relations: Object.entries(tables).map(([name, columns]) => ({
      id: name as RelationId,
      kind: 'table',
      columns: columns.map((column) => ({ name: column, type: 'int', notNull: false })),
      keys: [],
      foreignKeys: [],
    })),
  };
}

function keyIn(tables: Readonly<Record<string, readonly string[]>>, shape: Shape): string {
  return shapeKeysOf({ schema: aSchema(tables), readersVersion: '1' }).of(shape);
}

describe('shapeKeysOf', () => {
  it('stays while the relations a shape reads stay', () => {
    expect(keyIn({ a: ['id'], b: ['id'], c: ['x'] }, joined)).toBe(
      keyIn({ a: ['id'], b: ['id'], d: ['y'] }, joined),
    );
  });

  it('moves when a relation it reads gets a column', () => {
    expect(keyIn({ a: ['id'], b: ['id'] }, joined)).not.toBe(
      keyIn({ a: ['id', 'new'], b: ['id'] }, joined),
    );
  });

  it('moves for what was not fully understood when any relation comes', () => {
    const partial: Shape = { ...joined, level: 'partial' };

    expect(keyIn({ a: ['id'] }, partial)).not.toBe(keyIn({ a: ['id'], z: ['id'] }, partial));
  });

  it('moves with the parsers', () => {
    const schema = aSchema({ a: ['id'] });

    expect(shapeKeysOf({ schema, readersVersion: '1' }).of(joined)).not.toBe(
      shapeKeysOf({ schema, readersVersion: '2' }).of(joined),
    );
  });

  it('does not depend on the order of the relations', () => {
    const schema = aSchema({ a: ['id'], b: ['id'] });
    const reversed = { relations: schema.relations.toReversed() };

    expect(shapeKeysOf({ schema: reversed, readersVersion: '1' }).all).toBe(
      shapeKeysOf({ schema, readersVersion: '1' }).all,
    );
  });
});
