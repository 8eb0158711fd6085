import { expect, it } from 'vitest';
import { whyByParameters } from '../../src/candidates/by-parameters.ts';
import { readView } from './events-view.ts';

const CATALOG = [
  {
    id: 'shop.s.events',
    columns: [
      { name: 'user_id', type: 'NUMBER(38,0)' },
      { name: 'kind', type: 'VARCHAR' },
      { name: 'amount', type: 'NUMBER(12,2)' },
      { name: 'day', type: 'DATE' },
      { name: 'at_zone', type: 'TIMESTAMP_LTZ' },
    ],
  },
];

async function why(items: string, where = 'true'): Promise<string | undefined> {
  const view = await readView(`select ${items} from shop.s.events e where ${where}`, []);
  return whyByParameters(view, { catalog: CATALOG });
}

it.for([
  ["date_trunc('month', e.day) as m"],
  ['extract(year from e.day) as y, e.day as d'],
  ['lower(e.kind) as k, cast(e.amount as integer) as a'],
  ['e.kind as k', "e.day >= date '2026-01-01' and e.kind = 'x'"],
])('takes %s, which no session changes', async ([items = '', where]) => {
  expect(await why(items, where)).toBeUndefined();
});

it.for([
  ["date_trunc('week', e.day) as w", 'true', /on which day a week begins/],
  ['extract(week from e.day) as w', 'true', /on which day a week begins/],
  ['cast(e.day as varchar) as t', 'true', /how a time is written or read/],
  ['e.kind || e.day as t', 'true', /how a time is written or read/],
  ['cast(e.kind as date) as t', 'true', /how a time is written or read/],
  ['e.kind as k', "e.day in ('2026-01-01', '2026-01-02')", /how a time is written or read/],
] as const)('does not take %s where %s', async ([items, where, because]) => {
  expect(await why(items, where)).toMatch(because);
});

it('does not take times with a zone, whose days are the session’s', async () => {
  expect(await why('e.at_zone as a')).toBe(
    'what day at_zone is depends on the time zone of the session',
  );
});
