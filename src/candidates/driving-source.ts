import type { RelationId } from '../base/relation.ts';
import { clusterOf } from '../sql/match/cluster.ts';
import type { Block, JoinTree } from '../sql/normal-query.ts';
import type { Candidate } from './candidate.ts';
import { isBeyondMarts, someNode } from './expressions.ts';

/** The source whose rows a definition takes one by one, each with its partners in the others. */
export interface DrivingSource {
  readonly kind: 'driving';
  readonly block: Block;
  readonly occ: number;
  readonly relation: RelationId;
}

export interface WholeOnly {
  readonly kind: 'whole';
  /** One clause, for people. */
  readonly because: string;
}

/**
 * The largest source of a definition, where every row of the definition before grouping is made of one row of it and no other row of it
 * is looked at: then the definition over some of its rows and over the rest are, grouped together, the definition.
 */
export function drivingSource(
  { definition, query }: Pick<Candidate, 'definition' | 'query'>,
  rowsOf: (relation: RelationId) => number,
): DrivingSource | WholeOnly {
  const { body } = query;
  if (body.kind !== 'block' || query.limit !== undefined || query.offset !== undefined) {
    return wholeBecause('it is more than one block of joins and one grouping');
  }
  const { block } = body;
  const because = whyNotApart(block);
  if (because !== undefined) {
    return wholeBecause(because);
  }
  const relation = largest(definition.sources, rowsOf);
  if (relation === undefined) {
    return wholeBecause('it reads no table');
  }
  const occurrences: number[] = [];
  someNode(block, (node) => {
    if (node.kind === 'table' && node['relation'] === relation && typeof node['occ'] === 'number') {
      occurrences.push(node['occ']);
    }
    return false;
  });
  const [occ, ...more] = occurrences;
  if (occ === undefined || more.length > 0) {
    return wholeBecause(
      `it reads ${relation} more than once, so a range of it says nothing of the rest`,
    );
  }
  return preservedLeaves(block.from).has(occ)
    ? { kind: 'driving', block, occ, relation }
    : wholeBecause(`rows of ${relation}, its largest source, are looked up by those of another`);
}

export function wholeBecause(because: string): WholeOnly {
  return { kind: 'whole', because };
}

function whyNotApart(block: Block): string | undefined {
  if (block.barriers.length > 0) {
    return `it has ${block.barriers[0] ?? ''}`;
  }
  if (block.groupingSets !== undefined) {
    return 'it groups in several ways at once';
  }
  if (block.groupBy?.length === 0) {
    return 'it is one row of totals';
  }
  return isBeyondMarts(block)
    ? 'it holds a query within an expression, a window, or what no reader understood'
    : undefined;
}

/** The largest is what computing only a part saves reading of. */
function largest(
  sources: readonly RelationId[],
  rowsOf: (relation: RelationId) => number,
): RelationId | undefined {
  return sources.toSorted((a, b) => rowsOf(b) - rowsOf(a) || (a < b ? -1 : 1))[0];
}

/** Sources whose rows a join never makes up: a condition on one of them may be asked before all joins. */
function preservedLeaves(tree: JoinTree): ReadonlySet<number> {
  return new Set(
    clusterOf(tree).leaves.flatMap((leaf) => (leaf.kind === 'table' ? [leaf.occ] : [])),
  );
}
