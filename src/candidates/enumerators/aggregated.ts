import { type AggregateNode, aggregateNode, mergeNodes, nodeKey } from '../aggregate-node.ts';
import { authorOnce } from '../author-once.ts';
import type { Candidate, NotEnumerated } from '../candidate.ts';
import type { EnumerationInput, Enumerator, Reading } from '../enumeration.ts';
import { orientStar } from '../join-star.ts';
import { mergedNodes } from './merged-nodes.ts';

const MOST_NODES = 60;

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
    for (const node of [...nodes, ...mergedNodes(nodes, input)]) {
      const about = node.relations.join(' with ');
      const star = orientStar(node, input.world);
      if (star === undefined) {
        continue;
      }
      const { relations, baked, keys, measures: values } = node;
      const draft = { enumerator: 'aggregated', star, relations, baked, keys, values } as const;
      const authored = authorOnce(node, { draft, parts: input });
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
