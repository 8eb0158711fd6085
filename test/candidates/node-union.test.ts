import { describe, expect, it } from 'vitest';
import type { AggregateNode } from '../../src/candidates/aggregate-node.ts';
import { aggregateNode, mergeNodes } from '../../src/candidates/aggregate-node.ts';
import { grainOfNode, unionOf } from '../../src/candidates/node-union.ts';
import { survey } from '../../src/decide/survey.ts';
import { type Asked, aCycleInput } from '../builders/a-world.ts';

const NOW = Date.parse('2026-03-20T02:00:00Z');

const LINES = 'from silver.order_lines l';
const PRODUCTS = 'join silver.products p on p.product_id = l.product_id';
const CUSTOMERS = 'join silver.customers c on c.customer_id = l.customer_id';

const STATEMENTS = [
  `select status, sum(amount) ${LINES} group by 1`,
  `select p.category, sum(l.amount) ${LINES} ${PRODUCTS} group by 1`,
  `select p.brand, l.status, count(*) ${LINES} ${PRODUCTS} where l.order_date > date '2026-01-01' group by 1, 2`,
  `select c.region, max(l.amount) ${LINES} ${CUSTOMERS} group by 1`,
  `select c.region, p.brand, sum(l.amount) ${LINES} ${PRODUCTS} ${CUSTOMERS} group by 1, 2`,
  `select date_trunc('month', l.order_date), sum(amount) ${LINES} group by 1`,
  `select date_trunc('year', l.order_date), c.region, sum(amount) ${LINES} ${CUSTOMERS} group by 1, 2`,
  `select upper(p.category), lower(p.brand), count(*) ${LINES} ${PRODUCTS} group by 1, 2`,
  `select count(distinct customer_id) ${LINES}`,
  `select category, count(*) from silver.products group by 1`,
];

async function someNodes(): Promise<readonly AggregateNode[]> {
  const asked = (sql: string): Asked => ({
    sql,
    client: 'notebook',
    readers: ['ana', 'bob'],
    runsPerDay: 4,
    days: 14,
    cpuMs: 40,
  });
  const { readings } = survey(await aCycleInput({ statements: STATEMENTS.map(asked), now: NOW }));
  return readings.flatMap(({ blocks }) =>
    blocks.flatMap((block) => {
      const node = aggregateNode(block, { cpuMs: 1, hasRoad: true });
      return node === undefined || 'because' in node ? [] : [node];
    }),
  );
}

describe('what two nodes would group by together', () => {
  it('is told as the node they make has it, without making one', async () => {
    const nodes = await someNodes();
    expect(nodes).toHaveLength(STATEMENTS.length);
    const merged = nodes.flatMap((one) => nodes.flatMap((two) => mergeNodes(one, two) ?? []));
    let [made, none] = [0, 0];

    for (const one of [...nodes, ...merged.filter((_, at) => at % 5 === 0)]) {
      for (const two of nodes) {
        const node = mergeNodes(one, two);
        const union = unionOf(one, two);
        expect(union).toEqual(node && { relations: node.relations, grain: grainOfNode(node) });
        made += Number(node !== undefined);
        none += Number(node === undefined);
      }
    }
    expect(made).toBeGreaterThan(80);
    expect(none).toBeGreaterThan(5);
  });
});
