import type { Cluster, Leaf, Satellite } from './cluster.ts';
import { occurrencesIn } from './cluster.ts';

/** How the sources of a mart's block stand for sources of the query's. */
export interface Embedding {
  /** Mart occurrence to query occurrence, over everything mapped. */
  readonly occurrences: ReadonlyMap<number, number>;
  /** Mart leaves the query does not have: they must be proved to change nothing. */
  readonly extraLeaves: readonly Leaf[];
  /** Mart left joins the query does not have. */
  readonly extraSatellites: readonly Satellite[];
  /** Mart left joins that are inner joins in the query: matched rows must be told by a marker. */
  readonly promoted: readonly Satellite[];
  /** Pairs whose ON conditions must be equal. */
  readonly equalConditions: readonly ConditionPair[];
  /** Query sources the mart does not have: they would be joined again. */
  readonly missingLeaves: readonly Leaf[];
  readonly missingSatellites: readonly Satellite[];
}

export interface ConditionPair {
  readonly mart: Satellite['on'];
  readonly query: Satellite['on'];
}

/** Self joins multiply the ways to embed; beyond this many we stop looking. */
const MOST_EMBEDDINGS = 64;
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
    if (found.length >= MOST_EMBEDDINGS || steps > MOST_STEPS) {
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
    todo: [
      ...mart.leaves.map((leaf): Todo => ({ kind: 'leaf', leaf })),
      ...mart.satellites.map((satellite): Todo => ({ kind: 'satellite', satellite })),
    ],
    leavesLeft: query.leaves,
    satellitesLeft: query.satellites,
    occurrences: new Map(),
    extraLeaves: [],
    extraSatellites: [],
    promoted: [],
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
  | { readonly kind: 'leaf'; readonly leaf: Leaf }
  | { readonly kind: 'satellite'; readonly satellite: Satellite };

interface State extends Omit<Embedding, 'missingLeaves' | 'missingSatellites'> {
  readonly todo: readonly Todo[];
  readonly leavesLeft: readonly Leaf[];
  readonly satellitesLeft: readonly Satellite[];
}

function finish({ todo: _todo, leavesLeft, satellitesLeft, ...state }: State): Embedding {
  return { ...state, missingLeaves: leavesLeft, missingSatellites: satellitesLeft };
}

function choices(todo: Todo, state: State): readonly State[] {
  return todo.kind === 'leaf'
    ? leafChoices(todo.leaf, state)
    : satelliteChoices(todo.satellite, state);
}

function leafChoices(leaf: Leaf, state: State): readonly State[] {
  const mapped = state.leavesLeft.flatMap((candidate) =>
    pairLeaves(leaf, candidate).map((pairing) => ({
      ...add(state, pairing),
      leavesLeft: state.leavesLeft.filter((other) => other !== candidate),
    })),
  );
  const extra =
    leaf.kind === 'table' ? [{ ...state, extraLeaves: [...state.extraLeaves, leaf] }] : [];
  return [...mapped, ...extra];
}

function satelliteChoices(satellite: Satellite, state: State): readonly State[] {
  const mapped = state.satellitesLeft.flatMap((candidate) =>
    candidate.join === satellite.join
      ? pairClusters(satellite.right, candidate.right).map((pairing) => ({
          ...add(state, pairing),
          equalConditions: [
            ...state.equalConditions,
            ...pairing.equalConditions,
            { mart: satellite.on, query: candidate.on },
          ],
          satellitesLeft: state.satellitesLeft.filter((other) => other !== candidate),
        }))
      : [],
  );
  if (satellite.join !== 'left') {
    return mapped;
  }
  return [
    ...mapped,
    ...promotions(satellite, state),
    { ...state, extraSatellites: [...state.extraSatellites, satellite] },
  ];
}

/** The mart's left join as an inner join of the query: its right side among the query's leaves. */
function promotions(satellite: Satellite, state: State): readonly State[] {
  const isPlain = satellite.right.leaves.every((leaf) => leaf.kind === 'table');
  if (!isPlain) {
    return [];
  }
  let states: readonly State[] = [{ ...state, promoted: [...state.promoted, satellite] }];
  for (const leaf of satellite.right.leaves) {
    states = states.flatMap((each) =>
      leafChoices(leaf, each).filter((next) => next.extraLeaves === each.extraLeaves),
    );
  }
  const inner = satellite.right.satellites.map(
    (each): Todo => ({ kind: 'satellite', satellite: each }),
  );
  return states.map((each) => ({ ...each, todo: [...inner, ...each.todo] }));
}

interface Pairing {
  readonly occurrences: readonly (readonly [number, number])[];
  readonly equalConditions: readonly ConditionPair[];
}

function add(state: State, pairing: Pairing): State {
  return {
    ...state,
    occurrences: new Map([...state.occurrences, ...pairing.occurrences]),
    equalConditions: [...state.equalConditions, ...pairing.equalConditions],
  };
}

function pairLeaves(mart: Leaf, query: Leaf): readonly Pairing[] {
  if (mart.kind === 'table' && query.kind === 'table') {
    return mart.relation === query.relation
      ? [{ occurrences: [[mart.occ, query.occ]], equalConditions: [] }]
      : [];
  }
  if (mart.kind === 'query' && query.kind === 'query') {
    return mart.key === query.key
      ? [{ occurrences: [[mart.occ, query.occ]], equalConditions: [] }]
      : [];
  }
  if (mart.kind === 'full' && query.kind === 'full') {
    const straight = pairBoth([mart.left, query.left], [mart.right, query.right]);
    const turned = pairBoth([mart.left, query.right], [mart.right, query.left]);
    return [...straight, ...turned].map((pairing) => ({
      ...pairing,
      equalConditions: [...pairing.equalConditions, { mart: mart.on, query: query.on }],
    }));
  }
  return [];
}

function pairBoth(
  [martLeft, queryLeft]: readonly [Cluster, Cluster],
  [martRight, queryRight]: readonly [Cluster, Cluster],
): readonly Pairing[] {
  return pairClusters(martLeft, queryLeft).flatMap((left) =>
    pairClusters(martRight, queryRight).map((right) => joinPairings(left, right)),
  );
}

function joinPairings(a: Pairing, b: Pairing): Pairing {
  return {
    occurrences: [...a.occurrences, ...b.occurrences],
    equalConditions: [...a.equalConditions, ...b.equalConditions],
  };
}

/** All ways two clusters are the same, nothing left over on either side. */
function pairClusters(mart: Cluster, query: Cluster): readonly Pairing[] {
  const sameSize =
    mart.leaves.length === query.leaves.length &&
    mart.satellites.length === query.satellites.length &&
    occurrencesIn(mart).length === occurrencesIn(query).length;
  if (!sameSize) {
    return [];
  }
  const leaves = pairAll(mart.leaves, { others: query.leaves, pair: pairLeaves });
  const satellites = pairAll(mart.satellites, { others: query.satellites, pair: pairSatellites });
  return leaves.flatMap((a) => satellites.map((b) => joinPairings(a, b))).slice(0, MOST_EMBEDDINGS);
}

function pairSatellites(mart: Satellite, query: Satellite): readonly Pairing[] {
  return mart.join === query.join
    ? pairClusters(mart.right, query.right).map((pairing) => ({
        ...pairing,
        equalConditions: [...pairing.equalConditions, { mart: mart.on, query: query.on }],
      }))
    : [];
}

function pairAll<T>(
  members: readonly T[],
  {
    others,
    pair,
  }: { readonly others: readonly T[]; readonly pair: (a: T, b: T) => readonly Pairing[] },
): readonly Pairing[] {
  const [first, ...rest] = members;
  if (first === undefined) {
    return [{ occurrences: [], equalConditions: [] }];
  }
  return others.flatMap((candidate) =>
    pair(first, candidate).flatMap((pairing) =>
      pairAll(rest, { others: others.filter((other) => other !== candidate), pair }).map((more) =>
        joinPairings(pairing, more),
      ),
    ),
  );
}
