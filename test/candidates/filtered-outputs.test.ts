import { describe, expect, it } from 'vitest';
import type { RelationId } from '../../src/base/relation.ts';
import { filteredOutputs } from '../../src/candidates/filtered-outputs.ts';
import { readView } from './events-view.ts';

const MART = `select e.day, u.region, e.kind as what, date_trunc('month', e.seen) as month, sum(e.amount) as total
from shop.s.events e join shop.s.users u on u.user_id = e.user_id group by all`;
const COLUMNS = [
  ['day', 'DATE'],
  ['region', 'VARCHAR'],
  ['what', 'VARCHAR'],
  ['month', 'TIMESTAMP'],
  ['total', 'DECIMAL(38,2)'],
] as const;

async function filteredBy(statement: string): Promise<readonly string[]> {
  const mart = await readView(MART, COLUMNS);
  const relation = 'shop.g.mart' as RelationId;
  const { query } = await readView(`${statement}; create view shop.g.mart as ${MART}`, []);
  return filteredOutputs(query, { ...mart, definition: { ...mart.definition, relation } });
}

const FROM =
  'select sum(e.amount) as total from shop.s.events e join shop.s.users u on u.user_id = e.user_id';

describe('outputs a statement filters by', () => {
  it.each([
    ['compared with a constant', `${FROM} where e.day = date '2026-01-01'`, ['day']],
    ['named otherwise by the mart', `${FROM} where e.kind in ('a', 'b')`, ['what']],
    [
      'between two constants, the constant first',
      `${FROM} where e.day between date '2026-01-01' and date '2026-02-01' and 'north' = u.region`,
      ['day', 'region'],
    ],
    [
      'of the mart read by its name',
      `select total from shop.g.mart where region = 'north' and day > date '2026-01-01'`,
      ['day', 'region'],
    ],
  ] as const)('are those %s', async (_why, statement, outputs) => {
    expect(await filteredBy(statement)).toEqual(outputs);
  });

  it.each([
    ['within a function', `${FROM} where lower(u.region) = 'north'`],
    ['compared with one another', `${FROM} where e.kind = u.region`],
    ['excluded', `${FROM} where e.kind not in ('a') and u.region <> 'north'`],
    ['no output of the mart', `${FROM} where e.user_id = 7`],
  ])('are none that are %s', async (_why, statement) => {
    expect(await filteredBy(statement)).toEqual([]);
  });
});
