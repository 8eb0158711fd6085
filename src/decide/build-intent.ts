import { type RelationId, relationId, relationParts } from '../base/relation.ts';
import type { Mart } from '../marts/mart.ts';
import type { CycleInput } from './cycle-input.ts';
import { savedBy } from './forecast/past.ts';
import type { Intent } from './intent.ts';
import type { Weighed } from './weigh.ts';

const REPLAYED_AT_PROMOTION = 5;
const REPLAYED_AT_REFRESH = 1;
/** Estimates err; a build that takes this many times its estimate is stopped. */
const BUDGET_FACTOR = 20;
const LEAST_BUDGET_MS = 60_000;
const LEAST_BUDGET_BYTES = 256_000_000;

/** The build of a mart's next version, with what to replay and the limits it must keep. */
export function buildIntent(
  { appraisal, demand, asked, accumulator }: Weighed,
  {
    input,
    reason,
    because,
  }: {
    readonly input: CycleInput;
    readonly reason: 'promote' | 'refresh';
    readonly because: string;
  },
): Intent {
  const { candidate, mart, estimate } = appraisal;
  const { relation, maxStalenessMs } = candidate.definition;
  const version = nextVersion(mart);
  const isPromotion = reason === 'promote';
  const shown = demand.byTemplate
    .filter(({ reachableRuns, sampleIds }) => reachableRuns > 0 && sampleIds.length > 0)
    .toSorted(
      (a, b) =>
        b.reachableRuns * b.answer.baseCpuMs - a.reachableRuns * a.answer.baseCpuMs ||
        (a.answer.fingerprint < b.answer.fingerprint ? -1 : 1),
    )
    .map(({ answer, sampleIds }) => ({ fingerprint: answer.fingerprint, sampleIds }));
  const replay = (shown.length > 0 ? shown : remembered(accumulator))
    .slice(0, isPromotion ? REPLAYED_AT_PROMOTION : REPLAYED_AT_REFRESH)
    .map(({ fingerprint, sampleIds }) => ({ fingerprint, sampleIds: sampleIds.slice(0, 1) }));
  return {
    kind: 'build',
    relation,
    version,
    table: tableOf(relation, { version, input }),
    reason,
    replay,
    minimumGain: isPromotion ? input.policy.minimumGain : 0,
    budget: {
      cpuMs: Math.ceil(Math.max(LEAST_BUDGET_MS, BUDGET_FACTOR * estimate.buildCpuMs)),
      bytes: Math.ceil(Math.max(LEAST_BUDGET_BYTES, BUDGET_FACTOR * estimate.bytes)),
    },
    freshUntil: input.now + maxStalenessMs,
    because,
    evidence: {
      runs: demand.reachable.runs,
      readers: demand.reachable.readers,
      templates: appraisal.answers.length,
      rows: Math.round(estimate.rows),
      roads: demand.roads.join(', '),
    },
    predicted: {
      netPerDay: asked.netPerDay,
      cost: estimate.buildCost,
    },
  };
}

/** After quiet weeks the evidence window shows no statement; those of the last season are replayed. */
function remembered({ past = [] }: Weighed['accumulator']) {
  return past
    .filter(({ sampleIds }) => sampleIds.length > 0)
    .toSorted((a, b) => savedBy(b) - savedBy(a) || (a.fingerprint < b.fingerprint ? -1 : 1));
}

function nextVersion(mart: Mart | undefined): number {
  const versions = [
    ...(mart?.current === undefined ? [] : [mart.current]),
    ...(mart?.hidden.map(({ version }) => version) ?? []),
  ];
  return 1 + versions.reduce((most, { version }) => Math.max(most, version), 0);
}

function tableOf(
  relation: RelationId,
  { version, input }: { readonly version: number; readonly input: CycleInput },
): RelationId {
  const { name } = relationParts(relation);
  const { database, dataSchema } = input.naming;
  return relationId({ database, schema: dataSchema, name: `${name}__v${version}` });
}
