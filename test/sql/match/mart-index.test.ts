import { expect, it } from 'vitest';
import { relationId } from '../../../src/base/relation.ts';
import { readDdl } from '../../../src/cli/read-ddl.ts';
import { noFacts } from '../../../src/marts/facts.ts';
import { dialectOf } from '../../../src/sql/dialects.ts';
import type { MartView } from '../../../src/sql/match/match.ts';
import { matchQuery } from '../../../src/sql/match/match.ts';
import { normalize } from '../../../src/sql/normalize/normalize.ts';
import { boundOf } from '../normalize/bind.ts';
import { parse, SHOP } from './ask.ts';

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
