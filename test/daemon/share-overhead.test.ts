import { expect, it } from 'vitest';
import { relationId } from '../../src/base/relation.ts';
import { openOverhead } from '../../src/daemon/share-overhead.ts';
import type { Mart } from '../../src/marts/mart.ts';

const sales = relationId({ schema: 'gold', name: 'sales' });
const wide = relationId({ schema: 'gold', name: 'wide' });
const asView = relationId({ schema: 'gold', name: 'as_view' });
const orders = relationId({ schema: 'silver', name: 'orders' });
const profiles = relationId({ schema: 'silver', name: 'profiles' });
const elsewhere = relationId({ schema: 'silver', name: 'elsewhere' });

const marts = [
  aMart(sales, { sources: [orders] }),
  aMart(wide, { sources: [orders, profiles] }),
  aMart(asView, { sources: [elsewhere], stage: 'logical' }),
];

function aMart(
  relation: Mart['definition']['relation'],
  {
    sources,
    stage = 'physical',
  }: {
    readonly sources: readonly Mart['definition']['relation'][];
    readonly stage?: Mart['stage'];
  },
): Mart {
  return {
    definition: {
      relation,
      origin: 'candidate',
      sql: 'select 1',
      columns: [],
      sources,
      obligations: [],
      maxStalenessMs: 0,
    },
    definitionDigest: 'd',
    stage,
    createdAt: 0,
    hidden: [],
  };
}

it.each([
  { title: 'a mart is that mart’s', about: wide, shares: [[wide, 60]] },
  {
    title: 'a table only one mart is computed from is that mart’s',
    about: profiles,
    shares: [[wide, 60]],
  },
  {
    title: 'a table two marts are computed from is shared by the two',
    about: orders,
    shares: [
      [sales, 30],
      [wide, 30],
    ],
  },
  {
    title: 'a table no standing mart is computed from is shared by all that stand',
    about: elsewhere,
    shares: [
      [sales, 30],
      [wide, 30],
    ],
  },
  {
    title: 'nothing in particular is shared by all that stand',
    about: undefined,
    shares: [
      [sales, 30],
      [wide, 30],
    ],
  },
])('the cost of looking at $title', ({ about, shares }) => {
  const overhead = openOverhead();

  overhead.onCost('freshness', { cpuMs: 60, durationMs: 0, rowsReturned: 0 }, about);

  expect([...overhead.sharesOf(marts)]).toEqual(shares);
});

it('loses and invents nothing, whatever was looked at', () => {
  const overhead = openOverhead();
  for (const [at, about] of [wide, profiles, orders, elsewhere, undefined, sales].entries()) {
    overhead.onCost('facts', { cpuMs: 10 ** at, durationMs: 0, rowsReturned: 0 }, about);
  }

  const shares = [...overhead.sharesOf(marts).values()];

  expect(shares.reduce((sum, cpuMs) => sum + cpuMs, 0)).toBeCloseTo(111_111);
});

it('is nobody’s where no mart stands', () => {
  const overhead = openOverhead();

  overhead.onCost('catalog', { cpuMs: 60, durationMs: 0, rowsReturned: 0 }, undefined);

  expect([...overhead.sharesOf(marts.filter(({ stage }) => stage === 'logical'))]).toEqual([]);
});
