import { namedAfter } from '../base/named-after.ts';
import { type RelationId, relationId, relationParts } from '../base/relation.ts';
import { subtractUsd } from '../base/usd.ts';
import type { Mart } from '../marts/mart.ts';
import type { Unfinished } from '../marts/ranges.ts';
import { buildBudget, type Worth } from './build-budget.ts';
import { type Clustering, chooseClustering } from './choose-clustering.ts';
import type { CycleInput } from './cycle-input.ts';
import { savedBy } from './forecast/past.ts';
import type { WayToBuild } from './in-steps.ts';
import type { Intent, Predicted } from './intent.ts';
import { standsAs } from './native-refresh.ts';
import type { Weighed } from './weigh.ts';

const REPLAYED_AT_PROMOTION = 5;
const REPLAYED_AT_REFRESH = 1;

/** The build of a mart's next version, with what to replay and the limits it must keep. */
export function buildIntent(
  { appraisal, demand, asked, accumulator }: Weighed,
  {
    input,
    reason,
    because,
    unfinished,
  }: {
    readonly input: CycleInput;
    readonly reason: 'promote' | 'refresh';
    readonly because: string;
    /** Given where steps have filled the version. */
    readonly unfinished?: Unfinished | undefined;
  },
): Intent {
  const { candidate, mart, estimate, refresh } = appraisal;
  const { relation, maxStalenessMs } = candidate.definition;
  const version = nextVersion(mart, unfinished);
  const isPromotion = reason === 'promote';
  const isProvedWhole = [refresh.ranged, refresh.grown].some((how) => how?.proveWhole === true);
  const isByParts = refresh.chosen.how === 'by-range' || refresh.chosen.how === 'by-addition';
  const isPartOf = !isPromotion && isByParts && !isProvedWhole;
  const shown = demand.byTemplate
    .filter(({ reachableRuns, sampleIds }) => reachableRuns > 0 && sampleIds.length > 0)
    .toSorted(
      (a, b) =>
        b.reachableRuns * b.answer.baseCpuMs - a.reachableRuns * a.answer.baseCpuMs ||
        (a.answer.fingerprint < b.answer.fingerprint ? -1 : 1),
    )
    .map(({ answer, sampleIds }) => ({ fingerprint: answer.fingerprint, sampleIds }));
  const replay = (shown.length > 0 ? shown : remembered(accumulator))
    .slice(0, isPromotion ? REPLAYED_AT_PROMOTION : isPartOf ? 0 : REPLAYED_AT_REFRESH)
    .map(({ fingerprint, sampleIds }) => ({ fingerprint, sampleIds: sampleIds.slice(0, 1) }));
  const clustering = clusteringOf({ appraisal, demand }, input);
  return {
    kind: 'build',
    relation,
    version,
    table: tableOf(relation, { version, input }),
    reason,
    replay,
    minimumGain: isPromotion ? input.policy.minimumGain : 0,
    budget: buildBudget(estimate, {
      mart,
      input,
      worth: isPromotion ? worthOf({ asked, appraisal }, input) : undefined,
    }),
    ...(refresh.ranged === undefined ? {} : { ranged: refresh.ranged }),
    ...(refresh.grown === undefined ? {} : { grown: refresh.grown }),
    ...(refresh.native === undefined ? lyingBy(clustering) : {}),
    ...(refresh.native === undefined ? {} : { native: refresh.native.shape }),
    freshUntil: input.now + maxStalenessMs,
    because,
    evidence: {
      runs: demand.reachable.runs,
      readers: demand.reachable.readers,
      templates: appraisal.answers.length,
      rows: Math.round(estimate.rows),
      roads: demand.roads.join(', '),
      ...(clustering === undefined ? {} : { clusteredBy: inWords(clustering) }),
    },
    predicted: predictedOf({ asked, appraisal }),
  };
}

/**
 * The refresh of a mart: in its place where the version that stands is kept by the warehouse as it is to be kept, else by the next
 * version's build.
 */
export function refreshIntent(
  weighed: Weighed,
  { input, because }: { readonly input: CycleInput; readonly because: string },
): Intent {
  const { candidate, mart, estimate, refresh } = weighed.appraisal;
  const current = mart?.current;
  const { native } = refresh;
  if (mart === undefined || current === undefined || !standsAs(mart, native?.shape)) {
    return buildIntent(weighed, { input, reason: 'refresh', because });
  }
  const { relation, maxStalenessMs } = candidate.definition;
  return {
    kind: 'refresh',
    relation,
    version: current.version,
    table: current.table,
    proveWhole: native?.proveWhole ?? true,
    budget: { cpuMs: buildBudget(estimate, { mart, input }).cpuMs },
    freshUntil: input.now + maxStalenessMs,
    because,
    evidence: {
      runs: weighed.demand.reachable.runs,
      refreshes: current.native?.refreshes ?? 0,
      shape: native?.shape.kind ?? 'table',
    },
    predicted: predictedOf(weighed),
  };
}

