import { describe, expect, it } from 'vitest';
import { relationId } from '../../src/base/relation.ts';
import { obligationColumns } from '../../src/marts/obligation-columns.ts';

const ORDERS = relationId({ schema: 'w', name: 'orders' });
const CUSTOMERS = relationId({ schema: 'w', name: 'customers' });

describe('the columns an obligation speaks of', () => {
  it('are those of both sides of an inclusion', () => {
    expect(
      obligationColumns({
        kind: 'inclusion',
        from: ORDERS,
        fromColumns: ['customer'],
        to: CUSTOMERS,
        toColumns: ['id'],
      }),
    ).toEqual([
      { relation: ORDERS, names: ['customer'] },
      { relation: CUSTOMERS, names: ['id'] },
    ]);
  });

  it('are the key, and the column that is never NULL', () => {
    const key = { kind: 'unique-key', relation: ORDERS, columns: ['id', 'line'] } as const;
    expect(obligationColumns(key)).toEqual([{ relation: ORDERS, names: ['id', 'line'] }]);
    expect(obligationColumns({ kind: 'not-null', relation: ORDERS, column: 'id' })).toEqual([
      { relation: ORDERS, names: ['id'] },
    ]);
  });
});
