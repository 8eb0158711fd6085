import { describe, expect, it } from 'vitest';
import { wantFacts } from '../../src/decide/want-facts.ts';
import { decideCycle } from '../../src/plan/decide-cycle.ts';
import { type Asked, aCycleInput, withFacts } from '../builders/a-world.ts';

const NOW = Date.parse('2026-03-20T02:00:00Z');

function asking(where: string, cpuMs: number): Asked {
  return {
    sql: `select p.category, sum(l.amount) as revenue
      from silver.order_lines l join silver.products p on p.product_id = l.product_id ${where} group by p.category`,
    client: 'notebook',
    readers: ['ana', 'bob'],
    runsPerDay: 50,
    days: 14,
    cpuMs,
  };
}

async function buildCost(statements: readonly Asked[]): Promise<number> {
  const input = await aCycleInput({ statements, now: NOW });
  const { verdicts } = decideCycle(withFacts(input, wantFacts(input)));
  const dearest = verdicts.map(({ numbers }) => Number(numbers.buildCost?.slice(1)));
  return Math.max(0, ...dearest.filter(Number.isFinite));
}

describe('what computing a definition costs', () => {
  it('is what its rows take where statements read a few of them, however little these cost', async () => {
    const cheap = await buildCost([asking("where l.order_date = date '2026-01-01'", 2)]);
    const dear = await buildCost([asking('', 2)]);

    expect(cheap).toBeGreaterThan(2 * dear);
  });
});
