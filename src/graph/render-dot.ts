import type { JoinEdge } from './join-edge.ts';
import { type JoinGraph, joinsByFrequency, relationsByFrequency, type Use } from './join-graph.ts';

const WIDEST_LINE = 6;

/** The graph in Graphviz's DOT: lines as wide as the join is frequent, outer joins dashed. Ends with a newline. */
export function renderGraphDot(graph: JoinGraph): string {
  const joins = joinsByFrequency(graph);
  const most = Math.max(...joins.map(({ use }) => use.frequency), Number.MIN_VALUE);
  const nodes = relationsByFrequency(graph).map(
    ({ relation, use }) =>
      `  ${quoted(relation)} [label=${quoted(`${relation}\n${runsText(use)}`)}];`,
  );
  const edges = joins.map(({ edge, use }) => {
    const width = 1 + ((WIDEST_LINE - 1) * use.frequency) / most;
    const style = edge.kind === 'inner' ? 'solid' : 'dashed';
    return `  ${quoted(edge.left)} -- ${quoted(edge.right)} [label=${quoted(
      `${keysOf(edge)}\n${runsText(use)}`,
    )}, penwidth=${width.toFixed(2)}, style=${style}];`;
  });
  return `${['graph joins {', '  node [shape=box];', ...nodes, ...edges, '}'].join('\n')}\n`;
}

function runsText({ runs }: Use): string {
  return `${runs} run${runs === 1 ? '' : 's'}`;
}

function keysOf(edge: JoinEdge): string {
  const keys = edge.pairs.map(({ left, right }) => `${left} = ${right}`).join(', ');
  return edge.kind === 'inner' ? keys : `${edge.kind}: ${keys}`;
}

/** In a quoted DOT string only the quote needs an escape; a backslash would start one of DOT's own (`\n`, `\N`). */
function quoted(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `"${escaped}"`;
}
