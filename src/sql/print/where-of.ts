import type { BoundExpr, BoundSelect } from '../bound.ts';
import type { WritingRules } from '../dialects/writing.ts';

/** A select's condition; one that holds everywhere where QUALIFY must not stand without a clause before it. */
export function whereOf(
  { where, groupBy, having, qualify }: BoundSelect,
  { qualifyNeedsClause }: WritingRules,
): BoundExpr | undefined {
  const isAlone = qualify !== undefined && groupBy === undefined && having === undefined;
  return where === undefined && isAlone && qualifyNeedsClause
    ? { kind: 'literal', type: 'boolean', text: 'true' }
    : where;
}
