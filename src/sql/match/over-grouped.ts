import type { BoundExpr } from '../bound.ts';
import { exprKey } from '../normalize/expr-key.ts';
import { isAggregate, tellsGroupingSet } from '../normalize/functions.ts';
import { replaceIn, replaceInQuery } from '../normalize/replace-in.ts';
import type { Call } from '../normalize/walk.ts';
import type { Covered } from './cover.ts';
import type { Premises } from './implies.ts';
import { Miss } from './miss.ts';
import type { PreparedBlock } from './prepared.ts';

export interface GroupedParts {
  readonly query: PreparedBlock;
  readonly premises: Premises;
  readonly covered: ReadonlySet<number>;
}

/**
 * Rebuilds an expression of a grouped query: aggregates by the given rule, everything else from the very expressions that
 * are grouped by, since an engine knows a group's value by no other text.
 */
export function overGrouped(
  { query, premises, covered }: GroupedParts,
  {
    groupBy,
    aggregate,
  }: {
    /** What each key of the query has become. */
    readonly groupBy: readonly BoundExpr[];
    readonly aggregate: (call: Call) => BoundExpr;
  },
): (expr: BoundExpr) => BoundExpr {
  const { nameOf } = premises.equalities;
  const keys = new Map<string, BoundExpr>();
  for (const [index, key] of (query.groupBy ?? []).entries()) {
    const become = groupBy[index];
    const name = exprKey(key, nameOf);
    if (become !== undefined && !keys.has(name)) {
      keys.set(name, become);
    }
  }
  const known = (part: BoundExpr): BoundExpr | undefined => {
    const key = keys.get(exprKey(part, nameOf));
    if (key === undefined && part.kind === 'ref' && covered.has(part.occ)) {
      throw new Miss(6, {
        code: 'COLUMN_NOT_GROUPED',
        text: `the query gives out ${part.column} of a group without grouping by it; grouped by it, it may match`,
      });
    }
    return key;
  };
  const over = (expr: BoundExpr): BoundExpr =>
    replaceIn(expr, (part) => {
      if (tellsGroupingSet(part)) {
        return { ...part, args: part.args.map(over) };
      }
      const own = known(part) ?? (isAggregate(part) ? aggregate(part) : undefined);
      if (own !== undefined) {
        return own;
      }
      // Aggregates of a query inside are of that query's rows, not of the mart's.
      if (part.kind === 'exists' || part.kind === 'subquery') {
        return { ...part, query: replaceInQuery(part.query, known) };
      }
      if (part.kind === 'in-query') {
        const query = replaceInQuery(part.query, known);
        return { ...part, operand: over(part.operand), query };
      }
      return undefined;
    });
  return over;
}

/**
 * What covers an expression.
 *
 * @throws Miss naming the column that nothing gives.
 */
export function columnOf(covered: Covered): BoundExpr {
  if (covered.kind === 'missing') {
    throw columnMissing(covered.column);
  }
  return covered.expr;
}

export function columnMissing(column: string): Miss {
  return new Miss(6, {
    code: 'COLUMN_NOT_IN_MART',
    text: `the query needs ${column}, which the mart does not hold; with that column it may match`,
  });
}
