import { describe, expect, it } from 'vitest';
import { queryKey } from '../../../src/sql/normalize/expr-key.ts';
import { boundOf } from './bind.ts';

async function keyOf(expr: string, dialect: 'duckdb' | 'postgres' = 'duckdb'): Promise<string> {
  return queryKey(await boundOf(`select ${expr} as x from orders`, dialect));
}

describe('the key of an expression', () => {
  it.each([
    ['cast(total as int)', 'total::integer'],
    ['cast(total as int8)', 'cast(total as bigint)'],
    ['cast(total as decimal(10, 2))', 'cast(total as numeric(10,2))'],
    ['cast(state as bool)', 'cast(state as boolean)'],
    ['cast(placed as timestamptz)', 'cast(placed as timestamp with time zone)'],
    ["placed + interval '3 months'", "placed + interval '3' month"],
    ["placed + interval '3' month", 'placed + interval 3 month'],
    ["placed + interval '1 DAY'", "placed + interval '1' day"],
  ])('is the same for %s and %s', async (one, other) => {
    expect(await keyOf(one)).toBe(await keyOf(other));
  });

  it.each([
    ['cast(total as int)', 'cast(total as bigint)'],
    ['cast(total as decimal(10, 2))', 'cast(total as decimal(12, 2))'],
    ['cast(total as float)', 'cast(total as double)'],
    ["placed + interval '3' month", "placed + interval '3' day"],
    ["placed + interval '3' month", "placed + interval '-3' month"],
    ["placed + interval '1 month 2 days'", "placed + interval '1 month'"],
  ])('tells %s from %s', async (one, other) => {
    expect(await keyOf(one)).not.toBe(await keyOf(other));
  });

  it('is the same whichever reader told the type', async () => {
    const text = "cast(total as int) + 1, placed + interval '3 month', total::float8";

    expect(await keyOf(text, 'postgres')).toBe(await keyOf(text, 'duckdb'));
  });
});
