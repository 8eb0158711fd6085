import type { RelationId } from '../../base/relation.ts';
import { type AggregateNode, aggregateNode, mergeNodes, nodeKey } from '../aggregate-node.ts';
import { authorMart } from '../author-mart.ts';
import type { Candidate, NotEnumerated } from '../candidate.ts';
import type { EnumerationInput, Enumerator, Reading } from '../enumeration.ts';
import { exprKey, refsOf } from '../expressions.ts';
import { orientStar } from '../join-star.ts';

const MOST_NODES = 60;
const MOST_MERGES = 64;
/** A merged mart may have a fifth more rows than its larger part, or a fifth less than both together. */
const ROWS_OVER_LARGEST = 1.2;
const ROWS_UNDER_SUM = 0.8;
/** Or it is so small that one upkeep instead of two is worth more than the rows. */
const ROWS_OF_ANCHOR = 0.2;

/**
 * Aggregate marts: one for what each kind of statement asks, and merged ones that answer several kinds at once
 * while staying small (the merge test of AutoAdmin, `selection.md` 1.4 step 4).
 */
export const aggregated: Enumerator = {
  id: 'aggregated',

  enumerate(input) {
    const { nodes, not } = nodesOf(input);
    const candidates: Candidate[] = [];
    const refusals = [...not];
    for (const node of [...nodes, ...mergedByRoad(nodes, input)]) {
      const about = node.relations.join(' with ');
      const star = orientStar(node, input.world);
      if (star === undefined) {
        continue;
      }
      const authored = authorMart(
        {
          enumerator: 'aggregated',
          star,
          relations: node.relations,
          baked: node.baked,
          keys: node.keys,
          values: node.measures,
        },
        input,
      );
      if ('because' in authored) {
        refusals.push({ enumerator: 'aggregated', about, because: authored.because });
      } else {
        candidates.push(authored);
      }
    }
    return { candidates, not: refusals };
  },
};

interface Nodes {
  readonly nodes: readonly AggregateNode[];
  readonly not: readonly NotEnumerated[];
}

/** The nodes of the same readings are the same, however often a cycle asks while it measures facts. */
function nodesOf({ readings, routeClients }: EnumerationInput): Nodes {
  const known = NODES.get(readings);
  if (known !== undefined) {
    return known;
  }
  const nodes = readNodes(readings, routeClients);
  NODES.set(readings, nodes);
  return nodes;
}

const NODES = new WeakMap<readonly Reading[], Nodes>();

function readNodes(readings: readonly Reading[], routeClients: ReadonlySet<string>): Nodes {
  const nodes = new Map<string, AggregateNode>();
  const not: NotEnumerated[] = [];
  for (const { blocks, demand } of readings) {
    const hasRoad = demand.asks.some(({ client }) => routeClients.has(client));
    for (const block of blocks) {
      const node = aggregateNode(block, { cpuMs: demand.cpuMs, hasRoad });
      if (node === undefined) {
        continue;
      }
      if ('because' in node) {
        const about = demand.template.fingerprint;
        not.push({ enumerator: 'aggregated', about, because: node.because });
        continue;
      }
      const key = nodeKey(node);
      const same = nodes.get(key);
      nodes.set(key, same === undefined ? node : (mergeNodes(same, node) ?? same));
    }
  }
  const dearest = [...nodes.entries()]
    .toSorted(([aKey, a], [bKey, b]) => b.cpuMs - a.cpuMs || (aKey < bKey ? -1 : 1))
    .slice(0, MOST_NODES)
    .map(([, node]) => node);
  return { nodes: dearest, not };
}

/**
 * Statements that reach a new mart are merged among themselves: taking in the grain of those that never will would only
 * make it larger.
 */
function mergedByRoad(
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
  const seen = new Set(nodes.map(contentKey));
  const found: AggregateNode[] = [];
  let agenda = nodes;
  let pairs = agenda.flatMap((a, i) => agenda.slice(i + 1).flatMap((b) => mergeOf([a, b], input)));
  while (found.length < MOST_MERGES) {
    const [best] = pairs.filter(({ key }) => !seen.has(key)).toSorted(byDemand);
    if (best === undefined) {
      return found;
    }
    const { node, key, parts } = best;
    seen.add(key);
    found.push(node);
    agenda = agenda.filter((each) => !parts.includes(each));
    pairs = [
      ...pairs.filter((pair) => !pair.parts.some((each) => parts.includes(each))),
      ...agenda.flatMap((each) => mergeOf([node, each], input)),
    ];
    agenda = [...agenda, node];
  }
  return found;
}

/** A node of the same grain with more measures answers more: it is another one. */
function contentKey(node: AggregateNode): string {
  return exprKey([nodeKey(node), node.measures]);
}

interface Merge {
  readonly node: AggregateNode;
  readonly key: string;
  readonly parts: readonly [AggregateNode, AggregateNode];
}

function byDemand(a: Merge, b: Merge): number {
  return b.node.cpuMs - a.node.cpuMs || (a.key < b.key ? -1 : 1);
}

function mergeOf(
  parts: readonly [AggregateNode, AggregateNode],
  input: EnumerationInput,
): readonly Merge[] {
  const merge = mergeNamed(parts);
  return merge !== undefined && staysSmall(merge.node, { parts, input }) ? [merge] : [];
}

/** What two nodes make together does not depend on what was measured since, only whether it stays small does. */
function mergeNamed(parts: readonly [AggregateNode, AggregateNode]): Merge | undefined {
  const [one, two] = parts;
  const known = MERGES.get(one) ?? new WeakMap<AggregateNode, Merge | 'none'>();
  MERGES.set(one, known);
  let merge = known.get(two);
  if (merge === undefined) {
    const node = mergeNodes(one, two);
    merge = node === undefined ? 'none' : { node, key: contentKey(node), parts };
    known.set(two, merge);
  }
  return merge === 'none' ? undefined : merge;
}

const MERGES = new WeakMap<AggregateNode, WeakMap<AggregateNode, Merge | 'none'>>();

function staysSmall(
  node: AggregateNode,
  { parts, input }: { readonly parts: Merge['parts']; readonly input: EnumerationInput },
): boolean {
  const together = rowsOf(node, input);
  const [a, b] = [rowsOf(parts[0], input), rowsOf(parts[1], input)];
  const anchorRows = Math.max(...node.relations.map(input.world.rowsOf));
  return (
    together <= input.maxRowsShare * anchorRows &&
    (together <= ROWS_OVER_LARGEST * Math.max(a, b) ||
      together <= ROWS_UNDER_SUM * (a + b) ||
      together <= ROWS_OF_ANCHOR * anchorRows)
  );
}

function rowsOf({ keys, relations }: AggregateNode, input: EnumerationInput): number {
  const anchor = largest(relations, input.world.rowsOf);
  const grain = keys.flatMap((key) =>
    refsOf(key).flatMap(({ occ, column }) => {
      const relation = relations[occ];
      return relation === undefined ? [] : [{ relation, column, isWhole: key.kind === 'ref' }];
    }),
  );
  return anchor === undefined ? Infinity : input.groupedRowsOf(anchor, grain);
}

function largest(
  relations: readonly RelationId[],
  rowsOf: (relation: RelationId) => number,
): RelationId | undefined {
  return relations.toSorted((a, b) => rowsOf(b) - rowsOf(a) || (a < b ? -1 : 1))[0];
}
