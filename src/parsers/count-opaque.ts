import type { Statement } from '../sql/ir.ts';

const OPAQUE_KINDS: ReadonlySet<unknown> = new Set(['opaque', 'opaque-query', 'opaque-from']);

/** How many nodes of the statements stand for text that was not represented. */
export function countOpaque(statements: readonly Statement[]): number {
  return countIn(statements);
}

function countIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) {
    return 0;
  }
  let count = 0;
  for (const [key, part] of Object.entries(value)) {
    if (key === 'kind' && OPAQUE_KINDS.has(part)) {
      count += 1;
    } else if (key === 'opaqueClauses' && Array.isArray(part)) {
      count += part.length;
    } else {
      count += countIn(part);
    }
  }
  return count;
}
