import type { BoundExpr } from '../bound.ts';

/** What a pattern such as `'ab%'` asks a text to begin with, where it asks nothing else. */
export function prefixOf(condition: BoundExpr): { of: BoundExpr; prefix: string } | undefined {
  if (condition.kind !== 'binary' || condition.op !== 'like') {
    return undefined;
  }
  const { left, right } = condition;
  const match =
    right.kind === 'literal' && right.type === 'string' ? /^([^%_\\]*)%$/.exec(right.text) : null;
  return match === null ? undefined : { of: left, prefix: match[1] ?? '' };
}
