import type { RelationId } from '../../../src/base/relation.ts';
import type { DataContract } from '../../../src/propose/contract/data-contract.ts';

export function aContract(changes: Partial<DataContract> = {}): DataContract {
  return {
    relation: 'gold.daily_sales' as RelationId,
    version: '1.0.0',
    physicalType: 'view',
    owner: 'sales analytics',
    columns: [
      { name: 'order_date', type: 'DATE', notNull: true },
      { name: 'region', type: 'VARCHAR' },
      { name: 'sum_amount', type: 'DECIMAL(38,2)' },
    ],
    key: ['order_date', 'region'],
    minimumRows: 1,
    maxStalenessMs: 3_600_000,
    statement: '0123456789abcdef',
    ...changes,
  };
}
