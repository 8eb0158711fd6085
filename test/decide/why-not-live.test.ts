import { expect, it } from 'vitest';
import { DAY_MS } from '../../src/base/clock.ts';
import { type RelationId, relationId, relationParts } from '../../src/base/relation.ts';
import type { Candidate } from '../../src/candidates/candidate.ts';
import type { CatalogRelation } from '../../src/connectors/connector.ts';
import { whyNotLive } from '../../src/decide/why-not-live.ts';
import { readView } from '../candidates/events-view.ts';

const NOW = Date.UTC(2026, 5, 30);
const EVENTS = 'shop.s.events' as RelationId;
const REGION = ['region', 'VARCHAR'] as const;
const N = ['n', 'BIGINT'] as const;
const SQL =
  'select u.region, count(*) as n from shop.s.events e join shop.s.users u using (user_id) group by u.region';

async function mart({
  sql = SQL,
  columns = [REGION, N],
  origin = 'candidate',
  name = 'v',
}: {
  readonly sql?: string;
  readonly columns?: readonly (readonly [string, string])[];
  readonly origin?: 'candidate' | 'adopted';
  readonly name?: string;
} = {}): Promise<Pick<Candidate, 'definition' | 'query'>> {
  const { definition, query } = await readView(sql, columns);
  const relation = relationId({ ...relationParts(definition.relation), name });
  return { query, definition: { ...definition, origin, relation } };
}

function events(ageMs: number | undefined): readonly CatalogRelation[] {
  const createdAt = ageMs === undefined ? {} : { createdAt: NOW - ageMs };
  return [{ id: EVENTS, kind: 'table', columns: [], keys: [], foreignKeys: [], ...createdAt }];
}

it.for<readonly [string, Parameters<typeof mart>[0], RegExp | undefined]>([
  ['sums of our own over inner joins', {}, undefined],
  ['a view that was taken over', { origin: 'adopted' }, /let read all it is made of/],
  ['a name that just leaves room for its version', { name: 'm'.repeat(56) }, undefined],
  [
    'a name that is cut in those of its versions',
    { name: 'm'.repeat(57) },
    /nobody could tell which statements the warehouse answers from it/,
  ],
  [
    'a left join',
    {
      sql: 'select u.region, count(*) as n from shop.s.events e left join shop.s.users u on u.user_id = e.user_id group by u.region',
    },
    /left joins are a preview/,
  ],
  [
    'floating-point numbers',
    { columns: [REGION, ['n', 'FLOAT64']] },
    /n is a floating-point number/,
  ],
])('judges %s', async ([, of, because]) => {
  const judged = whyNotLive(await mart(of), { offer: {}, catalog: events(undefined), now: NOW });

  expect(judged ?? 'taken').toMatch(because ?? /^taken$/);
});

it('asks for no rights and no names where owners’ rights read it and nobody is told what it answered', async () => {
  const offer = { readsAsOwner: true, rewritesUntold: true } as const;
  const judged = async (of: Parameters<typeof mart>[0]) =>
    whyNotLive(await mart(of), { offer, catalog: events(undefined), now: NOW });

  expect(await judged({ name: 'm'.repeat(57) })).toBeUndefined();
  expect(await judged({ origin: 'adopted' })).toMatch(
    /only what Goldsmith writes is certainly taken$/,
  );
});

it('waits until a table has stood longer than a week, for whoever makes it anew does so again', async () => {
  const judged = async (ageMs: number) =>
    whyNotLive(await mart(), { offer: {}, catalog: events(ageMs), now: NOW });

  expect(await judged(8 * DAY_MS - 1)).toBe(
    'shop.s.events was made less than 8d ago, and readers would get errors if it were made anew',
  );
  expect(await judged(8 * DAY_MS)).toBeUndefined();
});
