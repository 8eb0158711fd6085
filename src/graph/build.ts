import type { RelationId } from '../base/relation.ts';
import type { Decay } from '../usage/decay.ts';
import type { UsageSnapshot } from '../usage/template.ts';
import { type TemplateUse, useByTemplate } from '../usage/template-use.ts';
import { byKey, type JoinEdge, joinEdgesOf } from './join-edge.ts';
import { emptyJoinGraph, type JoinGraph, type Use } from './join-graph.ts';

/**
 * Builds the graph from what was used in the snapshot's window. A statement counts once for a relation and
 * once for a join, however often it names it.
 */
export function buildJoinGraph(usage: UsageSnapshot, options: Decay): JoinGraph {
  const uses = useByTemplate(usage.facts, options);
  const relations = new Map<RelationId, UseSum>();
  const joins = new Map<string, JoinSum>();
  for (const template of usage.templates) {
    const use = uses.get(template.fingerprint);
    if (use === undefined) {
      continue;
    }
    const edges = joinEdgesOf(template.shape);
    for (const edge of edges) {
      const join = joins.get(edge.key) ?? { edge, fingerprints: [], sum: emptyUse() };
      joins.set(edge.key, join);
      join.fingerprints.push(template.fingerprint);
      addUse(join.sum, use);
    }
    for (const relation of relationsOf(template.shape.relations, edges)) {
      const sum = relations.get(relation) ?? emptyUse();
      relations.set(relation, sum);
      addUse(sum, use);
    }
  }
  return graphOf(relations, joins);
}

interface UseSum {
  runs: number;
  frequency: number;
  cpuMs: number;
  lastSeenAt: number;
  readonly readers: Set<string>;
  readonly days: Set<string>;
}

interface JoinSum {
  readonly edge: JoinEdge;
  readonly fingerprints: string[];
  readonly sum: UseSum;
}

function relationsOf(
  named: readonly { readonly relation: RelationId }[],
  edges: readonly JoinEdge[],
): ReadonlySet<RelationId> {
  return new Set([
    ...named.map(({ relation }) => relation),
    ...edges.flatMap(({ left, right }) => [left, right]),
  ]);
}

function graphOf(
  relations: ReadonlyMap<RelationId, UseSum>,
  joins: ReadonlyMap<string, JoinSum>,
): JoinGraph {
  const graph = emptyJoinGraph();
  for (const relation of [...relations.keys()].toSorted()) {
    graph.addNode(relation, { relation, use: finished(relations.get(relation) ?? emptyUse()) });
  }
  for (const { edge, fingerprints, sum } of [...joins.values()].toSorted((a, b) =>
    byKey(a.edge, b.edge),
  )) {
    graph.addEdgeWithKey(edge.key, edge.left, edge.right, {
      edge,
      use: finished(sum),
      fingerprints: fingerprints.toSorted(),
    });
  }
  return graph;
}

function emptyUse(): UseSum {
  return {
    runs: 0,
    frequency: 0,
    cpuMs: 0,
    lastSeenAt: 0,
    readers: new Set(),
    days: new Set(),
  };
}

function addUse(sum: UseSum, use: TemplateUse): void {
  sum.runs += use.runs;
  sum.frequency += use.frequency;
  sum.cpuMs += use.cpuMs;
  sum.lastSeenAt = Math.max(sum.lastSeenAt, use.lastSeenAt);
  for (const reader of use.readers) {
    sum.readers.add(reader);
  }
  for (const day of use.days) {
    sum.days.add(day);
  }
}

function finished(sum: UseSum): Use {
  return { ...sum, readers: sum.readers.size, days: sum.days.size };
}
