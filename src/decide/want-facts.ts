import type { RelationId } from '../base/relation.ts';
import { obligationKey } from '../candidates/join-star.ts';
import type { Obligation } from '../marts/mart.ts';
import { wantedInnerKeys, wantedKeys } from '../prune/wanted-keys.ts';
import type { CycleInput } from './cycle-input.ts';
import type { Survey } from './survey.ts';
import type { Weighed } from './weigh.ts';
import { weighInput } from './weigh-input.ts';

/** What the daemon should measure before it asks for the decision. */
export interface FactRequest {
  readonly obligations: readonly Obligation[];
  /** Approximate distinct counts, one pass a relation. */
  readonly columns: readonly {
    readonly relation: RelationId;
    readonly columns: readonly string[];
  }[];
  /** Combinations of values of joined relations that a candidate groups by together, to be counted. */
  readonly groups: readonly {
    readonly relation: RelationId;
    readonly columns: readonly string[];
  }[];
  /** Contents of the sources of physical marts: their freshness rests on it. */
  readonly sourceStates: readonly RelationId[];
  /** Definitions whose columns' types are not known yet. */
  readonly describe: readonly { readonly key: string; readonly sql: string }[];
}

const MOST_CANDIDATES = 30;
/** Counted in one pass over the facts, dearest candidates first; the rest in the next cycles. */
const MOST_GROUPS = 60;
/** Larger relations are not counted: their columns are estimated as if they did not depend on each other. */
const MOST_ROWS_OF_GROUPED = 2_000_000;
/** Facts are measured a little before the evidence is complete. */
const EARLY = 0.5;

/**
 * The first pass over the same input: which facts are missing for the candidates that may soon pay. Measuring may
 * change which candidates there are (an orphan turns an inner join into an outer one), so ask again until nothing is
 * wanted, two or three times.
 */
export function wantFacts(input: CycleInput): FactRequest {
  const {
    seen,
    weighing: { weighed },
  } = weighInput(input);
  const promising = weighed
    .filter((each) => isPromising(each, input))
    .toSorted((a, b) => costOf(b) - costOf(a) || (keyOf(a) < keyOf(b) ? -1 : 1))
    .slice(0, MOST_CANDIDATES)
    .map(({ appraisal }) => appraisal.candidate);

  const obligations = new Map(
    promising.flatMap(({ unverified }) => unverified).map((each) => [obligationKey(each), each]),
  );
  const standing = weighed.filter(({ isPhysical }) => isPhysical);
  for (const key of standing.flatMap((each) => keysToSlim(each, { input, seen }))) {
    obligations.set(obligationKey(key), key);
  }
  // Distinct counts of every key: without them no merged mart is known to be small.
  const runsOf = runsByRelation(seen);
  const isAskedFor = (relation: RelationId) =>
    (runsOf.get(relation) ?? 0) >= input.policy.minimumRuns * EARLY;
  const described = new Set(input.described.map(({ key }) => key));
  return {
    obligations: [...obligations.values()],
    columns: missingColumns(
      seen.candidates
        .flatMap(({ grain }) => grain ?? [])
        .filter(({ relation }) => isAskedFor(relation)),
      input,
    ),
    groups: missingGroups(seen, { input, isAskedFor }),
    sourceStates: wantedStates(input),
    describe: promising
      .filter(({ key, enumerator }) => enumerator !== 'published' && !described.has(key))
      .map(({ key, definition }) => ({ key, sql: definition.sql })),
  };
}

/** Of a mart that may be stored slim; whatever is large beside the mart is never looked up by its key. */
function keysToSlim(
  { appraisal: { candidate, mart } }: Weighed,
  {
    input: { prune, capabilities },
    seen,
  }: { readonly input: CycleInput; readonly seen: Pick<Survey, 'rowsOf'> },
): readonly Obligation[] {
  if (prune === undefined) {
    return [];
  }
  const most = prune.settings.maxPackShare * (mart?.current?.rows ?? 0);
  const inner = capabilities.hiding === undefined ? [] : wantedInnerKeys(candidate.query);
  return [
    ...wantedKeys(candidate.query),
    ...inner.filter((key) => key.kind === 'unique-key' && seen.rowsOf(key.relation) <= most),
  ];
}

