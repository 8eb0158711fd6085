import type { RelationId } from '../../base/relation.ts';
import { type AggregateNode, aggregateNode, mergeNodes, nodeKey } from '../aggregate-node.ts';
import { authorMart } from '../author-mart.ts';
import type { Candidate, NotEnumerated } from '../candidate.ts';
import type { EnumerationInput, Enumerator } from '../enumeration.ts';
import { refsOf } from '../expressions.ts';
import { orientStar } from '../join-star.ts';

const MOST_NODES = 60;
const MOST_MERGES = 64;
/** A merged mart may have a fifth more rows than its larger part, or a fifth less than both together. */
const ROWS_OVER_LARGEST = 1.2;
const ROWS_UNDER_SUM = 0.8;

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
    for (const node of [...nodes, ...merged(nodes, input)]) {
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

function nodesOf({ readings }: EnumerationInput): {
  readonly nodes: readonly AggregateNode[];
  readonly not: readonly NotEnumerated[];
} {
  const nodes = new Map<string, AggregateNode>();
  const not: NotEnumerated[] = [];
  for (const { blocks, demand } of readings) {
    for (const block of blocks) {
      const node = aggregateNode(block, demand.cpuMs);
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

/** Greedy: the pair whose merging answers the dearest demand within the row test, again and again. */
function merged(
  nodes: readonly AggregateNode[],
  input: EnumerationInput,
): readonly AggregateNode[] {
  const rows = (node: AggregateNode) => rowsOf(node, input);
  const seen = new Set(nodes.map(nodeKey));
  const found: AggregateNode[] = [];
  let agenda = nodes;
  for (let merges = 0; merges < MOST_MERGES; merges++) {
    const best = bestMerge(agenda, { rows, seen });
    if (best === undefined) {
      return found;
    }
    const { node, parts } = best;
    seen.add(nodeKey(node));
    found.push(node);
    agenda = [...agenda.filter((each) => !parts.includes(each)), node];
  }
  return found;
}

interface Merge {
  readonly node: AggregateNode;
  readonly parts: readonly [AggregateNode, AggregateNode];
}

function bestMerge(
  agenda: readonly AggregateNode[],
  {
    rows,
    seen,
  }: { readonly rows: (node: AggregateNode) => number; readonly seen: ReadonlySet<string> },
): Merge | undefined {
  let best: Merge | undefined;
  for (const [i, a] of agenda.entries()) {
    for (const b of agenda.slice(i + 1)) {
      if (best !== undefined && a.cpuMs + b.cpuMs <= best.node.cpuMs) {
        continue;
      }
      const node = mergeNodes(a, b);
      if (node !== undefined && !seen.has(nodeKey(node)) && staysSmall({ node, a, b, rows })) {
        best = { node, parts: [a, b] };
      }
    }
  }
  return best;
}

function staysSmall(parts: {
  readonly node: AggregateNode;
  readonly a: AggregateNode;
  readonly b: AggregateNode;
  readonly rows: (node: AggregateNode) => number;
}): boolean {
  const [together, a, b] = [parts.rows(parts.node), parts.rows(parts.a), parts.rows(parts.b)];
  return together <= ROWS_OVER_LARGEST * Math.max(a, b) || together <= ROWS_UNDER_SUM * (a + b);
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
