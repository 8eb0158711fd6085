import { MultiUndirectedGraph } from 'graphology';
import type { EpochMs } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import type { JoinEdge } from './join-edge.ts';

/** How much a relation or a join is used within the window. */
export interface Use {
  readonly runs: number;
  /** Runs, each weighted by its age. */
  readonly frequency: number;
  /** Of the whole statements that use it. */
  readonly cpuMs: number;
  /** Distinct readers. */
  readonly readers: number;
  /** Distinct UTC days. */
  readonly days: number;
  readonly lastSeenAt: EpochMs;
}

export interface RelationNode {
  readonly relation: RelationId;
  readonly use: Use;
}

export interface WeightedJoin {
  readonly edge: JoinEdge;
  readonly use: Use;
  /** Templates that join so, sorted. */
  readonly fingerprints: readonly string[];
}

/**
 * The join-frequency graph: relations as nodes (keyed by id), joins as edges (keyed by `JoinEdge.key`).
 * Written while it is built, only read afterwards.
 */
export type JoinGraph = MultiUndirectedGraph<RelationNode, WeightedJoin>;

export function emptyJoinGraph(): JoinGraph {
  return new MultiUndirectedGraph<RelationNode, WeightedJoin>();
}

/** All joins, most frequent first, ties by key. */
export function joinsByFrequency(graph: JoinGraph): readonly WeightedJoin[] {
  return graph
    .mapEdges((_key, join) => join)
    .toSorted((a, b) => b.use.frequency - a.use.frequency || compareText(a.edge.key, b.edge.key));
}

/** All relations, most frequent first, ties by id. */
export function relationsByFrequency(graph: JoinGraph): readonly RelationNode[] {
  return graph
    .mapNodes((_id, node) => node)
    .toSorted((a, b) => b.use.frequency - a.use.frequency || compareText(a.relation, b.relation));
}

function compareText(a: string, b: string): number {
  if (a === b) {
    return 0;
  }
  return a < b ? -1 : 1;
}
