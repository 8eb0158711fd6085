import type { BoundExpr } from '../bound.ts';
import { REWRITE_RULES } from '../dialects/rewriting.ts';
import type { Call } from '../normalize/walk.ts';
import { aggregate, call, countOf } from './calls.ts';
import { familyOf, typeOf } from './column-types.ts';
import type { RolledUp, RollUpParts } from './roll-up-parts.ts';
import { countColumn, filteredAs, measure, notDerivable, rolled } from './roll-up-parts.ts';

/** Whether the sample's formula is used, and whether the root is drawn. */
const SPREADS: ReadonlyMap<string, { readonly ofSample: boolean; readonly root: boolean }> =
  new Map([
    ['var_samp', { ofSample: true, root: false }],
    ['variance', { ofSample: true, root: false }],
    ['var_pop', { ofSample: false, root: false }],
    ['stddev', { ofSample: true, root: true }],
    ['stddev_samp', { ofSample: true, root: true }],
    ['stddev_pop', { ofSample: false, root: true }],
  ]);

export function isSpread(name: string): boolean {
  return SPREADS.has(name);
}

/**
 * A variance from the count, the sum and the sum of squares: `(n·Σx² − (Σx)²) / (n·(n−1))`. Only for integers, whose
 * numerator is exact: a difference of two large floating-point numbers may have no right digit left.
 */
export function rollUpSpread(spread: Call, parts: RollUpParts): RolledUp {
  const kind = SPREADS.get(spread.name);
  const [argument] = spread.args;
  if (kind === undefined || argument === undefined || spread.args.length > 1) {
    return notDerivable(spread, 'without one argument');
  }
  const { wideInteger, averageOfIntegers } = REWRITE_RULES[parts.dialect];
  const isExact =
    familyOf(typeOf(argument, parts.scope)) === 'integer' &&
    wideInteger !== undefined &&
    averageOfIntegers !== undefined;
  if (!isExact) {
    return notDerivable(
      spread,
      'only of integers can it be computed from sums without losing digits, in an engine with wide integers',
    );
  }
  const square: BoundExpr = { kind: 'binary', op: '*', left: argument, right: argument };
  const count = countColumn(filteredAs(countOf(argument), spread), parts);
  const sum = measure(filteredAs(aggregate('sum', argument), spread), parts);
  const squares = measure(filteredAs(aggregate('sum', square), spread), parts);
  if (count === undefined || sum === undefined || squares === undefined) {
    return {
      kind: 'miss',
      code: 'SPREAD_NEEDS_SUMS',
      text: 'a variance is rolled up from a count, a sum and a sum of squares of the same column; the mart lacks one',
    };
  }
  const total = (column: BoundExpr): BoundExpr => ({
    kind: 'cast',
    operand: aggregate('sum', column),
    type: wideInteger,
    safe: false,
  });
  const one: BoundExpr = { kind: 'literal', type: 'number', text: '1' };
  const numerator = minus(times(total(count), total(squares)), times(total(sum), total(sum)));
  const denominator = times(total(count), kind.ofSample ? minus(total(count), one) : total(count));
  const variance: BoundExpr = {
    kind: 'binary',
    op: '/',
    left: { kind: 'cast', operand: numerator, type: averageOfIntegers, safe: false },
    right: call('nullif', [denominator, { kind: 'literal', type: 'number', text: '0' }]),
  };
  return rolled(kind.root ? call('sqrt', [variance]) : variance, true);
}

function times(left: BoundExpr, right: BoundExpr): BoundExpr {
  return { kind: 'binary', op: '*', left, right };
}

function minus(left: BoundExpr, right: BoundExpr): BoundExpr {
  return { kind: 'binary', op: '-', left, right };
}
