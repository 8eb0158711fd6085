import type { Shape } from '../sql/query-shape.ts';
import type { ReadShapes, ScopedFingerprint, ShapeRequest } from './usage-ports.ts';

export interface ReadTextsParts {
  readonly readShapes: ReadShapes;
  readonly signal?: AbortSignal | undefined;
}

const notRead: Shape = {
  level: 'lexer',
  reader: 'tokens',
  statement: 'other',
  relations: [],
  columns: [],
  joins: [],
  lineage: [],
  notUnderstood: ['not read'],
};

/** Reads texts into shapes, found again by the request's fingerprint; what the port leaves out counts as not read. */
export async function readTexts(
  requests: readonly ShapeRequest[],
  { readShapes, signal }: ReadTextsParts,
): Promise<(fingerprint: string) => Shape> {
  signal?.throwIfAborted();
  const shapes = requests.length === 0 ? undefined : await readShapes(requests, signal);
  return (fingerprint) => shapes?.get(fingerprint) ?? notRead;
}

/** Asks for a text under another fingerprint than the one it has, where that one would be ambiguous. */
export function shapeRequest(
  text: string,
  { fingerprint, database, schema }: ScopedFingerprint,
): ShapeRequest {
  return {
    fingerprint,
    text,
    ...(database === '' ? {} : { database }),
    ...(schema === '' ? {} : { schema }),
  };
}
