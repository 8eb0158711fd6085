import type { BoundExpr } from '../../sql/bound.ts';
import { countsRows } from '../../sql/normalize/expr-key.ts';
import type { Call } from '../../sql/normalize/walk.ts';

/** An aggregate with what it filters by set apart from what it adds up. */
export interface AggregateParts {
  /** One name for each: `avg` for `mean`, `count` for `count_if`. */
  readonly name: string;
  readonly distinct: boolean;
  /** Absent: it counts rows. */
  readonly argument: BoundExpr | undefined;
  /** Conditions that all hold of the rows it sees. */
  readonly filter: readonly BoundExpr[];
  readonly call: Call;
}

/**
 * FILTER, CASE without an ELSE and IF say the same: which rows count. An ELSE of 0 does so in a sum alone, for a count would
 * count it and an average would divide by it.
 */
export function aggregateParts(call: Call): AggregateParts {
  const name = NAMES.get(call.name) ?? call.name;
  const filter = call.filter === undefined ? [] : [call.filter];
  const [first] = call.args;
  if (CONDITION_COUNTS.has(call.name) && first !== undefined) {
    return {
      name: 'count',
      distinct: call.distinct,
      argument: undefined,
      filter: [...filter, first],
      call,
    };
  }
  const argument = name === 'count' && !call.distinct && countsRows(call) ? undefined : first;
  return withoutCase({ name, distinct: call.distinct, argument, filter, call });
}

function withoutCase(parts: AggregateParts): AggregateParts {
  const { argument, name } = parts;
  if (argument === undefined) {
    return parts;
  }
  const choice = choiceOf(argument);
  if (choice === undefined || !(isNothing(choice.otherwise) || isZeroOfSum(name, choice))) {
    return parts;
  }
  const filter = [...parts.filter, choice.when];
  const isCounted = name === 'count' && !parts.distinct && isValue(choice.chosen);
  return withoutCase({ ...parts, filter, argument: isCounted ? undefined : choice.chosen });
}

interface Choice {
  readonly when: BoundExpr;
  readonly chosen: BoundExpr;
  readonly otherwise: BoundExpr | undefined;
}

function choiceOf(expr: BoundExpr): Choice | undefined {
  if (expr.kind === 'case') {
    const [only, ...more] = expr.whens;
    if (only === undefined || more.length > 0) {
      return undefined;
    }
    const { operand, otherwise } = expr;
    const when: BoundExpr =
      operand === undefined
        ? only.when
        : { kind: 'binary', op: '=', left: operand, right: only.when };
    return { when, chosen: only.then, otherwise };
  }
  if (expr.kind === 'call' && (expr.name === 'if' || expr.name === 'iff')) {
    const [when, chosen, otherwise] = expr.args;
    return when === undefined || chosen === undefined ? undefined : { when, chosen, otherwise };
  }
  return undefined;
}

function isNothing(expr: BoundExpr | undefined): boolean {
  return expr === undefined || (expr.kind === 'literal' && expr.type === 'null');
}

function isZeroOfSum(name: string, { otherwise }: Choice): boolean {
  return (
    name === 'sum' &&
    otherwise?.kind === 'literal' &&
    otherwise.type === 'number' &&
    Number(otherwise.text) === 0
  );
}

function isValue(expr: BoundExpr): boolean {
  return expr.kind === 'literal' && expr.type !== 'null';
}

const CONDITION_COUNTS: ReadonlySet<string> = new Set(['count_if', 'countif']);

const NAMES: ReadonlyMap<string, string> = new Map([
  ['mean', 'avg'],
  ['count_star', 'count'],
  ['logical_and', 'bool_and'],
  ['logical_or', 'bool_or'],
  ['every', 'bool_and'],
  ['std', 'stddev_samp'],
  ['stddev', 'stddev_samp'],
  ['variance', 'var_samp'],
  ['approx_distinct', 'approx_count_distinct'],
  ['ndv', 'approx_count_distinct'],
]);
