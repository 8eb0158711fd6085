import type { RelationId } from '../base/relation.ts';

/** Every hidden table of ours carries this comment; with the ledger and the journal it proves whose it is. */
export const MARKER_PREFIX = 'goldsmith: ';

export function versionMarker(mart: RelationId, version: number, digest: string): string {
  return `${MARKER_PREFIX}version ${version} of ${mart}, definition ${digest}`;
}

/** The comment on a view of our own; an adopted view keeps its author's. */
export function martMarker(digest: string): string {
  return `${MARKER_PREFIX}mart with definition ${digest}`;
}
