import type { RelationId } from '../base/relation.ts';
import type { JoinUse, Shape } from '../sql/query-shape.ts';

export type JoinEdgeKind = JoinUse['kind'];

/** Two columns an equality holds between. */
export interface KeyPair {
  readonly left: string;
  readonly right: string;
}

/** A join between two relations in canonical order: `left` <= `right`, pairs sorted. More than one pair is a composite key. */
export interface JoinEdge {
  /** Equal keys, equal edges: `sales.customers(id)=sales.orders(customer_id) inner`. */
  readonly key: string;
  readonly left: RelationId;
  readonly right: RelationId;
  readonly kind: JoinEdgeKind;
  readonly pairs: readonly KeyPair[];
}

/**
 * The join edges of one statement, each once, in order of key.
 *
 * A shape tells relations and columns, not occurrences. Pairs between the same two relations by the same kind of join are
 * taken for one composite key as long as no column repeats; a repeated column (a calendar joined once by order date and
 * once by shipping date) starts another edge.
 */
export function joinEdgesOf(shape: Shape): readonly JoinEdge[] {
  const known = EDGES.get(shape);
  if (known !== undefined) {
    return known;
  }
  const edges = readEdges(shape);
  EDGES.set(shape, edges);
  return edges;
}

/** A shape is never changed once made, and the same one comes by in every cycle. */
const EDGES = new WeakMap<Shape, readonly JoinEdge[]>();

function readEdges(shape: Shape): readonly JoinEdge[] {
  const edges = new Map<string, JoinEdge>();
  for (const joins of byRelations(shape.joins).values()) {
    for (const edge of splitByRepeats(joins)) {
      edges.set(edge.key, edge);
    }
  }
  return [...edges.values()].toSorted(byKey);
}

/** Orders edges by key. */
export function byKey(a: { readonly key: string }, b: { readonly key: string }): number {
  if (a.key === b.key) {
    return 0;
  }
  return a.key < b.key ? -1 : 1;
}

function byRelations(joins: readonly JoinUse[]): ReadonlyMap<string, readonly JoinUse[]> {
  const groups = new Map<string, JoinUse[]>();
  for (const join of joins) {
    const name = `${join.left.relation}\0${join.right.relation}\0${join.kind}`;
    const group = groups.get(name);
    if (group === undefined) {
      groups.set(name, [join]);
    } else {
      group.push(join);
    }
  }
  return groups;
}

function splitByRepeats(joins: readonly JoinUse[]): readonly JoinEdge[] {
  const sets: KeyPair[][] = [];
  for (const pair of sortedPairs(joins)) {
    const home = sets.find((set) =>
      set.every((other) => other.left !== pair.left && other.right !== pair.right),
    );
    if (home === undefined) {
      sets.push([pair]);
    } else {
      home.push(pair);
    }
  }
  const [first] = joins;
  return first === undefined ? [] : sets.map((pairs) => edgeOf(first, pairs));
}

function sortedPairs(joins: readonly JoinUse[]): readonly KeyPair[] {
  const pairs = new Map(
    joins.map(({ left, right }) => [
      `${left.column}\0${right.column}`,
      { left: left.column, right: right.column },
    ]),
  );
  return [...pairs].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, pair]) => pair);
}

function edgeOf({ left, right, kind }: JoinUse, pairs: readonly KeyPair[]): JoinEdge {
  const leftColumns = pairs.map((pair) => pair.left).join(', ');
  const rightColumns = pairs.map((pair) => pair.right).join(', ');
  return {
    key: `${left.relation}(${leftColumns})=${right.relation}(${rightColumns}) ${kind}`,
    left: left.relation,
    right: right.relation,
    kind,
    pairs,
  };
}
