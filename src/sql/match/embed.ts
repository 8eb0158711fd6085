import type { RelationId } from '../../base/relation.ts';
import type { BoundExpr } from '../bound.ts';
import type { Cluster, Leaf, Satellite } from './cluster.ts';
import { leavesIn } from './cluster.ts';
import type { ConditionPair, Pairing } from './pair.ts';
import { MOST_PAIRINGS, pairLeaves, pairSatellites } from './pair.ts';

/** How the sources of a mart's block stand for sources of the query's. */
export interface Embedding {
  /** Mart occurrence to query occurrence, over everything mapped. */
  readonly occurrences: ReadonlyMap<number, number>;
  /** Mart leaves the query does not have: they must be proved to change nothing. */
  readonly extraLeaves: readonly Leaf[];
  /** Mart left joins the query does not have. */
  readonly extraSatellites: readonly Satellite[];
  /** Sides of the mart's outer joins that may be absent in a row of it, and never are in the query's. */
  readonly promoted: readonly Promotion[];
  /** The mart's left joins that are anti joins of the query: the rows that found nothing are asked for. */
  readonly absent: readonly Promotion[];
  /** Pairs whose ON conditions must be equal. */
  readonly equalConditions: readonly ConditionPair[];
  /** Query sources the mart does not have: they would be joined again. */
  readonly missingLeaves: readonly Leaf[];
  readonly missingSatellites: readonly Satellite[];
}

/** Rows of the mart in which a side of an outer join is absent must be told, and removed. */
export interface Promotion {
  /** What is true where the side found its partner; empty where it need only be there. */
  readonly on: readonly BoundExpr[];
  /** The side. */
  readonly right: Cluster;
}

const MOST_STEPS = 4_000;

/**
 * The ways a mart's sources may stand for the query's, most sources mapped first. Only where it may be far-fetched is a
 * table both extra in the mart and missing from it.
 */
export function embeddings(
  mart: Cluster,
  { query, isFarFetched }: { readonly query: Cluster; readonly isFarFetched: boolean },
): readonly Embedding[] {
  const found: Embedding[] = [];
  let steps = 0;
  const walk = (state: State): void => {
    steps += 1;
    if (found.length >= MOST_PAIRINGS || steps > MOST_STEPS) {
      return;
    }
    const [todo, ...rest] = state.todo;
    if (todo === undefined) {
      found.push(finish(state));
      return;
    }
    for (const next of choices(todo, { ...state, todo: rest })) {
      walk(next);
    }
  };
  walk({
    spare: isFarFetched ? undefined : sparesOf(mart, query),
    todo: [
      ...mart.leaves.map((leaf): Todo => ({ kind: 'leaf', leaf, mayBeExtra: true })),
      ...mart.satellites.map((satellite): Todo => ({ kind: 'satellite', satellite })),
    ],
    leavesLeft: query.leaves,
    satellitesLeft: query.satellites,
    occurrences: new Map(),
    extraLeaves: [],
    extraSatellites: [],
    promoted: [],
    absent: [],
    equalConditions: [],
  });
  return found
    .filter((each) => isFarFetched || !rejoins(each))
    .toSorted((a, b) => b.occurrences.size - a.occurrences.size);
}

/** True when each source of either side stands for one of the other. */
export function isWhole({ extraLeaves, extraSatellites, ...rest }: Embedding): boolean {
  const extra = extraLeaves.length + extraSatellites.length;
  return extra + rest.missingLeaves.length + rest.missingSatellites.length === 0;
}

function rejoins({ extraLeaves, missingLeaves }: Embedding): boolean {
  const missing = new Set(
    missingLeaves.flatMap((leaf) => (leaf.kind === 'table' ? [leaf.relation] : [])),
  );
  return extraLeaves.some((leaf) => leaf.kind === 'table' && missing.has(leaf.relation));
}

type Todo =
  | { readonly kind: 'leaf'; readonly leaf: Leaf; readonly mayBeExtra: boolean }
  | { readonly kind: 'satellite'; readonly satellite: Satellite };

interface State extends Omit<Embedding, 'missingLeaves' | 'missingSatellites'> {
  readonly todo: readonly Todo[];
  /** Occurrences that may be extra, by relation; absent where all may. */
  readonly spare: ReadonlyMap<RelationId, number> | undefined;
  readonly leavesLeft: readonly Leaf[];
  readonly satellitesLeft: readonly Satellite[];
}

/** How many of a relation's occurrences in a mart the query surely has no use for. */
function sparesOf(mart: Cluster, query: Cluster): ReadonlyMap<RelationId, number> {
  const spare = new Map<RelationId, number>();
  const count = (leaves: readonly Leaf[], by: number): void => {
    for (const leaf of leaves) {
      if (leaf.kind === 'table') {
        spare.set(leaf.relation, (spare.get(leaf.relation) ?? 0) + by);
      }
    }
  };
  count(leavesIn(mart), 1);
  count(query.leaves, -1);
  return spare;
}

