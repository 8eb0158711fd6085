import type { BoundExpr } from '../bound.ts';
import type { JoinTree } from '../normal-query.ts';
import { columnsRejectedBy } from './null-rejecting.ts';

/** The occurrences a tree makes available, those below semi and anti joins' right sides included. */
export function occurrencesOf(tree: JoinTree): readonly number[] {
  switch (tree.kind) {
    case 'none':
      return [];
    case 'table':
    case 'query':
      return [tree.occ];
    case 'inner':
      return tree.members.flatMap(occurrencesOf);
    case 'outer':
      return [...occurrencesOf(tree.left), ...occurrencesOf(tree.right)];
  }
}

/** The cross product of trees: nothing dropped, nested products flattened. */
export function productOf(trees: readonly JoinTree[]): JoinTree {
  const members = trees.flatMap((tree) =>
    tree.kind === 'inner' ? tree.members : tree.kind === 'none' ? [] : [tree],
  );
  const [only, ...more] = members;
  if (only === undefined) {
    return { kind: 'none' };
  }
  return more.length === 0 ? only : { kind: 'inner', members };
}

/** A tree with the conditions that hold of every row it makes. */
export interface ConditionedTree {
  readonly tree: JoinTree;
  readonly where: readonly BoundExpr[];
}

/**
 * Turns outer joins to narrower ones where the conditions above reject the rows that only an outer join makes:
 * `a left join b where b.x > 5` is an inner join.
 */
export function simplifyOuterJoins({ tree, where }: ConditionedTree): ConditionedTree {
  const rejected = new Set(where.flatMap((condition) => [...columnsRejectedBy(condition)]));
  const simplified = simplify(tree, new Set([...rejected].map(occOf)));
  if (simplified.lifted.length === 0) {
    return { tree: simplified.tree, where };
  }
  return simplifyOuterJoins({ tree: simplified.tree, where: [...where, ...simplified.lifted] });
}

function occOf(column: string): number {
  return Number(column.slice(0, column.indexOf('.')));
}

interface Simplified {
  readonly tree: JoinTree;
  /** ON conditions that became WHERE conditions. */
  readonly lifted: readonly BoundExpr[];
}

function simplify(tree: JoinTree, present: ReadonlySet<number>): Simplified {
  if (tree.kind === 'inner') {
    const members = tree.members.map((member) => simplify(member, present));
    return {
      tree: productOf(members.map((member) => member.tree)),
      lifted: members.flatMap((member) => member.lifted),
    };
  }
  if (tree.kind !== 'outer') {
    return { tree, lifted: [] };
  }
  const hasLeft = occurrencesOf(tree.left).some((occ) => present.has(occ));
  const hasRight = occurrencesOf(tree.right).some((occ) => present.has(occ));
  if (tree.join === 'full') {
    return simplifyFull(tree, { hasLeft, hasRight });
  }
  if (tree.join === 'left' && hasRight) {
    return { tree: productOf([tree.left, tree.right]), lifted: tree.on };
  }
  const left = simplify(tree.left, present);
  return { tree: { ...tree, left: left.tree }, lifted: left.lifted };
}

function simplifyFull(
  tree: Extract<JoinTree, { kind: 'outer' }>,
  { hasLeft, hasRight }: { readonly hasLeft: boolean; readonly hasRight: boolean },
): Simplified {
  if (hasLeft && hasRight) {
    return { tree: productOf([tree.left, tree.right]), lifted: tree.on };
  }
  if (hasLeft) {
    return { tree: { ...tree, join: 'left' }, lifted: [] };
  }
  if (hasRight) {
    return { tree: { ...tree, join: 'left', left: tree.right, right: tree.left }, lifted: [] };
  }
  return { tree, lifted: [] };
}
