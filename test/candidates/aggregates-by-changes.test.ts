import { describe, expect, it } from 'vitest';
import { whyNotAggregated } from '../../src/candidates/aggregates-by-changes.ts';
import { readView } from './events-view.ts';

const BARE = { bareAggregates: true } as const;
const VALUES = { sumsNeedValues: true } as const;

/** The amount of an event is declared to be there, its kind and users' columns are not. */
const CATALOG = [
  { id: 'shop.s.events', columns: [column('amount', true), column('user_id', false)] },
  { id: 'shop.s.users', columns: [column('user_id', true), column('region', false)] },
];

function column(name: string, notNull: boolean) {
  return { name, notNull };
}

async function why(shape: typeof BARE | typeof VALUES, select: string) {
  const view = await readView(select, []);
  return whyNotAggregated(view, { shape, catalog: CATALOG });
}

const EVENTS = 'from shop.s.events e';
const WITH_USERS = `${EVENTS} join shop.s.users u on u.user_id = e.user_id`;
const OR_NONE = 'from shop.s.users u left join shop.s.events e on e.user_id = u.user_id';

describe('a warehouse that takes aggregates as outputs alone', () => {
  it('takes groups and plain aggregates, and what is none', async () => {
    expect(
      await why(
        BARE,
        `select date_trunc('month', e.day) as m, sum(e.amount * 2) as s ${EVENTS} group by 1`,
      ),
    ).toBeUndefined();
    expect(await why(BARE, `select e.amount + 1 as more ${EVENTS}`)).toBeUndefined();
  });

  it.for([
    ['a quotient of two', 'sum(e.amount) / count(*)'],
    ['one within a function', 'coalesce(sum(e.amount), 0)'],
  ])('does not take %s', async ([, item]) => {
    expect(await why(BARE, `select e.kind, ${item} as x ${EVENTS} group by e.kind`)).toMatch(
      /only aggregates that are outputs of their own/,
    );
  });
});

describe('a warehouse whose changes make zero of a sum of nothing', () => {
  it.for([
    ['what is declared not null', `sum(e.amount) as s ${WITH_USERS}`],
    ['what is made of that', `avg(e.amount * 2 + 1) as s ${EVENTS}`],
    ['what has another value in its place', `sum(coalesce(e.user_id, 0)) as s ${EVENTS}`],
    [
      'cases that all have a value',
      `sum(case when e.kind = 'a' then e.amount else 0 end) as s ${EVENTS}`,
    ],
    ['what is kept by a left join', `sum(u.user_id) as s ${OR_NONE}`],
    ['counts and extremes of anything', `count(e.user_id) as n, max(e.user_id) as m ${EVENTS}`],
  ])('is let sum %s', async ([, rest]) => {
    expect(await why(VALUES, `select ${rest} group by e.kind`)).toBeUndefined();
  });

  it.for([
    ['what may be missing', `sum(e.user_id) as s ${EVENTS}`],
    ['what is made of that', `avg(e.user_id + e.amount) as s ${EVENTS}`],
    ['a case that leaves some out', `sum(case when e.kind = 'a' then e.amount end) as s ${EVENTS}`],
    ['what a left join may not find', `sum(e.amount) as s ${OR_NONE}`],
    ['what nothing is declared of', `sum(length(e.kind)) as s ${EVENTS}`],
  ])('is not let sum %s', async ([, rest]) => {
    expect(await why(VALUES, `select ${rest} group by e.kind`)).toMatch(
      /^(sum|avg)\(\) is over values that may all be missing, .* declared not null$/,
    );
  });
});
