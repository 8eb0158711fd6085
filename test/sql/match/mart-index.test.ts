import { describe, expect, it } from 'vitest';
import { relationId } from '../../../src/base/relation.ts';
import { readDdl } from '../../../src/cli/read-ddl.ts';
import { noFacts } from '../../../src/marts/facts.ts';
import { dialectOf } from '../../../src/sql/dialects.ts';
import type { MartView } from '../../../src/sql/match/match.ts';
import { matchQuery } from '../../../src/sql/match/match.ts';
import { normalize } from '../../../src/sql/normalize/normalize.ts';
import { boundOf } from '../normalize/bind.ts';
import { ask, outcomeOf, parse, SHOP } from './ask.ts';

it('finds the mart among thousands in well under a millisecond each', async () => {
  const [other, own] = [
    normalize(await boundOf('select id, name from customers where region = 1')),
    normalize(await boundOf('select state, sum(total) as s from orders group by state')),
  ];
  const view = (name: string, query: typeof own): MartView => ({
    relation: relationId({ schema: 'gold', name }),
    query,
    columns: query.outputs.map((column) => ({ name: column, type: '' })),
    facts: noFacts,
  });
  const marts = [
    ...Array.from({ length: 3000 }, (_, index) => view(`other_${index}`, other)),
    view('own', own),
  ];
  const schema = await readDdl({ ddl: SHOP, dialect: dialectOf('duckdb'), names: {} }, parse);
  const request = { query: own, marts, schema, dialect: 'duckdb' as const };
  matchQuery(request);

  const from = performance.now();
  for (let round = 0; round < 50; round += 1) {
    expect(matchQuery(request).kind).toBe('rewrite');
  }

  expect((performance.now() - from) / 50).toBeLessThan(20);
});

describe('many marts over the same tables', () => {
  const far = Array.from(
    { length: 8 },
    (_, index) => `select clerk, sum(total) as s from orders where clerk > ${index} group by clerk`,
  );
  const query = 'select state, sum(total) as s from orders where day > current_date group by state';

  it('are sifted to the one that answers', async () => {
    const own = 'select state, day, sum(total) as s from orders group by state, day';

    expect(await outcomeOf({ mvs: [...far, own], query })).toBe(
      'select t1.state, sum(t1.s) as s from mv8 as t1 where t1.day > current_date group by t1.state',
    );
  });

  it('are refused with the nearest reason first', async () => {
    const near = 'select day, state from orders';

    const { because } = await ask({ mvs: [...far, near], query });

    expect(because?.map(({ code }) => code).slice(0, 2)).toEqual([
      'COLUMN_NOT_IN_MART',
      'PREDICATE_NOT_IMPLIED',
    ]);
    expect(because?.[0]?.text).toBe(
      'mv8: the query needs total, which the mart does not hold; with that column it may match',
    );
  });
});
