import type { BoundExpr } from '../bound.ts';
import type { DialectName } from '../dialect.ts';
import { REWRITE_RULES } from '../dialects/rewriting.ts';
import { countsRows, exprKey } from '../normalize/expr-key.ts';
import { isAggregate } from '../normalize/functions.ts';
import type { Call } from '../normalize/walk.ts';
import { aggregate, call, countOf } from './calls.ts';
import type { TypeScope } from './column-types.ts';
import type { Cover } from './cover.ts';
import type { Premises } from './implies.ts';
import { isNotNull } from './implies.ts';
import type { MartOutput } from './mart-output.ts';

/** An aggregate over rows, computed from a mart that has grouped them already. */
export type RolledUp =
  | { readonly kind: 'rolled'; readonly expr: BoundExpr; readonly approximate: boolean }
  | { readonly kind: 'miss'; readonly code: string; readonly text: string };

export interface RollUpParts {
  readonly dialect: DialectName;
  /** The mart's aggregates over the query's sources. */
  readonly measures: readonly MartOutput[];
  readonly keys: Cover;
  readonly premises: Premises;
  readonly scope: TypeScope;
  /** True where a group may have no mart rows: counts must become 0, not NULL. */
  readonly mayBeEmpty: boolean;
}

export function rolled(expr: BoundExpr, approximate = false): RolledUp {
  return { kind: 'rolled', expr, approximate };
}

export function notDerivable(call: Call, why: string): RolledUp {
  return { kind: 'miss', code: 'AGGREGATE_NOT_DERIVABLE', text: `${call.name}: ${why}` };
}

export const FLOATS_DO_NOT_ADD_UP: RolledUp = {
  kind: 'miss',
  code: 'FLOAT_REASSOCIATION',
  text: 'sums of floating-point parts differ in their last digits from the sum of the whole; a decimal column would match',
};

export const TYPE_UNKNOWN: RolledUp = {
  kind: 'miss',
  code: 'TYPE_UNKNOWN',
  text: 'the type of a summed expression is not known, so it may be floating-point; with its type it may match',
};

/** The mart's column that holds just this aggregate, FILTER and all. */
export function measure(asked: Call, { measures, premises }: RollUpParts): BoundExpr | undefined {
  const { nameOf } = premises.equalities;
  const key = exprKey(asked, nameOf);
  return measures.find((output) => exprKey(output.expr, nameOf) === key)?.column;
}

/** The same aggregate of the rows the other's FILTER takes. */
export function filteredAs(own: Call, { filter }: Call): Call {
  return filter === undefined ? own : { ...own, filter };
}

/**
 * The mart's column that counts the rows where a count's argument is not NULL; one without argument counts all rows.
 * Its FILTER must be the count's.
 */
export function countColumn(count: Call, parts: RollUpParts): BoundExpr | undefined {
  const { premises, measures } = parts;
  const counted = countsRows(count) ? undefined : count.args[0];
  const countsAll = counted === undefined || isNotNull(premises, counted);
  if (counted !== undefined) {
    const own = measure(filteredAs(countOf(counted), count), parts);
    if (own !== undefined) {
      return own;
    }
  }
  if (!countsAll) {
    return undefined;
  }
  const { nameOf } = premises.equalities;
  const filter = count.filter === undefined ? '' : exprKey(count.filter, nameOf);
  return measures.find(({ expr }) => {
    if (!isAggregate(expr) || expr.name !== 'count' || expr.distinct) {
      return false;
    }
    const [own] = expr.args;
    const ownFilter = expr.filter === undefined ? '' : exprKey(expr.filter, nameOf);
    const countsEach =
      countsRows(expr) || (own !== undefined && expr.args.length === 1 && isNotNull(premises, own));
    return countsEach && ownFilter === filter;
  })?.column;
}

/** Counts added up, in the type of a count. */
export function summedCount(column: BoundExpr, { dialect, mayBeEmpty }: RollUpParts): BoundExpr {
  const sum = aggregate('sum', column);
  const filled = mayBeEmpty
    ? call('coalesce', [sum, { kind: 'literal', type: 'number', text: '0' }])
    : sum;
  return { kind: 'cast', operand: filled, type: REWRITE_RULES[dialect].countType, safe: false };
}
