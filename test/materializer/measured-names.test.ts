import { describe, expect, it } from 'vitest';
import type { RelationId } from '../../src/base/relation.ts';
import { isMeasured, measuredForm, measuredTable } from '../../src/materializer/measured-names.ts';
import { slimWide } from './wide-mart.ts';

const id = (name: string) => name as RelationId;

describe('what is built only to be measured', () => {
  it('is known by its name, however long that is, and nothing else is', () => {
    for (const table of [id('gold_data.sales__v2'), id(`gold_data.${'n'.repeat(58)}__v2`)]) {
      const { rows, packs } = measuredForm(slimWide(2), table);
      const made = [measuredTable(table), rows, ...packs.map((pack) => pack.table)];

      expect(new Set(made).size).toBe(3);
      expect(made.map((each) => isMeasured(each, table))).toEqual([true, true, true]);
      expect(made.map((each) => isMeasured(each, id('gold_data.sales__v1')))).toEqual([
        false,
        false,
        false,
      ]);
      expect(isMeasured(table, table)).toBe(false);
      expect(isMeasured(id('other.sales__v2__measured'), table)).toBe(false);
    }
  });
});
