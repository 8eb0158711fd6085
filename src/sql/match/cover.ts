import type { BoundExpr } from '../bound.ts';
import { isConstant } from '../normalize/conjuncts.ts';
import type { NameRef } from '../normalize/expr-key.ts';
import { exprKey } from '../normalize/expr-key.ts';
import { isAggregate } from '../normalize/functions.ts';
import { replaceIn } from '../normalize/replace-in.ts';
import { someExpr } from '../normalize/walk.ts';
import type { TypeScope } from './column-types.ts';
import { coverDatePart } from './date-parts.ts';
import { inverseOf } from './invert.ts';
import type { MartOutput } from './mart-output.ts';

export interface CoverParts {
  /** Outputs that may be used: for a grouped mart, its keys. */
  readonly outputs: readonly MartOutput[];
  readonly nameOf: NameRef;
  readonly scope: TypeScope;
  /** Occurrences the mart stands for; columns of any other are left as they are. */
  readonly covered: ReadonlySet<number>;
}

export type Covered =
  | { readonly kind: 'covered'; readonly expr: BoundExpr }
  /** The column, as `t.c`, that no output gives. */
  | { readonly kind: 'missing'; readonly column: string };

export interface Cover {
  /** Computes an expression from the mart's outputs, the largest parts first. */
  readonly expr: (expr: BoundExpr) => Covered;
  /** The mart's column that holds exactly this expression. */
  readonly exactly: (expr: BoundExpr) => BoundExpr | undefined;
}

export function coverWith({ outputs, nameOf, scope, covered }: CoverParts): Cover {
  const columns = new Map<string, BoundExpr>();
  const inverses = new Map<string, BoundExpr>();
  for (const output of outputs) {
    const key = exprKey(output.expr, nameOf);
    if (!columns.has(key)) {
      columns.set(key, output.column);
    }
    const inverse = inverseOf(output, scope);
    if (inverse !== undefined) {
      inverses.set(exprKey(inverse.ref, nameOf), inverse.expr);
    }
  }

  function exactly(expr: BoundExpr): BoundExpr | undefined {
    return columns.get(exprKey(expr, nameOf));
  }

  /** `x['a']['b']` from a column that holds `x['a']`. */
  function withinPrefix(access: Access): BoundExpr | undefined {
    for (let length = access.steps.length - 1; length > 0; length -= 1) {
      const base = exactly({ ...access, steps: access.steps.slice(0, length) });
      const steps = access.steps.slice(length);
      if (
        base !== undefined &&
        steps.every((step) => step.kind === 'field' || isConstant(step.index))
      ) {
        return { ...access, base, steps };
      }
    }
    return undefined;
  }

  function expr(whole: BoundExpr): Covered {
    const missing: string[] = [];
    const result = replaceIn(whole, (part) => {
      if (part.kind === 'literal' || part.kind === 'star') {
        return part;
      }
      const found = exactly(part) ?? coverDatePart(part, { outputs, nameOf, scope });
      if (found !== undefined) {
        return found;
      }
      const inside = part.kind === 'access' ? withinPrefix(part) : undefined;
      if (inside !== undefined) {
        return inside;
      }
      const inverse = part.kind === 'ref' ? inverses.get(exprKey(part, nameOf)) : undefined;
      if (inverse !== undefined) {
        return inverse;
      }
      if (part.kind === 'ref' && covered.has(part.occ)) {
        missing.push(part.column);
        return part;
      }
      return undefined;
    });
    const [first] = missing;
    return first === undefined
      ? { kind: 'covered', expr: result }
      : { kind: 'missing', column: first };
  }

  return { expr, exactly };
}

type Access = Extract<BoundExpr, { kind: 'access' }>;

/** True when the expression reads a column of a source the mart stands for. */
export function readsCovered(expr: BoundExpr, covered: ReadonlySet<number>): boolean {
  return someExpr(expr, (part) => part.kind === 'ref' && covered.has(part.occ));
}

export function hasAggregate(expr: BoundExpr): boolean {
  return someExpr(expr, isAggregate);
}
