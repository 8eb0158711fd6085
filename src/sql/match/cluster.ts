import type { RelationId } from '../../base/relation.ts';
import type { BoundExpr } from '../bound.ts';
import type { JoinTree, NormalQuery } from '../normal-query.ts';
import { productOf } from '../normalize/join-tree.ts';
import { columnsRejectedBy } from '../normalize/null-rejecting.ts';
import { refsIn } from '../normalize/walk.ts';

/**
 * A join tree with its commutative parts made sets: sources that are multiplied, and satellites hung on them by left,
 * semi and anti joins. Left joins pull up over inner joins, and commute where their conditions do not read each
 * other, so two trees with equal clusters make equal rows.
 */
export interface Cluster {
  readonly leaves: readonly Leaf[];
  /** In an order in which each reads only leaves and satellites before it. */
  readonly satellites: readonly Satellite[];
}

export type Leaf =
  | { readonly kind: 'table'; readonly occ: number; readonly relation: RelationId }
  | { readonly kind: 'query'; readonly occ: number; readonly query: NormalQuery }
  | {
      readonly kind: 'full';
      readonly left: Cluster;
      readonly right: Cluster;
      readonly on: readonly BoundExpr[];
    };

export interface Satellite {
  readonly join: 'left' | 'semi' | 'anti';
  readonly right: Cluster;
  readonly on: readonly BoundExpr[];
}

export function clusterOf(tree: JoinTree): Cluster {
  switch (tree.kind) {
    case 'none':
      return { leaves: [], satellites: [] };
    case 'table':
      return { leaves: [tree], satellites: [] };
    case 'query':
      return { leaves: [tree], satellites: [] };
    case 'inner': {
      const parts = tree.members.map(clusterOf);
      return {
        leaves: parts.flatMap((part) => part.leaves),
        satellites: parts.flatMap((part) => part.satellites),
      };
    }
    case 'outer':
      return outerCluster(tree);
  }
}

function outerCluster(tree: Extract<JoinTree, { kind: 'outer' }>): Cluster {
  const left = clusterOf(tree.left);
  const right = clusterOf(tree.right);
  if (tree.join === 'full') {
    return { leaves: [{ kind: 'full', left, right, on: tree.on }], satellites: [] };
  }
  const { core, hoisted } =
    tree.join === 'left' ? hoist(right, tree.on) : { core: right, hoisted: [] };
  return {
    leaves: left.leaves,
    satellites: [...left.satellites, { join: tree.join, right: core, on: tree.on }, ...hoisted],
  };
}

/**
 * Left joins inside the right side of a left join that can be made after it: `a left join (b left join c on p) on q` is
 * `(a left join b on q) left join c on p` where `p` is never true of a `b` that is all NULL, and `q` reads no `c`.
 */
function hoist(
  right: Cluster,
  on: readonly BoundExpr[],
): { readonly core: Cluster; readonly hoisted: readonly Satellite[] } {
  const present = new Set(occurrencesIn({ leaves: right.leaves, satellites: [] }));
  const read = new Set(on.flatMap(refsIn).map((ref) => ref.occ));
  const kept: Satellite[] = [];
  const hoisted: Satellite[] = [];
  for (const satellite of right.satellites) {
    const own = occurrencesIn(satellite.right);
    const rejects = satellite.on
      .flatMap((condition) => [...columnsRejectedBy(condition)])
      .some((column) => present.has(Number(column.slice(0, column.indexOf('.')))));
    const isFree =
      satellite.join === 'left' &&
      rejects &&
      !own.some((occ) => read.has(occ)) &&
      !satellite.on.flatMap(refsIn).some((ref) => isOf(ref.occ, kept));
    if (isFree) {
      hoisted.push(satellite);
      own.forEach((occ) => present.add(occ));
    } else {
      kept.push(satellite);
    }
  }
  // What stays must not read what went.
  const stays = kept.some((satellite) =>
    satellite.on.flatMap(refsIn).some((ref) => isOf(ref.occ, hoisted)),
  );
  return stays
    ? { core: right, hoisted: [] }
    : { core: { leaves: right.leaves, satellites: kept }, hoisted };
}

function isOf(occ: number, satellites: readonly Satellite[]): boolean {
  return satellites.some((satellite) => occurrencesIn(satellite.right).includes(occ));
}

/** The tree of a cluster again. */
export function treeOf({ leaves, satellites }: Cluster): JoinTree {
  return satellites.reduce<JoinTree>(
    (left, satellite) => ({
      kind: 'outer',
      join: satellite.join,
      left,
      right: treeOf(satellite.right),
      on: satellite.on,
    }),
    productOf(leaves.map(treeOfLeaf)),
  );
}

function treeOfLeaf(leaf: Leaf): JoinTree {
  switch (leaf.kind) {
    case 'table':
      return leaf;
    case 'query':
      return leaf;
    case 'full':
      return {
        kind: 'outer',
        join: 'full',
        left: treeOf(leaf.left),
        right: treeOf(leaf.right),
        on: leaf.on,
      };
  }
}

/** Every table and query in a cluster, at any depth. */
export function leavesIn({ leaves, satellites }: Cluster): readonly Leaf[] {
  return [
    ...leaves.flatMap((leaf) =>
      leaf.kind === 'full' ? [...leavesIn(leaf.left), ...leavesIn(leaf.right)] : [leaf],
    ),
    ...satellites.flatMap((satellite) => leavesIn(satellite.right)),
  ];
}

/** Every occurrence in a cluster. */
export function occurrencesIn({ leaves, satellites }: Cluster): readonly number[] {
  return [
    ...leaves.flatMap((leaf) =>
      leaf.kind === 'full'
        ? [...occurrencesIn(leaf.left), ...occurrencesIn(leaf.right)]
        : [leaf.occ],
    ),
    ...satellites.flatMap((satellite) => occurrencesIn(satellite.right)),
  ];
}
