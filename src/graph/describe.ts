import type { JoinEdge } from './join-edge.ts';
import { type JoinGraph, joinsByFrequency } from './join-graph.ts';

const NAMED_JOINS = 3;

/** One line for logs and tests: `3 relations, 2 joins: a.id = b.a_id (40 runs), ...`, most frequent first. */
export function describeGraph(graph: JoinGraph): string {
  const joins = joinsByFrequency(graph);
  const head = `${counted(graph.order, 'relation')}, ${counted(joins.length, 'join')}`;
  if (joins.length === 0) {
    return head;
  }
  const named = joins
    .slice(0, NAMED_JOINS)
    .map(({ edge, use }) => `${describeJoin(edge)} (${counted(use.runs, 'run')})`);
  const rest = joins.length - named.length;
  return `${head}: ${[...named, ...(rest > 0 ? [`${rest} more`] : [])].join(', ')}`;
}

/** `sales.customers left join sales.orders on id = customer_id`; inner joins as plain equalities. */
export function describeJoin(edge: JoinEdge): string {
  if (edge.kind === 'inner') {
    return edge.pairs
      .map(({ left, right }) => `${edge.left}.${left} = ${edge.right}.${right}`)
      .join(' and ');
  }
  const keys = edge.pairs.map(({ left, right }) => `${left} = ${right}`).join(' and ');
  return `${edge.left} ${edge.kind} join ${edge.right} on ${keys}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
