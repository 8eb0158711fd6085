import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { BoundQuery } from '../sql/bound.ts';
import type { Shape } from '../sql/query-shape.ts';

/** A shape as the state keeps it: the query apart and packed, for it is large and seldom needed. */
export interface StoredShape {
  readonly head: string;
  readonly query: Uint8Array | null;
}

export function encodeShape({ query, ...head }: Shape): StoredShape {
  return {
    head: JSON.stringify(head),
    query:
      query === undefined ? null : zstdCompressSync(JSON.stringify(query), { chunkSize: 2048 }),
  };
}

/** Everything but the query. */
export function decodeHead(head: string): Shape {
  return JSON.parse(head) as Shape;
}

/**
 * The shape with its query still packed: it is unpacked when asked for and stays as long as somebody holds it, so
 * that ten thousand templates do not stand in memory with all their trees.
 */
export function decodeShape({ head, query }: StoredShape): Shape {
  const shape = decodeHead(head);
  if (query === null) {
    return shape;
  }
  let held: WeakRef<BoundQuery> | undefined;
  return Object.defineProperty(shape, 'query', {
    enumerable: true,
    get(): BoundQuery {
      const known = held?.deref();
      if (known !== undefined) {
        return known;
      }
      const fresh = JSON.parse(zstdDecompressSync(query).toString()) as BoundQuery;
      held = new WeakRef(fresh);
      return fresh;
    },
  });
}
