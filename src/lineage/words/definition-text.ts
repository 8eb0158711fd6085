import { type RelationId, relationParts } from '../../base/relation.ts';
import type { BoundExpr } from '../../sql/bound.ts';
import type { Dialect } from '../../sql/dialect.ts';
import { replaceIn } from '../../sql/normalize/replace-in.ts';
import { printExpr } from '../../sql/print/print-expr.ts';
import { Unprintable } from '../../sql/print/unprintable.ts';

export interface TextParts {
  readonly dialect: Dialect;
  readonly tables: ReadonlyMap<number, RelationId>;
}

/** No source has this number: it marks what stands for a value that is not shown. */
const HIDDEN = -1;

/**
 * An expression as people read it, its columns by the tables they come from: `sum(order_lines.net_amount)`. Values that were
 * taken out, and all other literals that are not part of a formula, stand as `?`.
 */
export function definitionText(expr: BoundExpr, { dialect, tables }: TextParts): string {
  const shown = replaceIn(expr, (part) =>
    part.kind === 'parameter' ? { kind: 'ref', occ: HIDDEN, column: '?' } : undefined,
  );
  try {
    return printExpr(shown, {
      dialect,
      printRef: ({ occ, column }) => {
        const relation = tables.get(occ);
        return relation === undefined ? column : `${relationParts(relation).name}.${column}`;
      },
      printNested: () => '(a subquery)',
    });
  } catch (error) {
    if (error instanceof Unprintable) {
      return `something without a text: ${error.because}`;
    }
    throw error;
  }
}
