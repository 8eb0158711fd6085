import type { RelationId } from '../../base/relation.ts';
import { keptFor } from '../../sql/match/kept.ts';
import { type AggregateNode, mergeNodes, nodeKey } from '../aggregate-node.ts';
import type { GrainKey } from '../candidate.ts';
import type { EnumerationInput } from '../enumeration.ts';
import { exprKey } from '../expressions.ts';
import { grainOfNode, type Union, unionOf } from '../node-union.ts';

const MOST_MERGES = 64;
/** A merged mart may have a fifth more rows than its larger part, or a fifth less than both together. */
const ROWS_OVER_LARGEST = 1.2;
const ROWS_UNDER_SUM = 0.8;
/** Or it is so small that one upkeep instead of two is worth more than the rows. */
const ROWS_OF_ANCHOR = 0.2;

/**
 * Nodes that answer what several do. Statements that reach a new mart are merged among themselves: taking in the grain of those that never
 * will would only make it larger.
 */
export function mergedNodes(
  nodes: readonly AggregateNode[],
  input: EnumerationInput,
): readonly AggregateNode[] {
  return [true, false].flatMap((road) =>
    merged(
      nodes.filter(({ hasRoad }) => hasRoad === road),
      input,
    ),
  );
}

/** Greedy: the pair whose merging answers the dearest demand within the row test, again and again. */
function merged(
  nodes: readonly AggregateNode[],
  input: EnumerationInput,
): readonly AggregateNode[] {
  const mayMerge = rowTest(input);
  const seen = new Set(nodes.map(contentKey));
  const found: AggregateNode[] = [];
  let agenda = nodes;
  let pairs = agenda.flatMap((a, i) => agenda.slice(i + 1).flatMap((b) => mayMerge([a, b])));
  while (found.length < MOST_MERGES) {
    const best = dearestUnseen(pairs, seen);
    if (best === undefined) {
      return found;
    }
    const { node, key, parts } = best;
    seen.add(key);
    found.push(node);
    agenda = agenda.filter((each) => !parts.includes(each));
    pairs = [
      ...pairs.filter((pair) => !pair.parts.some((each) => parts.includes(each))),
      ...agenda.flatMap((each) => mayMerge([node, each])),
    ];
    agenda = [...agenda, node];
  }
  return found;
}

/** Two nodes that may be one. What they make together is written only when its turn comes: most are never taken. */
interface Pair {
  readonly parts: readonly [AggregateNode, AggregateNode];
  readonly cpuMs: number;
}

interface Merge extends Pair {
  readonly node: AggregateNode;
  readonly key: string;
}

/** The dearest pair that makes something new; of equally dear ones the first by what they make. */
function dearestUnseen(pairs: readonly Pair[], seen: ReadonlySet<string>): Merge | undefined {
  let left = pairs;
  while (left.length > 0) {
    const most = left.reduce((dearest, { cpuMs }) => Math.max(dearest, cpuMs), -Infinity);
    const [first] = left
      .filter(({ cpuMs }) => cpuMs === most)
      .flatMap(mergeOf)
      .filter(({ key }) => !seen.has(key))
      .toSorted((a, b) => (a.key < b.key ? -1 : 1));
    if (first !== undefined) {
      return first;
    }
    left = left.filter(({ cpuMs }) => cpuMs !== most);
  }
  return undefined;
}

function mergeOf(pair: Pair): readonly Merge[] {
  const node = mergedOf(...pair.parts);
  return node === undefined ? [] : [{ ...pair, node, key: contentKey(node) }];
}

/** The same node in every pass of a cycle. */
const mergedOf = keptFor(mergeNodes);

/** A node of the same grain with more measures answers more: it is another one. */
function contentKey(node: AggregateNode): string {
  return exprKey([nodeKey(node), node.measures]);
}

/** Pairs that can be one and stay small, as far as their columns' values are counted. */
function rowTest(input: EnumerationInput): (parts: Pair['parts']) => readonly Pair[] {
  const { rowsOf } = input.world;
  const alone = new Map<AggregateNode, number>();
  const rowsAlone = (node: AggregateNode): number => {
    const rows =
      alone.get(node) ?? groupedRows(node.relations, { grain: grainOfNode(node), input });
    alone.set(node, rows);
    return rows;
  };
  const isSmall = ({ relations, grain }: Union, [a, b]: Pair['parts']): boolean => {
    const together = groupedRows(relations, { grain, input });
    const anchorRows = relations.reduce((most, id) => Math.max(most, rowsOf(id)), -Infinity);
    const [one, two] = [rowsAlone(a), rowsAlone(b)];
    return (
      together <= input.maxRowsShare * anchorRows &&
      (together <= ROWS_OVER_LARGEST * Math.max(one, two) ||
        together <= ROWS_UNDER_SUM * (one + two) ||
        together <= ROWS_OF_ANCHOR * anchorRows)
    );
  };
  return (parts) => {
    const [one, two] = parts;
    const union = unionOf(one, two);
    return union !== undefined && isSmall(union, parts)
      ? [{ parts, cpuMs: one.cpuMs + two.cpuMs }]
      : [];
  };
}

function groupedRows(
  relations: readonly RelationId[],
  { grain, input }: { readonly grain: readonly GrainKey[]; readonly input: EnumerationInput },
): number {
  const { rowsOf } = input.world;
  const [anchor] = relations.toSorted((a, b) => rowsOf(b) - rowsOf(a) || (a < b ? -1 : 1));
  return anchor === undefined ? Infinity : input.groupedRowsOf(anchor, grain);
}
