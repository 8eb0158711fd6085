import type { BoundExpr } from '../bound.ts';
import { exprKey } from '../normalize/expr-key.ts';
import { refsIn } from '../normalize/walk.ts';
import type { Embedding } from './embed.ts';
import type { Premises } from './implies.ts';
import { implies } from './implies.ts';
import { Miss } from './miss.ts';
import type { PreparedMart } from './prepared.ts';

/** The mart must stand for something, and may be joined to base tables only within one snapshot. */
export function checkSources(
  { occurrences, missingLeaves, missingSatellites }: Embedding,
  { mart, joinsBack }: { readonly mart: PreparedMart; readonly joinsBack: boolean },
): void {
  if (occurrences.size === 0) {
    throw new Miss(0, {
      code: 'SOURCES_DIFFER',
      text: 'the mart reads none of the query’s sources',
    });
  }
  if (joinsBack && mart.view.sameSnapshot !== true) {
    const names = [...missingLeaves, ...missingSatellites.flatMap((each) => each.right.leaves)].map(
      (leaf) => (leaf.kind === 'table' ? leaf.relation : 'a subquery'),
    );
    throw new Miss(1, {
      code: 'TABLE_NOT_IN_MART',
      text: `the mart does not hold ${names.join(', ')}; joined into it, it may match`,
    });
  }
}

/**
 * Outer, semi and anti joins cannot be compensated: their conditions must be the same, on the rows that the query's own
 * conditions let through before such a join is made.
 */
export function checkConditions(
  { equalConditions }: Embedding,
  { rename, kept }: { readonly rename: (expr: BoundExpr) => BoundExpr; readonly kept: Premises },
): void {
  const keysOf = (conditions: readonly BoundExpr[]): ReadonlySet<string> =>
    new Set(
      conditions
        .filter((condition) => !implies(kept, condition))
        .map((condition) => exprKey(condition, kept.equalities.nameOf)),
    );
  for (const { mart, query } of equalConditions) {
    const [own, asked] = [keysOf(mart.map(rename)), keysOf(query)];
    if (own.size !== asked.size || [...own].some((key) => !asked.has(key))) {
      throw new Miss(2, {
        code: 'JOIN_CONDITION_DIFFERS',
        text: 'an outer, semi or anti join of the mart has another condition than the query’s; such joins must be the same',
      });
    }
  }
}

/** Each condition the mart's rows were filtered by must follow from the query's. */
export function checkContained(
  asked: Premises,
  {
    obligations,
    promotedOn,
  }: { readonly obligations: readonly BoundExpr[]; readonly promotedOn: readonly BoundExpr[] },
): void {
  const lacking = obligations.filter((condition) => !implies(asked, condition));
  const [failed] = lacking;
  if (failed !== undefined) {
    const reason = {
      code: 'PREDICATE_NOT_IMPLIED',
      text: `the mart keeps only rows that satisfy a condition on ${columnsOf(failed)}, which the query does not imply`,
    };
    throw new Miss(4, reason, lacking);
  }
  if (promotedOn.some((condition) => !implies(asked, condition))) {
    throw new Miss(3, {
      code: 'JOIN_CONDITION_DIFFERS',
      text: 'the mart joins on a condition the query does not have',
    });
  }
}

function columnsOf(expr: BoundExpr): string {
  return [...new Set(refsIn(expr).map((ref) => ref.column))].join(', ') || 'constants';
}
