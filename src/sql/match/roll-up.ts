import type { BoundExpr } from '../bound.ts';
import { countsRows } from '../normalize/expr-key.ts';
import { ignoresDuplicates, isAggregate, makesSet } from '../normalize/functions.ts';
import { replaceIn } from '../normalize/replace-in.ts';
import type { Call } from '../normalize/walk.ts';
import { aggregate, countOf } from './calls.ts';
import { familyOf, typeOf } from './column-types.ts';
import { conditionalOf } from './conditional-aggregate.ts';
import { rollUpDistinct } from './roll-up-distinct.ts';
import type { RolledUp, RollUpParts } from './roll-up-parts.ts';
import { countColumn, measure, notDerivable, rolled, summedCount } from './roll-up-parts.ts';
import { isSpread, rollUpSpread } from './roll-up-spread.ts';
import { rollUpAverage, rollUpSum, sumAgain } from './roll-up-sum.ts';

export type { RolledUp, RollUpParts } from './roll-up-parts.ts';

/** One aggregate of the query at a coarser grain than the mart's (selection table of derivations). */
export function rollUp(call: Call, parts: RollUpParts): RolledUp {
  if (call.orderBy.length > 0) {
    return notDerivable(call, 'its order is not on the mart');
  }
  const fromKeys = overKeys(call, parts);
  if (fromKeys !== undefined) {
    return fromKeys;
  }
  if (call.distinct) {
    return rollUpDistinct(call, parts);
  }
  const conditional =
    measure(call, parts) === undefined ? conditionalGroups(call, parts) : undefined;
  if (conditional !== undefined) {
    return conditional;
  }
  const derived = derive(call, parts);
  return derived.kind === 'rolled' ? derived : (filteredGroups(call, parts) ?? derived);
}

/** From what the mart holds of the very rows. */
function derive(call: Call, parts: RollUpParts): RolledUp {
  switch (call.name) {
    case 'count':
      return rollUpCount(call, parts);
    case 'sum':
      return rollUpSum(call, parts);
    case 'avg':
    case 'mean':
      return rollUpAverage(call, parts);
  }
  if (isSpread(call.name)) {
    return rollUpSpread(call, parts);
  }
  if (ignoresDuplicates(call.name) || call.name === 'bit_xor') {
    const column = measure(call, parts);
    return column === undefined
      ? notDerivable(call, 'the mart does not hold it')
      : rolled(aggregate(call.name, column));
  }
  return makesSet(call)
    ? {
        kind: 'miss',
        code: 'SETS_NOT_UNITED',
        text: `${call.name}: the sets or sketches of finer groups are not united, as this dialect has no function known to do it; a mart at the query’s own grain would match`,
      }
    : notDerivable(call, 'it cannot be computed from groups');
}

/** A FILTER on grouping keys alone takes or leaves whole groups of the mart. */
function filteredGroups(call: Call, parts: RollUpParts): RolledUp | undefined {
  const { filter: condition, ...plain } = call;
  if (condition === undefined) {
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

/** `sum(case when k = 1 then x end)` takes whole groups, where `k` is a grouping key. */
function conditionalGroups(call: Call, parts: RollUpParts): RolledUp | undefined {
  const conditional = conditionalOf(call);
  const condition = conditional === undefined ? undefined : parts.keys.expr(conditional.condition);
  if (conditional === undefined || condition?.kind !== 'covered') {
    return undefined;
  }
  const { otherwise } = conditional;
  const whole = rollUp(conditional.plain, { ...parts, mayBeEmpty: true });
  if (whole.kind === 'miss') {
    return undefined;
  }
  const [argument] = call.args;
  if (otherwise !== undefined) {
    const column = soleColumn(whole.expr);
    return column === undefined || argument === undefined
      ? undefined
      : sumAgain(aggregate('sum', chosen(condition.expr, { value: column, otherwise })), {
          argument,
          parts,
        });
  }
  const taken = replaceIn(whole.expr, (part) => {
    const [value] = isAggregate(part) ? part.args : [];
    return isAggregate(part) && value !== undefined && part.args.length === 1
      ? { ...part, args: [chosen(condition.expr, { value })] }
      : undefined;
  });
  return rolled(taken, whole.approximate);
}

/** The argument of the only aggregate in what was rolled up: what each group of the mart adds. */
function soleColumn(expr: BoundExpr): BoundExpr | undefined {
  const plain = expr.kind === 'cast' ? expr.operand : expr;
  const filled = plain.kind === 'call' && plain.name === 'coalesce' ? plain.args[0] : plain;
  return filled?.kind === 'call' && filled.name === 'sum' ? filled.args[0] : undefined;
}

function chosen(
  when: BoundExpr,
  { value, otherwise }: { readonly value: BoundExpr; readonly otherwise?: BoundExpr },
): BoundExpr {
  return {
    kind: 'case',
    // oxlint-disable-next-line unicorn/no-thenable -- the IR's word for what a branch gives
    whens: [{ when, then: value }],
    ...(otherwise === undefined ? {} : { otherwise }),
  };
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
  if (addsFloats) {
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

function rollUpCount(call: Call, parts: RollUpParts): RolledUp {
  if (call.args.length > 1) {
    return notDerivable(call, 'of several columns');
  }
  const column = countColumn(call, parts);
  if (column !== undefined) {
    return rolled(summedCount(column, parts));
  }
  const counted = countsRows(call) ? undefined : call.args[0];
  const value =
    counted === undefined || call.filter !== undefined ? undefined : parts.keys.expr(counted);
  const rows = countColumn(countOf(undefined), parts);
  if (value?.kind === 'covered' && rows !== undefined) {
    const when: BoundExpr = { kind: 'is', operand: value.expr, test: 'null', negated: true };
    return rolled(summedCount(chosen(when, { value: rows }), { ...parts, mayBeEmpty: true }));
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
