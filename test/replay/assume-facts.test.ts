import { describe, expect, it } from 'vitest';
import { relationId } from '../../src/base/relation.ts';
import { assume } from '../../src/replay/assume-facts.ts';
import type { SchemaSnapshot } from '../../src/sql/schema.ts';

const orders = relationId({ schema: 's', name: 'orders' });
const users = relationId({ schema: 's', name: 'users' });

const schema: SchemaSnapshot = {
  relations: [
    {
      id: orders,
      kind: 'table',
      columns: [
        { name: 'user_id', type: 'int', notNull: true },
        { name: 'coupon_id', type: 'int', notNull: false },
      ],
      keys: [],
      foreignKeys: [{ columns: ['user_id'], references: users, referencedColumns: ['id'] }],
    },
    {
      id: users,
      kind: 'table',
      columns: [{ name: 'id', type: 'int', notNull: true }],
      keys: [{ columns: ['id'], primary: true }],
      foreignKeys: [],
    },
  ],
};

const declared = { schema, assumeKeys: false };

describe('a fact nobody can measure', () => {
  it('holds where it is declared, with or without more columns', () => {
    const key = { kind: 'unique-key', relation: users, columns: ['id'] } as const;

    expect(assume(key, declared)).toBe('holds');
    expect(assume({ ...key, columns: ['country', 'id'] }, declared)).toBe('holds');
    expect(
      assume(
        { kind: 'inclusion', from: orders, fromColumns: ['user_id'], to: users, toColumns: ['id'] },
        declared,
      ),
    ).toBe('holds');
    expect(assume({ kind: 'not-null', relation: orders, column: 'user_id' }, declared)).toBe(
      'holds',
    );
  });

  it('stays open for a key nobody declared, unless keys are to be assumed', () => {
    const key = { kind: 'unique-key', relation: orders, columns: ['user_id'] } as const;

    expect(assume(key, declared)).toBe('unknown');
    expect(assume(key, { schema, assumeKeys: true })).toBe('holds');
    expect(assume({ ...key, relation: users, columns: ['name'] }, declared)).toBe('unknown');
  });

  it('fails for references and columns nobody vouches for, so that all rows are kept', () => {
    const reference = { kind: 'inclusion', from: orders, to: users } as const;

    expect(assume({ ...reference, fromColumns: ['coupon_id'], toColumns: ['id'] }, declared)).toBe(
      'fails',
    );
    expect(assume({ kind: 'not-null', relation: orders, column: 'coupon_id' }, declared)).toBe(
      'fails',
    );
  });
});
