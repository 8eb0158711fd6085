import type { BoundExpr } from '../bound.ts';
import type { DialectName } from '../dialect.ts';
import { REWRITE_RULES } from '../dialects/rewriting.ts';
import { countsRows, exprKey } from '../normalize/expr-key.ts';
import { ignoresDuplicates, isAggregate } from '../normalize/functions.ts';
import { replaceIn } from '../normalize/replace-in.ts';
import type { Call } from '../normalize/walk.ts';
import { aggregate, call, countOf } from './calls.ts';
import type { TypeScope } from './column-types.ts';
import { familyOf, typeOf } from './column-types.ts';
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

/** One aggregate of the query at a coarser grain than the mart's (selection table of derivations). */
export function rollUp(call: Call, parts: RollUpParts): RolledUp {
  if (call.filter !== undefined || call.orderBy.length > 0) {
    return (
      overKeys(call, parts) ??
      filteredGroups(call, parts) ??
      miss(call, 'its filter or order is not on the mart')
    );
  }
  const fromKeys = overKeys(call, parts);
  if (fromKeys !== undefined) {
    return fromKeys;
  }
  if (call.distinct) {
    return miss(
      call,
      'distinct values do not add up; the column would have to be a grouping key of the mart',
    );
  }
  switch (call.name) {
    case 'count':
      return rollUpCount(call, parts);
    case 'sum':
      return rollUpSum(call, parts);
    case 'avg':
    case 'mean':
      return rollUpAverage(call, parts);
  }
  if (ignoresDuplicates(call.name)) {
    const column = measure(call, parts);
    return column === undefined
      ? miss(call, 'the mart does not hold it')
      : rolled({ ...call, args: [column] });
  }
  return miss(call, 'it cannot be computed from groups');
}

/** A FILTER on grouping keys alone takes or leaves whole groups of the mart. */
function filteredGroups(call: Call, parts: RollUpParts): RolledUp | undefined {
  const { filter: condition, ...plain } = call;
  if (condition === undefined || call.orderBy.length > 0) {
    return undefined;
  }
  const filter = parts.keys.expr(condition);
  const whole = rollUp(plain, { ...parts, mayBeEmpty: true });
  if (filter.kind === 'missing' || whole.kind === 'miss') {
    return undefined;
  }
  const filtered = replaceIn(whole.expr, (part) =>
    isAggregate(part) ? { ...part, filter: filter.expr } : undefined,
  );
  return rolled(filtered, whole.approximate);
}

function miss(call: Call, why: string): RolledUp {
  return { kind: 'miss', code: 'AGGREGATE_NOT_DERIVABLE', text: `${call.name}: ${why}` };
}

function rolled(expr: BoundExpr, approximate = false): RolledUp {
  return { kind: 'rolled', expr, approximate };
}

/** Aggregates that see each value once, over the mart's grouping keys. */
function overKeys(call: Call, parts: RollUpParts): RolledUp | undefined {
  const [argument, ...more] = call.args;
  const seesOnce = call.distinct || ignoresDuplicates(call.name);
  if (!seesOnce || argument === undefined || more.length > 0 || argument.kind === 'star') {
    return undefined;
  }
  if (call.distinct && !['count', 'sum', 'avg', 'min', 'max'].includes(call.name)) {
    return undefined;
  }
  const addsFloats =
    call.distinct && call.name !== 'count' && familyOf(typeOf(argument, parts.scope)) === 'float';
  if (addsFloats || call.orderBy.length > 0) {
    return undefined;
  }
  const value = parts.keys.expr(argument);
  const filter = call.filter === undefined ? undefined : parts.keys.expr(call.filter);
  if (value.kind === 'missing' || filter?.kind === 'missing') {
    return undefined;
  }
  const { filter: _filter, ...rest } = call;
  return rolled({
    ...rest,
    args: [value.expr],
    ...(filter === undefined ? {} : { filter: filter.expr }),
  });
}

function measure(call: Call, { measures, premises }: RollUpParts): BoundExpr | undefined {
  const { nameOf } = premises.equalities;
  const key = exprKey(call, nameOf);
  return measures.find((output) => exprKey(output.expr, nameOf) === key)?.column;
}

/** The mart's column that counts the rows where the expression is not NULL; no expression counts all rows. */
function countColumn(argument: BoundExpr | undefined, parts: RollUpParts): BoundExpr | undefined {
  const countsAll =
    argument === undefined || argument.kind === 'star' || isNotNull(parts.premises, argument);
  if (argument !== undefined && argument.kind !== 'star') {
    const own = measure(countOf(argument), parts);
    if (own !== undefined) {
      return own;
    }
  }
  if (!countsAll) {
    return undefined;
  }
  const { nameOf } = parts.premises.equalities;
  return parts.measures.find(({ expr }) => {
    if (!isAggregate(expr) || expr.name !== 'count' || expr.distinct || expr.filter !== undefined) {
      return false;
    }
    const [counted] = expr.args;
    return (
      countsRows(expr) ||
      (counted !== undefined && expr.args.length === 1 && isNotNull(parts.premises, counted)) ||
      exprKey(expr, nameOf) === exprKey(countOf(undefined), nameOf)
    );
  })?.column;
}

