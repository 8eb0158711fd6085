import { dayOf } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import type { JoinEdgeKind, KeyPair } from './join-edge.ts';
import { type JoinGraph, joinsByFrequency, relationsByFrequency, type Use } from './join-graph.ts';

/** What `goldsmith graph --json` prints; most used first. */
export interface GraphJson {
  readonly relations: readonly (UseJson & { readonly relation: RelationId })[];
  readonly joins: readonly (UseJson & {
    readonly left: RelationId;
    readonly right: RelationId;
    readonly kind: JoinEdgeKind;
    readonly pairs: readonly KeyPair[];
    readonly fingerprints: readonly string[];
  })[];
}

export interface UseJson {
  readonly runs: number;
  /** Rounded to a thousandth. */
  readonly frequency: number;
  readonly cpuMs: number;
  readonly readers: number;
  readonly days: number;
  /** UTC day; absent where no run succeeded. */
  readonly lastSeen?: string;
}

export function renderGraphJson(graph: JoinGraph): GraphJson {
  return {
    relations: relationsByFrequency(graph).map(({ relation, use }) => ({
      relation,
      ...useJson(use),
    })),
    joins: joinsByFrequency(graph).map(({ edge, use, fingerprints }) => ({
      left: edge.left,
      right: edge.right,
      kind: edge.kind,
      pairs: edge.pairs,
      ...useJson(use),
      fingerprints,
    })),
  };
}

function useJson({ runs, frequency, cpuMs, readers, days, lastSeenAt }: Use): UseJson {
  return {
    runs,
    frequency: thousandths(frequency),
    cpuMs: thousandths(cpuMs),
    readers,
    days,
    ...(lastSeenAt === 0 ? {} : { lastSeen: dayOf(lastSeenAt) }),
  };
}

function thousandths(value: number): number {
  return Math.round(value * 1000) / 1000;
}
