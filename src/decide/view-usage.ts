import { dayOf } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import { demandOf, type TemplateDemand } from '../candidates/demand.ts';
import type { Reading } from '../candidates/enumeration.ts';
import { starBlocksOf } from '../candidates/star-block.ts';
import { buildJoinGraph } from '../graph/build.ts';
import { frequentJoinSets, type JoinSet } from '../graph/frequent-subgraphs.ts';
import { normalize } from '../sql/normalize/normalize.ts';
import type { Shape } from '../sql/query-shape.ts';
import type { UsageSnapshot } from '../usage/template.ts';
import type { CycleInput } from './cycle-input.ts';
import { costedDays } from './days.ts';

/** Dearest templates weighed in one cycle; the rest is too cheap to pay for a mart. */
const MOST_TEMPLATES = 600;
const LEAST_SHARE = 0.005;
const MOST_JOIN_SETS = 100;
const HALF_LIFE_DAYS = 14;

/** What the history tells before anything of the warehouse is measured. */
export interface UsageView {
  /** The dearest templates that can be read, dearest first. */
  readonly readings: readonly Reading[];
  readonly demandByFingerprint: ReadonlyMap<string, TemplateDemand>;
  readonly joinSets: readonly JoinSet[];
  /** Whole days the history covers, in order. */
  readonly days: readonly string[];
}

type Seen = Pick<CycleInput, 'usage' | 'now' | 'accumulators' | 'marts'>;

/**
 * Reads demand and joins out of the usage. The passes of one cycle ask about the same usage, accumulators and marts
 * again and again while facts are measured; only the first of them reads.
 */
export function viewUsage(input: Seen): UsageView {
  const known = VIEWED.get(input.usage);
  if (known !== undefined && isSame(known.seen, input)) {
    return known.view;
  }
  const { usage, now, accumulators, marts } = input;
  const view = readUsage(input);
  VIEWED.set(usage, { seen: { usage, now, accumulators, marts }, view });
  return view;
}

const VIEWED = new WeakMap<UsageSnapshot, { readonly seen: Seen; readonly view: UsageView }>();

function isSame(a: Seen, b: Seen): boolean {
  return a.now === b.now && a.accumulators === b.accumulators && a.marts === b.marts;
}

function readUsage(input: Seen): UsageView {
  const { usage, now } = input;
  const demand = demandOf(usage, {
    baselines: frozenBaselines(input),
    physicalSince: physicalSince(input),
    physicalUntil: physicalUntil(input),
  });
  const decay = { now, halfLifeDays: HALF_LIFE_DAYS };
  const graph = buildJoinGraph(usage, decay);
  return {
    readings: readingsOf(demand),
    demandByFingerprint: new Map(demand.map((each) => [each.template.fingerprint, each])),
    joinSets: frequentJoinSets(graph, usage, {
      minShare: LEAST_SHARE,
      limit: MOST_JOIN_SETS,
      decay,
    }),
    days: costedDays(usage, now),
  };
}

/** Queries are unpacked one by one, and only as many as are weighed. */
function readingsOf(demand: readonly TemplateDemand[]): readonly Reading[] {
  const readings: Reading[] = [];
  for (const each of demand) {
    if (readings.length === MOST_TEMPLATES) {
      break;
    }
    const { shape } = each.template;
    const read = shape.level === 'full' && each.cpuMs > 0 ? readQuery(shape) : undefined;
    if (read !== undefined) {
      readings.push({ demand: each, ...read });
    }
  }
  return readings;
}

type ReadQuery = Pick<Reading, 'query' | 'blocks'>;

/** The normal form of a shape's query; the same for the same shape from cycle to cycle. */
function readQuery(shape: Shape): ReadQuery | undefined {
  const known = READ.get(shape);
  if (known !== undefined) {
    return known;
  }
  const { query } = shape;
  if (query === undefined) {
    return undefined;
  }
  const normal = normalize(query);
  const read = { query: normal, blocks: starBlocksOf(normal) };
  READ.set(shape, read);
  return read;
}

const READ = new WeakMap<Shape, ReadQuery>();

/** Only marts that are or were physical have frozen baselines: elsewhere the history itself shows what base costs. */
function frozenBaselines({ accumulators }: Seen) {
  return new Map(
    accumulators
      .filter(({ stage, answeredUntil }) => stage === 'physical' || answeredUntil !== undefined)
      .toSorted((a, b) => (a.key < b.key ? -1 : 1))
      .flatMap(({ baselines }) =>
        baselines.map(({ fingerprint, cpuMs, runs }) => [fingerprint, { cpuMs, runs }] as const),
      ),
  );
}

function physicalSince({ accumulators, marts }: Seen): ReadonlyMap<RelationId, string> {
  const since = new Map(
    accumulators.flatMap(({ relation, stage, stageSince }) =>
      stage === 'physical' ? [[relation, dayOf(stageSince)] as const] : [],
    ),
  );
  return new Map(
    marts
      .filter(({ stage }) => stage === 'physical')
      .map(({ definition: { relation }, createdAt }) => [
        relation,
        since.get(relation) ?? dayOf(createdAt),
      ]),
  );
}

/** Of marts that are physical no more, in the first cycle that sees it and after. */
function physicalUntil({ accumulators, marts, now }: Seen): ReadonlyMap<RelationId, string> {
  const standing = new Set(
    marts
      .filter(({ stage }) => stage === 'physical')
      .map(({ definition: { relation } }) => relation),
  );
  return new Map(
    accumulators
      .filter(({ relation }) => !standing.has(relation))
      .flatMap(({ relation, stage, answeredUntil }) => {
        const until = stage === 'physical' ? dayOf(now) : answeredUntil;
        return until === undefined ? [] : [[relation, until] as const];
      }),
  );
}
