import type { BlockFacts, RangeFact } from './block-facts.ts';
import type { BoundExpr } from './bound.ts';
import { isConstant } from './normalize/conjuncts.ts';

type Bound = RangeFact['bounds'][number];
type KeyOf = (expr: BoundExpr) => string;

/** Conditions that hold together, told apart: columns that are equal, ranges of expressions, and the rest. */
export function conditionFacts(
  conditions: readonly BoundExpr[],
  keyOf: KeyOf,
): Pick<BlockFacts, 'equal' | 'ranges' | 'residuals'> {
  const classes = new Map<string, Set<string>>();
  const ranges = new Map<string, Bound[]>();
  const residuals = new Set<string>();
  for (const condition of conditions) {
    const pair = equalColumns(condition);
    const range = rangeOf(condition, keyOf);
    if (pair !== undefined) {
      unite(classes, pair.map(keyOf));
    } else if (range !== undefined) {
      ranges.set(range.of, [...(ranges.get(range.of) ?? []), range.bound]);
    } else {
      residuals.add(keyOf(condition));
    }
  }
  return {
    equal: [...new Set(classes.values())].map((columns) => [...columns].toSorted()),
    ranges: [...ranges].map(([of, bounds]) => ({ of, bounds })),
    residuals: [...residuals],
  };
}

function equalColumns(condition: BoundExpr): readonly BoundExpr[] | undefined {
  return condition.kind === 'binary' &&
    condition.op === '=' &&
    condition.left.kind === 'ref' &&
    condition.right.kind === 'ref'
    ? [condition.left, condition.right]
    : undefined;
}

function unite(classes: Map<string, Set<string>>, columns: readonly string[]): void {
  const united = new Set(columns.flatMap((column) => [...(classes.get(column) ?? [column])]));
  united.forEach((column) => classes.set(column, united));
}

/** Values of a list that are told. */
const MOST_VALUES = 100;

const COMPARISONS: ReadonlySet<string> = new Set(['=', '<', '<=', '>', '>=', '<>']);

function isComparison(op: string): op is Exclude<Bound['op'], 'in' | 'not in' | 'is null'> {
  return COMPARISONS.has(op);
}

interface Range {
  readonly of: string;
  readonly bound: Bound;
}

/** The range a condition is: something compared with what is known before any row is read. */
function rangeOf(condition: BoundExpr, keyOf: KeyOf): Range | undefined {
  if (condition.kind === 'binary' && isComparison(condition.op) && isConstant(condition.right)) {
    const { op, left, right } = condition;
    return { of: keyOf(left), bound: { op, values: [keyOf(right)] } };
  }
  if (condition.kind === 'in-list' && condition.list.every(isConstant)) {
    const { operand, list, negated } = condition;
    const values = list.slice(0, MOST_VALUES).map(keyOf);
    const more = list.length - values.length;
    const op = negated ? 'not in' : 'in';
    return { of: keyOf(operand), bound: { op, values, ...(more > 0 && { more }) } };
  }
  if (condition.kind === 'is' && condition.test === 'null') {
    const op = condition.negated ? 'is not null' : 'is null';
    return { of: keyOf(condition.operand), bound: { op, values: [] } };
  }
  return undefined;
}
