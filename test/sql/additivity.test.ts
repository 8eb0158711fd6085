import { describe, expect, it } from 'vitest';
import { additivityOf } from '../../src/sql/additivity.ts';

function call(name: string, distinct = false) {
  return {
    kind: 'call',
    name,
    args: [],
    distinct,
    orderBy: [],
    modifiers: [],
  } as const;
}

describe('additivity', () => {
  it.each([
    ['sum', false, 'additive'],
    ['count', false, 'additive'],
    ['count', true, 'holistic'],
    ['min', true, 'idempotent'],
    ['avg', false, 'algebraic'],
    ['avg', true, 'holistic'],
    ['approx_count_distinct', false, 'sketch'],
    ['median', false, 'holistic'],
    ['my_aggregate', false, 'unknown'],
  ])('%s (distinct: %s) is %s', (name, distinct, nature) => {
    expect(additivityOf(call(name, distinct))).toBe(nature);
  });
});
