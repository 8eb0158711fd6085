import { describe, expect, it } from 'vitest';
import { relationId } from '../../src/base/relation.ts';
import type { Candidate } from '../../src/candidates/candidate.ts';
import { martScansWith, viewOf } from '../../src/candidates/mart-scans.ts';
import { survey } from '../../src/decide/survey.ts';
import { matchQuery } from '../../src/sql/match/match.ts';
import { type Asked, aCycleInput } from '../builders/a-world.ts';

const NOW = Date.parse('2026-03-20T02:00:00Z');

const LINES = 'from silver.order_lines l';
const PRODUCTS = 'join silver.products p on p.product_id = l.product_id';
const BY_CATEGORY = `select p.category, sum(l.amount) as total ${LINES} ${PRODUCTS} group by 1`;

const STATEMENTS = [
  BY_CATEGORY,
  `select p.brand, count(*) ${LINES} ${PRODUCTS} where l.status = 'paid' group by 1`,
  `select status, sum(amount) ${LINES} group by 1`,
  `${BY_CATEGORY} order by total limit 3`,
  `${BY_CATEGORY} order by category limit 3`,
  `with t as (${BY_CATEGORY}) select t.category, c.region from t, silver.customers c`,
  `select l.product_id, p.category ${LINES} ${PRODUCTS} where l.amount > 10 order by l.amount limit 5`,
  `select status, random() ${LINES}`,
];

async function aSurvey() {
  const asked = (sql: string): Asked => ({
    sql,
    client: 'notebook',
    readers: ['ana', 'bob'],
    runsPerDay: 4,
    days: 14,
    cpuMs: 40,
  });
  const input = await aCycleInput({ statements: STATEMENTS.map(asked), now: NOW });
  return { input, ...survey(input) };
}

describe('how statements would be answered from a candidate', () => {
  it('is what the matcher says, though it is not asked where it can only refuse', async () => {
    const { input, candidates, readings } = await aSurvey();
    const { schema, dialect } = input;
    const refusals = new Set<string>();
    let answered = 0;

    for (const candidate of candidates) {
      const scansOf = martScansWith(candidate, { schema, dialect });
      const marts = [viewOf(candidate)];
      for (const { query } of readings) {
        const outcome = matchQuery({ query, marts, schema, dialect });
        expect(scansOf(query) !== undefined).toBe(outcome.kind === 'rewrite');
        answered += Number(outcome.kind === 'rewrite');
        refusals.add(outcome.kind === 'refuse' ? (outcome.because[0]?.code ?? '') : '');
      }
    }
    expect(answered).toBeGreaterThan(5);
    expect([...refusals]).toEqual(
      expect.arrayContaining(['LIMIT_NOT_UNIQUE', 'MIXES_SNAPSHOTS', 'VOLATILE']),
    );
  });

  it('is found again under another name, and anew where types or obligations are others', async () => {
    const { input, candidates, readings } = await aSurvey();
    const { schema, dialect } = input;
    const answers = (candidate: Candidate, world = { schema, dialect }) =>
      readings.map(({ query }) => martScansWith(candidate, world)(query));
    const joined = candidates.find(({ definition }) => definition.sources.length > 1);
    if (joined === undefined) {
      throw new Error('no candidate with a join');
    }
    const before = answers(joined);
    const renamed = {
      ...joined.definition,
      relation: relationId({ schema: 'gold', name: 'other' }),
    };
    const texts = joined.definition.columns.map(({ name }) => ({ name, type: 'varchar' }));

    expect(before.filter((scans) => scans !== undefined).length).toBeGreaterThan(0);
    expect(answers({ ...joined, definition: renamed })).toEqual(before);
    expect(
      answers({ ...joined, definition: { ...joined.definition, columns: texts } }),
    ).not.toEqual(before);
    const restsOnObligations = candidates.filter(
      (each) =>
        String(answers(each)) !== String(answers({ ...each, failed: each.definition.obligations })),
    );
    expect(restsOnObligations.length).toBeGreaterThan(0);
  });
});
