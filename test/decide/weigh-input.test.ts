import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/base/digest.ts';
import type { CycleInput } from '../../src/decide/cycle-input.ts';
import { wantFacts } from '../../src/decide/want-facts.ts';
import { weighInput } from '../../src/decide/weigh-input.ts';
import { decideCycle } from '../../src/plan/decide-cycle.ts';
import { type Asked, aCycleInput, withFacts } from '../builders/a-world.ts';

const NOW = Date.parse('2026-03-20T02:00:00Z');

function asked(sql: string, cpuMs: number): Asked {
  return { sql, client: 'notebook', readers: ['ana', 'bob'], runsPerDay: 10, days: 14, cpuMs };
}

const statements: readonly Asked[] = [
  asked(
    `select p.category, sum(l.amount) as revenue
      from silver.order_lines l join silver.products p on p.product_id = l.product_id
      where l.order_date >= date '2026-01-01' group by p.category`,
    40,
  ),
  asked(
    `select c.region, count(*) as lines
      from silver.order_lines l join silver.customers c on c.customer_id = l.customer_id group by c.region`,
    70,
  ),
  asked('select order_date, revenue from gold.daily_sales', 30),
];

/** Equal, but no object of it was ever seen: nothing remembered can be about it. */
function unseen(input: CycleInput): CycleInput {
  return structuredClone(input);
}

function decisionOn(input: CycleInput): string {
  return canonicalJson(decideCycle(input));
}

describe('what is remembered while deciding', () => {
  it('changes no decision while facts are measured pass by pass', async () => {
    const first = await aCycleInput({ statements, now: NOW });
    const second = withFacts(first, wantFacts(first));
    const third = withFacts(second, wantFacts(second));

    for (const input of [first, second, third]) {
      expect(decisionOn(input)).toBe(decisionOn(unseen(input)));
      expect(wantFacts(input)).toEqual(wantFacts(unseen(input)));
    }
  });

  it('changes no decision of the next cycle, when the schema, the facts or the marts moved', async () => {
    const input = await aCycleInput({ statements, now: NOW });
    const measured = withFacts(input, wantFacts(input));
    decideCycle(measured);
    const { schema } = measured;

    const next: readonly CycleInput[] = [
      { ...measured, now: NOW + 3_600_000 },
      { ...measured, schema: { ...schema, relations: schema.relations.slice(0, 2) } },
      {
        ...measured,
        schema: {
          ...schema,
          relations: schema.relations.map((relation) => ({
            ...relation,
            columns: relation.columns.map((column) => ({ ...column, type: 'varchar' })),
          })),
        },
      },
      { ...measured, facts: { ...measured.facts, inclusions: [] } },
      { ...measured, usage: { ...measured.usage, facts: measured.usage.facts.slice(30) } },
      { ...measured, usage: { ...measured.usage, templates: measured.usage.templates.slice(1) } },
    ];

    for (const changed of next) {
      expect(decisionOn(changed)).toBe(decisionOn(unseen(changed)));
    }
  });

  it('weighs the same input once', async () => {
    const input = await aCycleInput({ statements, now: NOW });

    expect(weighInput(input)).toBe(weighInput(input));
  });
});
