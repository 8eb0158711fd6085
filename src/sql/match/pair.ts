import type { BoundExpr } from '../bound.ts';
import type { Cluster, Leaf, Satellite } from './cluster.ts';
import { sourceKey } from './whole-key.ts';

/** A way in which sources of a mart are the same as sources of a query. */
export interface Pairing {
  readonly occurrences: readonly (readonly [number, number])[];
  readonly equalConditions: readonly ConditionPair[];
  /** Left joins inside the mart's sources that the query's do not have: they must be proved to change nothing. */
  readonly extraSatellites: readonly Satellite[];
}

/** Conditions that must be equal. */
export interface ConditionPair {
  readonly mart: readonly BoundExpr[];
  readonly query: readonly BoundExpr[];
}

/** Self joins multiply the ways to pair; beyond this many we stop looking. */
export const MOST_PAIRINGS = 64;

const nothing: Pairing = { occurrences: [], equalConditions: [], extraSatellites: [] };

/** The ways two sources are the same. */
export function pairLeaves(mart: Leaf, query: Leaf): readonly Pairing[] {
  if (mart.kind === 'table' && query.kind === 'table') {
    return mart.relation === query.relation
      ? [{ ...nothing, occurrences: [[mart.occ, query.occ]] }]
      : [];
  }
  if (mart.kind === 'query' && query.kind === 'query') {
    return sourceKey(mart.query) === sourceKey(query.query)
      ? [{ ...nothing, occurrences: [[mart.occ, query.occ]] }]
      : [];
  }
  if (mart.kind === 'full' && query.kind === 'full') {
    const straight = pairBoth([mart.left, query.left], [mart.right, query.right]);
    const turned = pairBoth([mart.left, query.right], [mart.right, query.left]);
    return [...straight, ...turned].map((pairing) => withConditions(pairing, mart, query));
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
    extraSatellites: [...a.extraSatellites, ...b.extraSatellites],
  };
}

interface Joined {
  readonly on: readonly BoundExpr[];
}

function withConditions(pairing: Pairing, mart: Joined, query: Joined): Pairing {
  return {
    ...pairing,
    equalConditions: [...pairing.equalConditions, { mart: mart.on, query: query.on }],
  };
}

/** All ways two clusters are the same; only left joins of the mart's may be left over. */
export function pairClusters(mart: Cluster, query: Cluster): readonly Pairing[] {
  if (
    mart.leaves.length !== query.leaves.length ||
    mart.satellites.length < query.satellites.length
  ) {
    return [];
  }
  const leaves = pairAll(mart.leaves, query.leaves);
  const satellites =
    leaves.length === 0 ? [] : pairAllSatellites(mart.satellites, query.satellites);
  return leaves.flatMap((a) => satellites.map((b) => joinPairings(a, b))).slice(0, MOST_PAIRINGS);
}

function pairAll(members: readonly Leaf[], others: readonly Leaf[]): readonly Pairing[] {
  const [first, ...rest] = members;
  if (first === undefined) {
    return [nothing];
  }
  return others.flatMap((candidate) =>
    pairLeaves(first, candidate).flatMap((pairing) =>
      pairAll(
        rest,
        others.filter((other) => other !== candidate),
      ).map((more) => joinPairings(pairing, more)),
    ),
  );
}

function pairAllSatellites(
  members: readonly Satellite[],
  others: readonly Satellite[],
): readonly Pairing[] {
  const [first, ...rest] = members;
  if (first === undefined) {
    return others.length === 0 ? [nothing] : [];
  }
  const paired = others.flatMap((candidate) =>
    pairSatellites(first, candidate).flatMap((pairing) =>
      pairAllSatellites(
        rest,
        others.filter((other) => other !== candidate),
      ).map((more) => joinPairings(pairing, more)),
    ),
  );
  const left =
    first.join === 'left' && members.length > others.length
      ? pairAllSatellites(rest, others).map((more) => ({
          ...more,
          extraSatellites: [first, ...more.extraSatellites],
        }))
      : [];
  return [...paired, ...left];
}

/** All ways a left, semi or anti join of the mart is one of the query. */
export function pairSatellites(mart: Satellite, query: Satellite): readonly Pairing[] {
  return mart.join === query.join
    ? pairClusters(mart.right, query.right).map((pairing) => withConditions(pairing, mart, query))
    : [];
}
