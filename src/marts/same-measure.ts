import type { SourceState } from './mart.ts';

type Measured = Pick<SourceState, 'relation' | 'columns'>;

/** Whether both were measured over the same columns of the same relation, so that one tells of the other. */
export function isSameMeasure(one: Measured, other: Measured): boolean {
  return one.relation === other.relation && measureKey(one) === measureKey(other);
}

/** Equal keys, equal lists of columns. */
export function measureKey({ columns = [] }: Pick<SourceState, 'columns'>): string {
  return JSON.stringify(columns);
}
