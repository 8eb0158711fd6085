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
      { name: 'seen', type: 'TIMESTAMP_NTZ(9)' },
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
  ['cast(e.day as timestamp_ntz) as t, e.day::datetime as u'],
  ["to_date(e.kind, 'YYYY-MM-DD') as t, to_char(e.day, 'YYYY-MM') as m"],
  ['dayofweekiso(e.day) as w, to_timestamp_ntz(e.amount) as t'],
  ["convert_timezone('UTC', 'Europe/Rome', e.seen) as t, datediff('day', e.day, e.seen) as n"],
  ['extract(year from e.day) as y, e.day as d'],
  ['lower(e.kind) as k, cast(e.amount as integer) as a'],
  ['e.kind as k', "e.day >= date '2026-01-01' and e.kind = 'x'"],
])('takes %s, which no session changes', async ([items = '', where]) => {
  expect(await why(items, where)).toBeUndefined();
});

it.for([
  ["date_trunc('week', e.day) as w", 'true', /on which day a week begins/],
  ['extract(week from e.day) as w', 'true', /on which day a week begins/],
  ['dayofweek(e.day) as w', 'true', /on which day a week begins/],
  ["last_day(e.day, 'week') as w", 'true', /on which day a week begins/],
  ["datediff('weeks', e.day, e.day) as w", 'true', /on which day a week begins/],
  ['cast(e.day as timestamp) as t', 'true', /whether timestamp has a time zone/],
  ['e.seen::timestamp(3) as t', 'true', /whether timestamp has a time zone/],
  ["'2026-01-01'::timestamp as t", 'true', /whether timestamp has a time zone/],
  ['to_timestamp(e.amount) as t', 'true', /whether timestamp has a time zone/],
  ['e.kind as k', "e.seen >= timestamp '2026-01-01 00:00:00'", /whether timestamp has a time zone/],
  ["'2026-01-01 00:00'::timestamp_ltz as t", 'true', /time zone of the session/],
  ['to_timestamp_ltz(e.amount) as t', 'true', /time zone of the session/],
  ["convert_timezone('Europe/Rome', e.seen) as t", 'true', /time zone of the session/],
  ['to_date(e.kind) as t', 'true', /how a time is written or read/],
  ["to_date(e.kind, 'YY-MM-DD') as t", 'true', /how a time is written or read/],
  ['to_char(e.day) as t', 'true', /how a time is written or read/],
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