function finish({
  todo: _todo,
  spare: _spare,
  leavesLeft,
  satellitesLeft,
  ...state
}: State): Embedding {
  return { ...state, missingLeaves: leavesLeft, missingSatellites: satellitesLeft };
}

function choices(todo: Todo, state: State): readonly State[] {
  if (todo.kind === 'satellite') {
    return satelliteChoices(todo.satellite, state);
  }
  const { leaf, mayBeExtra } = todo;
  const extra =
    mayBeExtra && leaf.kind === 'table' && isSpare(leaf, state)
      ? [{ ...state, extraLeaves: [...state.extraLeaves, leaf] }]
      : [];
  return [...mapped(leaf, state), ...narrowings(leaf, state), ...extra];
}

function isSpare(
  { relation }: Extract<Leaf, { kind: 'table' }>,
  { spare, extraLeaves }: State,
): boolean {
  const taken = extraLeaves.filter((leaf) => leaf.kind === 'table' && leaf.relation === relation);
  return spare === undefined || taken.length < (spare.get(relation) ?? 0);
}

function mapped(leaf: Leaf, state: State): readonly State[] {
  return state.leavesLeft.flatMap((candidate) =>
    pairLeaves(leaf, candidate).map((pairing) => ({
      ...add(state, pairing),
      leavesLeft: state.leavesLeft.filter((other) => other !== candidate),
    })),
  );
}

/** The mart's full join as what the query makes of it: a left join either way, or an inner one. */
function narrowings(leaf: Leaf, state: State): readonly State[] {
  if (leaf.kind !== 'full') {
    return [];
  }
  const { left, right, on } = leaf;
  const both = [
    { on, right: left },
    { on, right },
  ];
  return [
    ...leftNarrowings({ preserved: left, other: right, on }, state),
    ...leftNarrowings({ preserved: right, other: left, on }, state),
    {
      ...state,
      promoted: [...state.promoted, ...both],
      todo: [...mustMap(left), ...mustMap(right), ...state.todo],
    },
  ];
}

/** `a full join b`, keeping the rows that have an `a`, is `a left join b`; `b` may be one the query does not read. */
function leftNarrowings(
  { preserved, other, on }: { preserved: Cluster; other: Cluster; on: readonly BoundExpr[] },
  state: State,
): readonly State[] {
  const narrowed = {
    ...state,
    promoted: [...state.promoted, { on: [], right: preserved }],
    todo: [...mustMap(preserved), ...state.todo],
  };
  const satellite: Satellite = { join: 'left', right: other, on };
  return [
    ...mappedSatellites(satellite, narrowed),
    { ...narrowed, extraSatellites: [...state.extraSatellites, satellite] },
  ];
}

/** The parts of a side that the query inner-joins. */
function mustMap({ leaves, satellites }: Cluster): readonly Todo[] {
  return [
    ...leaves.map((leaf): Todo => ({ kind: 'leaf', leaf, mayBeExtra: false })),
    ...satellites.map((satellite): Todo => ({ kind: 'satellite', satellite })),
  ];
}

function satelliteChoices(satellite: Satellite, state: State): readonly State[] {
  const same = mappedSatellites(satellite, state);
  if (satellite.join !== 'left') {
    return same;
  }
  return [
    ...same,
    ...antiJoins(satellite, state),
    {
      ...state,
      promoted: [...state.promoted, satellite],
      todo: [...mustMap(satellite.right), ...state.todo],
    },
    { ...state, extraSatellites: [...state.extraSatellites, satellite] },
  ];
}

/** A left join holds each row that finds nothing once, as the anti join does. */
function antiJoins(satellite: Satellite, state: State): readonly State[] {
  return mappedSatellites({ ...satellite, join: 'anti' }, state).map((next) => ({
    ...next,
    absent: [...next.absent, satellite],
  }));
}

function mappedSatellites(satellite: Satellite, state: State): readonly State[] {
  return state.satellitesLeft.flatMap((candidate) =>
    pairSatellites(satellite, candidate).map((pairing) => ({
      ...add(state, pairing),
      satellitesLeft: state.satellitesLeft.filter((other) => other !== candidate),
    })),
  );
}

function add(state: State, pairing: Pairing): State {
  return {
    ...state,
    occurrences: new Map([...state.occurrences, ...pairing.occurrences]),
    equalConditions: [...state.equalConditions, ...pairing.equalConditions],
    extraSatellites: [...state.extraSatellites, ...pairing.extraSatellites],
  };
}