/** Whatever is decided, the freshness of the marts that stand rests on the states of their sources. */
export function wantedStates({ marts }: Pick<CycleInput, 'marts'>): readonly RelationId[] {
  const physical = marts.filter(({ stage }) => stage === 'physical');
  return [...new Set(physical.flatMap(({ definition }) => definition.sources))].toSorted();
}

function isPromising(
  { appraisal, demand, accumulator, asked }: Weighed,
  { policy }: CycleInput,
): boolean {
  const { candidate, estimate, mart } = appraisal;
  if (candidate.objections.length > 0 || mart?.stage === 'physical') {
    return false;
  }
  const runs = demand.reachable.runs + demand.unreachable.runs;
  return (
    runs >= policy.minimumRuns * EARLY ||
    (asked.netPerDay > 0n && accumulator.missed >= estimate.buildCost)
  );
}

function runsByRelation({ readings }: Survey): ReadonlyMap<RelationId, number> {
  const runsOf = new Map<RelationId, number>();
  for (const { demand, blocks } of readings) {
    for (const relation of new Set(blocks.flatMap(({ relations }) => relations))) {
      runsOf.set(relation, (runsOf.get(relation) ?? 0) + demand.runs);
    }
  }
  return runsOf;
}

function missingColumns(
  keys: readonly { readonly relation: RelationId; readonly column: string }[],
  { columnNdvs }: CycleInput,
): FactRequest['columns'] {
  const known = new Set(columnNdvs.map(({ relation, column }) => `${relation}.${column}`));
  const wanted = new Map<RelationId, Set<string>>();
  for (const { relation, column } of keys) {
    if (!known.has(`${relation}.${column}`)) {
      wanted.set(relation, (wanted.get(relation) ?? new Set()).add(column));
    }
  }
  return [...wanted.entries()]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([relation, columns]) => ({ relation, columns: [...columns].toSorted() }));
}

/**
 * Of the relations joined to a mart's anchor: a grouping by several columns of one of them has as many values as occur
 * together, which the single counts do not tell.
 */
function missingGroups(
  { candidates, rowsOf }: Survey,
  {
    input,
    isAskedFor,
  }: { readonly input: CycleInput; readonly isAskedFor: (relation: RelationId) => boolean },
): FactRequest['groups'] {
  const nameOf = (relation: RelationId, columns: readonly string[]) =>
    `${relation}(${columns.join(',')})`;
  const known = new Set(
    (input.groupNdvs ?? []).map(({ relation, columns }) => nameOf(relation, columns)),
  );
  const wanted = new Map<string, FactRequest['groups'][number]>();
  for (const { anchor, grain = [] } of candidates) {
    for (const [relation, keys] of Map.groupBy(grain, (key) => key.relation)) {
      const whole = keys.filter(({ isWhole }) => isWhole).map(({ column }) => column);
      const columns = [...new Set(whole)].toSorted();
      const name = nameOf(relation, columns);
      if (
        relation !== anchor &&
        columns.length > 1 &&
        !known.has(name) &&
        isAskedFor(relation) &&
        rowsOf(relation) <= MOST_ROWS_OF_GROUPED
      ) {
        wanted.set(name, { relation, columns });
      }
    }
  }
  return [...wanted.values()].slice(0, MOST_GROUPS);
}

function costOf({ demand }: Weighed): number {
  return demand.reachable.baseCpuMs + demand.unreachable.baseCpuMs;
}

function keyOf({ appraisal }: Weighed): string {
  return appraisal.candidate.key;
}
