import { describe, expect, it } from 'vitest';
import type { RelationId } from '../../src/base/relation.ts';
import { type GroupNdv, groupValues } from '../../src/decide/group-values.ts';
import { wantFacts } from '../../src/decide/want-facts.ts';
import { weighInput } from '../../src/decide/weigh-input.ts';
import { aCycleInput } from '../builders/a-world.ts';

const CITIES = 'geo.cities' as RelationId;
const SINGLE: Readonly<Record<string, number>> = { city: 250, nation: 25, region: 5 };

function valuesOf(columns: readonly string[], counted: readonly GroupNdv[]): number {
  return groupValues(counted)(CITIES, { columns, valuesOf: (column) => SINGLE[column] ?? 1 });
}

const cityAndNation: GroupNdv = { relation: CITIES, columns: ['city', 'nation'], distinct: 250 };
const all: GroupNdv = { relation: CITIES, columns: ['city', 'nation', 'region'], distinct: 250 };

describe('values that columns of one relation have together', () => {
  it('takes the product where nothing was counted together', () => {
    expect(valuesOf(['city', 'nation', 'region'], [])).toBe(250 * 25 * 5);
  });

  it('takes what was counted of just these columns', () => {
    expect(valuesOf(['city', 'nation', 'region'], [all])).toBe(250);
  });

  it('takes a counted part, and the product for the rest', () => {
    expect(valuesOf(['city', 'nation', 'region'], [cityAndNation])).toBe(250 * 5);
  });

  it('is bounded by a counted group that holds more columns', () => {
    expect(valuesOf(['nation', 'city'], [all])).toBe(250);
    expect(valuesOf(['nation', 'region'], [all])).toBe(125);
  });
});

describe('a candidate that groups by columns that follow from each other', () => {
  const NOW = Date.parse('2026-03-20T02:00:00Z');
  const statement = {
    sql: `select c.region, c.segment, p.brand, sum(l.amount) as revenue
      from silver.order_lines l
      join silver.customers c on c.customer_id = l.customer_id
      join silver.products p on p.product_id = l.product_id
      group by c.region, c.segment, p.brand`,
    client: 'notebook',
    readers: ['ana', 'bob'],
    runsPerDay: 10,
    days: 14,
    cpuMs: 40,
  };
  const group = {
    relation: 'shop.silver.customers' as RelationId,
    columns: ['region', 'segment'],
  };

  it('asks how many combinations its joined relations have, once', async () => {
    const input = await aCycleInput({ statements: [statement], now: NOW });

    expect(wantFacts(input).groups).toEqual([group]);
    expect(wantFacts({ ...input, groupNdvs: [{ ...group, distinct: 6 }] }).groups).toEqual([]);
  });

  it('is as small as those combinations say', async () => {
    const input = await aCycleInput({ statements: [statement], now: NOW });
    const counted = { ...input, groupNdvs: [{ ...group, distinct: 6 }] };
    const rowsOf = (world: typeof input) =>
      weighInput(world).weighing.weighed.find(({ appraisal }) =>
        appraisal.candidate.definition.relation.includes('brand'),
      )?.appraisal.rows;

    expect(rowsOf(input)).toBeCloseTo((6 + 1) * (4 + 1) * (80 + 1), -1);
    expect(rowsOf(counted)).toBeCloseTo(6 * (80 + 1), -1);
  });
});
