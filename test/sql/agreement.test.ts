import { describe, expect, it } from 'vitest';
import { relationId } from '../../src/base/relation.ts';
import { agreementOf, witnessed } from '../../src/sql/agreement.ts';
import { confidenceOf } from '../../src/sql/confidence.ts';
import type { ReaderName } from '../../src/sql/parse-sql.ts';
import type { Shape } from '../../src/sql/query-shape.ts';

function aShape(reader: ReaderName, reads: Readonly<Record<string, readonly string[]>>): Shape {
  const names = Object.keys(reads).map((name) => relationId({ name }));
  return {
    level: 'full',
    reader,
    statement: 'query',
    relations: names.map((relation) => ({ relation, via: 'named', known: true })),
    columns: names.flatMap((relation) =>
      (reads[relation] ?? []).map((column) => ({
        relation,
        column,
        roles: ['output'],
        by: 'name',
      })),
    ),
    joins: [],
    lineage: [],
    notUnderstood: [],
  };
}

const shape = aShape('sqlparser-rs', { orders: ['id', 'total'], customers: [] });

describe('the agreement of two readers', () => {
  it('is on columns where both resolved every name, in any order', () => {
    const witness = aShape('polyglot', { customers: [], orders: ['total', 'id'] });

    expect(agreementOf([shape], [witness])).toEqual({
      kind: 'agrees',
      reader: 'polyglot',
      on: 'columns',
    });
  });

  it('is on relations where one of them tells no more', () => {
    const witness: Shape = {
      ...aShape('node-sql-parser', { orders: [], customers: [] }),
      level: 'partial',
    };

    expect(agreementOf([shape], [witness])).toEqual({
      kind: 'agrees',
      reader: 'node-sql-parser',
      on: 'relations',
    });
  });

  it.each([
    ['relations', { orders: ['id', 'total'] }],
    ['columns', { orders: ['id'], customers: [] }],
  ] as const)('is none where they read other %s, and the shape says so', (on, reads) => {
    const seen = witnessed(shape, aShape('polyglot', reads));

    expect(seen).toMatchObject({
      level: 'partial',
      agreement: { kind: 'differs', reader: 'polyglot', on },
      notUnderstood: [`polyglot reads other ${on}`],
    });
  });
});

describe('the confidence of a shape', () => {
  const agrees = { kind: 'agrees', reader: 'polyglot', on: 'relations' } as const;
  const differs = { ...agrees, kind: 'differs' } as const;

  it.each([
    ['full', 'sqlparser-rs', undefined, 'high'],
    ['full', 'sqlparser-rs', agrees, 'high'],
    ['full', 'node-sql-parser', undefined, 'medium'],
    ['partial', 'sqlparser-rs', undefined, 'medium'],
    ['partial', 'sqlparser-rs', agrees, 'high'],
    ['partial', 'sqlparser-rs', differs, 'low'],
    ['lexer', 'tokens', undefined, 'low'],
  ] as const)('of level %s, read by %s, agreement %o, is %s', (level, reader, agreement, told) => {
    expect(confidenceOf({ level, reader, ...(agreement && { agreement }) })).toBe(told);
  });
});
