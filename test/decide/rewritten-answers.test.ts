import { expect, it } from 'vitest';
import type { RelationId } from '../../src/base/relation.ts';
import type { Answer, Candidate } from '../../src/candidates/candidate.ts';
import type { TemplateDemand } from '../../src/candidates/demand.ts';
import type { CatalogRelation } from '../../src/connectors/connector.ts';
import { rewrittenAnswers } from '../../src/decide/rewritten-answers.ts';

const id = (name: string) => name as RelationId;
const [MART, ORDERS, SHOPS, NAMED] = ['gold.m', 's.orders', 's.shops', 's.orders_view'].map(id) as [
  RelationId,
  RelationId,
  RelationId,
  RelationId,
];

const catalog = [
  [ORDERS, 'table'],
  [SHOPS, 'table'],
  [NAMED, 'view'],
].map(
  ([relation, kind]) =>
    ({ id: relation, kind, columns: [], keys: [], foreignKeys: [] }) as unknown as CatalogRelation,
);
const candidate = {
  definition: { relation: MART, sources: [SHOPS, ORDERS] },
} as unknown as Candidate;

function isRewritten({
  how = 'route',
  reads,
  seen = [],
}: {
  readonly how?: Answer['how'];
  readonly reads: readonly RelationId[];
  readonly seen?: readonly RelationId[];
}): boolean {
  const answer: Answer = {
    fingerprint: 'f',
    how,
    baseCpuMs: 10,
    martCpuMs: 1,
    martCostBasis: 'modelled',
  };
  const relations = reads.map((relation) => ({ relation, via: 'named', known: true }));
  const demand = { template: { shape: { relations } }, rewrittenTo: new Set(seen) };
  const demandOf = () => demand as unknown as TemplateDemand;
  const [marked] = rewrittenAnswers([answer], { candidate, catalog, demandOf });
  return marked?.rewritten === true;
}

it.for<readonly [string, Parameters<typeof isRewritten>[0], boolean]>([
  ['over exactly the tables of the mart', { reads: [ORDERS, SHOPS] }, true],
  ['over them through a view', { reads: [NAMED, ORDERS, SHOPS] }, true],
  ['over one of them', { reads: [ORDERS] }, false],
  ['over one of them that it was seen to rewrite', { reads: [ORDERS], seen: [MART] }, true],
  ['that it was seen to rewrite onto another', { reads: [ORDERS], seen: [id('gold.n')] }, false],
  ['that names the mart', { how: 'stable-name', reads: [MART] }, false],
])('the warehouse answers a statement %s: %s', ([, of, expected]) => {
  expect(isRewritten(of)).toBe(expected);
});
