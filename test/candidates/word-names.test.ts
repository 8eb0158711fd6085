import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/base/digest.ts';
import type { RelationId } from '../../src/base/relation.ts';
import { candidateKey } from '../../src/candidates/author-mart.ts';
import type { CycleInput } from '../../src/decide/cycle-input.ts';
import { survey } from '../../src/decide/survey.ts';
import { aCycleInput } from '../builders/a-world.ts';

const NOW = Date.parse('2026-03-20T02:00:00Z');
const LINES = 'shop.silver.order_lines' as RelationId;
const SALES = {
  name: 'Sales',
  keys: [sha256(`sum([${LINES}.amount]) of ${LINES}`)],
};

const asking = {
  sql: `select status, sum(amount), sum(quantity) from silver.order_lines group by status`,
  client: 'notebook',
  readers: ['ana', 'bob'],
  runsPerDay: 4,
  days: 14,
  cpuMs: 40,
};

async function columnsWith(changes: (plain: CycleInput) => Partial<CycleInput>) {
  const input = await aCycleInput({ statements: [asking], now: NOW });
  const [candidate] = survey({ ...input, ...changes(input) }).candidates;
  return candidate?.definition.columns.map(({ name }) => name);
}

const PLAIN = ['status', 'sum_amount', 'sum_quantity', 'row_count'];

describe('a chosen word', () => {
  it('is what a mart calls the measure that is exactly its definition', async () => {
    expect(await columnsWith(() => ({}))).toEqual(PLAIN);
    expect(await columnsWith(() => ({ words: [SALES] }))).toEqual([
      'status',
      'sales',
      'sum_quantity',
      'row_count',
    ]);
  });

  it('that is the name of another column is not used twice', async () => {
    expect(await columnsWith(() => ({ words: [{ ...SALES, name: 'status' }] }))).toEqual(PLAIN);
  });

  it('that could not be written without quotes is left out', async () => {
    expect(await columnsWith(() => ({ words: [{ ...SALES, name: 'net sales' }] }))).toEqual(PLAIN);
  });

  it('makes no other mart of one that somebody said no to', async () => {
    const columns = await columnsWith((input) => {
      const [plain] = survey(input).candidates;
      const digest = candidateKey(plain?.definition.sql ?? '');
      return { words: [SALES], declined: [{ digest, at: NOW }] };
    });
    expect(columns).toEqual(PLAIN);
  });
});