function rollUpCount(call: Call, parts: RollUpParts): RolledUp {
  if (call.args.length > 1) {
    return miss(call, 'of several columns');
  }
  const [argument] = call.args;
  const counted = countsRows(call) ? undefined : argument;
  const column = countColumn(counted, parts);
  if (column !== undefined) {
    return rolled(summedCount(column, parts));
  }
  const value = counted === undefined ? undefined : parts.keys.expr(counted);
  const rows = countColumn(undefined, parts);
  if (value?.kind === 'covered' && rows !== undefined) {
    const ifPresent: BoundExpr = {
      kind: 'case',
      whens: [
        // oxlint-disable-next-line unicorn/no-thenable -- the IR's word for what a branch gives
        { when: { kind: 'is', operand: value.expr, test: 'null', negated: true }, then: rows },
      ],
    };
    return rolled(summedCount(ifPresent, { ...parts, mayBeEmpty: true }));
  }
  return {
    kind: 'miss',
    code: 'COUNT_NOT_IN_MART',
    text:
      counted === undefined
        ? 'the mart holds no count(*)'
        : 'the mart holds no count of that column, and the column is not proved to be never NULL',
  };
}

function summedCount(column: BoundExpr, { dialect, mayBeEmpty }: RollUpParts): BoundExpr {
  const sum = aggregate('sum', column);
  const filled = mayBeEmpty
    ? call('coalesce', [sum, { kind: 'literal', type: 'number', text: '0' }])
    : sum;
  return { kind: 'cast', operand: filled, type: REWRITE_RULES[dialect].countType, safe: false };
}

const FLOATS_DO_NOT_ADD_UP: RolledUp = {
  kind: 'miss',
  code: 'FLOAT_REASSOCIATION',
  text: 'sums of floating-point parts differ in their last digits from the sum of the whole; a decimal column would match',
};

const TYPE_UNKNOWN: RolledUp = {
  kind: 'miss',
  code: 'TYPE_UNKNOWN',
  text: 'the type of a summed expression is not known, so it may be floating-point; with its type it may match',
};

function rollUpSum(sum: Call, parts: RollUpParts): RolledUp {
  const column = measure(sum, parts);
  const [argument] = sum.args;
  if (argument === undefined || sum.args.length > 1) {
    return miss(sum, 'without one argument');
  }
  const type = typeOf(argument, parts.scope);
  const family = familyOf(type);
  if (column === undefined) {
    return sumOverKeys(sum, parts);
  }
  if (family === 'float') {
    return FLOATS_DO_NOT_ADD_UP;
  }
  if (family === 'unknown' || (family !== 'integer' && family !== 'decimal')) {
    return TYPE_UNKNOWN;
  }
  const back = REWRITE_RULES[parts.dialect].sumBack({
    type: type ?? '',
    isInteger: family === 'integer',
  });
  const again = aggregate('sum', column);
  if (back === 'same') {
    return rolled(again);
  }
  return back === 'unknown'
    ? TYPE_UNKNOWN
    : rolled({ kind: 'cast', operand: again, type: back, safe: false });
}

/** `sum(x)` over a grouping key `x` is the sum of `x` times the rows of each group. */
function sumOverKeys(sum: Call, parts: RollUpParts): RolledUp {
  const [argument] = sum.args;
  const value = argument === undefined ? undefined : parts.keys.expr(argument);
  const rows = countColumn(undefined, parts);
  const wide = REWRITE_RULES[parts.dialect].wideInteger;
  const family = argument === undefined ? 'unknown' : familyOf(typeOf(argument, parts.scope));
  if (
    value?.kind !== 'covered' ||
    rows === undefined ||
    wide === undefined ||
    family !== 'integer'
  ) {
    return miss(sum, 'the mart does not hold it');
  }
  const product: BoundExpr = {
    kind: 'binary',
    op: '*',
    left: { kind: 'cast', operand: value.expr, type: wide, safe: false },
    right: rows,
  };
  return rolled(aggregate('sum', product));
}

function rollUpAverage(average: Call, parts: RollUpParts): RolledUp {
  const [argument] = average.args;
  if (argument === undefined) {
    return miss(average, 'without one argument');
  }
  const family = familyOf(typeOf(argument, parts.scope));
  if (family === 'float') {
    return FLOATS_DO_NOT_ADD_UP;
  }
  if (family !== 'integer' && family !== 'decimal') {
    return TYPE_UNKNOWN;
  }
  const rules = REWRITE_RULES[parts.dialect];
  const double = family === 'integer' ? rules.averageOfIntegers : rules.averageOfDecimals;
  if (double === undefined) {
    return miss(average, 'the type of its result cannot be rebuilt in this dialect');
  }
  const sum = measure(aggregate('sum', argument), parts);
  const count = countColumn(argument, parts);
  if (sum === undefined || count === undefined) {
    return {
      kind: 'miss',
      code: 'AVERAGE_NEEDS_SUM_AND_COUNT',
      text: 'an average is rolled up from a sum and a count of the same column; the mart lacks one',
    };
  }
  const quotient: BoundExpr = {
    kind: 'binary',
    op: '/',
    left: { kind: 'cast', operand: aggregate('sum', sum), type: double, safe: false },
    right: call('nullif', [
      aggregate('sum', count),
      { kind: 'literal', type: 'number', text: '0' },
    ]),
  };
  return rolled(quotient, true);
}