/** Nothing where the warehouse cannot be told how rows lie. */
function clusteringOf(
  { appraisal, demand }: Pick<Weighed, 'appraisal' | 'demand'>,
  { capabilities: { clusters } }: CycleInput,
): Clustering | undefined {
  const { candidate, estimate } = appraisal;
  const { columns } = candidate.definition;
  const readings = demand.byTemplate.map(({ answer, reachableRuns }) => ({
    filters: answer.filters ?? [],
    weight: reachableRuns * answer.martCpuMs,
  }));
  return clusters === undefined
    ? undefined
    : chooseClustering({ columns, bytes: estimate.bytes }, { readings, clusters });
}

function inWords(clustering: Clustering): string {
  if (clustering.kind === 'as-it-comes') {
    return `nothing: ${clustering.because}`;
  }
  const { by, parted } = clustering;
  return `${by.join(', ')}${parted === undefined ? '' : `; in parts by the month of ${parted}`}`;
}

/** As intents and actions say it. */
function lyingBy(clustering: Clustering | undefined): {
  readonly clusteredBy?: readonly string[];
  readonly partedBy?: string;
} {
  if (clustering?.kind !== 'clustered') {
    return {};
  }
  const { by, parted } = clustering;
  return { clusteredBy: by, ...(parted === undefined ? {} : { partedBy: parted }) };
}

/** As hoped for, until the build must have paid back at the latest. */
function worthOf(
  { asked: { saving }, appraisal: { estimate } }: Pick<Weighed, 'asked' | 'appraisal'>,
  { policy }: Pick<CycleInput, 'policy'>,
): Worth {
  return {
    netPerDay: subtractUsd(saving.highPerDay, estimate.upkeepPerDay),
    days: Math.max(policy.paybackDays, policy.longestPaybackDays),
  };
}

function predictedOf({
  asked: { netPerDay, saving },
  appraisal: { estimate },
}: Pick<Weighed, 'asked' | 'appraisal'>): Predicted {
  const { buildCost: cost, upkeepPerDay } = estimate;
  return {
    netPerDay,
    cost,
    between: [
      subtractUsd(saving.lowPerDay, upkeepPerDay),
      subtractUsd(saving.highPerDay, upkeepPerDay),
    ],
  };
}

/** After quiet weeks the evidence window shows no statement; those of the last season are replayed. */
function remembered({ past = [] }: Weighed['accumulator']) {
  return past
    .filter(({ sampleIds }) => sampleIds.length > 0)
    .toSorted((a, b) => savedBy(b) - savedBy(a) || (a.fingerprint < b.fingerprint ? -1 : 1));
}

/** The first build of a mart, or the next part of it, in steps. */
export function fillIntent(
  { appraisal, asked, demand }: Weighed,
  {
    input,
    way,
    because,
  }: {
    readonly input: CycleInput;
    readonly way: Extract<WayToBuild, { readonly kind: 'fill' }>;
    readonly because: string;
  },
): Intent {
  const { candidate, mart, estimate } = appraisal;
  const { relation } = candidate.definition;
  const version = mart?.unfinished?.version ?? nextVersion(mart, undefined);
  const clustering = clusteringOf({ appraisal, demand }, input);
  return {
    kind: 'fill',
    relation,
    version,
    table: tableOf(relation, { version, input }),
    by: way.by,
    rowsPerStep: way.rowsPerStep,
    budget: buildBudget(estimate, { mart, input, worth: worthOf({ asked, appraisal }, input) }),
    ...lyingBy(clustering),
    because,
    evidence: {
      runs: demand.reachable.runs,
      steps: way.because,
      ...(clustering === undefined ? {} : { clusteredBy: inWords(clustering) }),
    },
    predicted: predictedOf({ asked, appraisal }),
  };
}

/** A number no version had; of one that steps have filled, its own. */
function nextVersion(mart: Mart | undefined, filled: Unfinished | undefined): number {
  if (filled !== undefined) {
    return filled.version;
  }
  const versions = [
    ...(mart?.current === undefined ? [] : [mart.current]),
    ...(mart?.unfinished === undefined ? [] : [mart.unfinished]),
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
  return namedAfter(relationId({ database, schema: dataSchema, name }), `__v${version}`);
}
