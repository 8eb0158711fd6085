import type { RelationId } from '../../base/relation.ts';
import type { BoundExpr } from '../../sql/bound.ts';
import type { Block } from '../../sql/normal-query.ts';
import { conjunctsOf } from '../../sql/normalize/conjuncts.ts';
import { exprKey } from '../../sql/normalize/expr-key.ts';
import { isAggregate } from '../../sql/normalize/functions.ts';
import { replaceIn } from '../../sql/normalize/replace-in.ts';
import { type Call, type Ref, refsIn } from '../../sql/normalize/walk.ts';
import { type AggregateParts, aggregateParts } from './aggregate-parts.ts';
import { holdsAggregate, type Measure } from './find-measures.ts';
import { type KnownKeys, rowsOf } from './multiplied-rows.ts';
import {
  atom,
  constant,
  negated,
  type Polynomial,
  plus,
  polynomialKey,
  termsOf,
  times,
} from './polynomial.ts';

/** What is known of the relations a measure reads. */
export interface MeasureWorld {
  readonly tables: ReadonlyMap<number, RelationId>;
  readonly keys: KnownKeys;
  readonly isNotNull: (relation: RelationId, column: string) => boolean;
}

export interface CanonicalMeasure {
  /** Equal keys, equal numbers on any data, where nothing added up is 0 and not NULL, and rounding at the end is left out. */
  readonly key: string;
  /** Relations that may multiply the rows it adds up, so that equal keys may still be two things. */
  readonly unsure: readonly RelationId[];
}

/**
 * The normal form of a measure's arithmetic: sums of products with exact factors, averages as quotients, FILTER and CASE as one,
 * sums of sums flattened, and whose rows each aggregate adds up. Values that were taken out of it count as one and the same.
 */
export function canonicalMeasure(measure: Measure, world: MeasureWorld): CanonicalMeasure {
  const { computedIn } = measure;
  const unsure = new Set<RelationId>();
  const nameOf = ({ occ, column }: Ref): string =>
    `${world.tables.get(occ) ?? `source ${occ}`}.${column}`;
  const plainKey = (expr: BoundExpr): string => exprKey(masked(expr), nameOf);

  function numberOf(expr: BoundExpr, around: Block): Polynomial {
    const block = computedIn.get(expr) ?? around;
    const part = (inner: BoundExpr) => numberOf(inner, block);
    if (expr.kind === 'literal' && expr.type === 'number') {
      return constant(expr.text) ?? atom(plainKey(expr));
    }
    if (expr.kind === 'unary' && expr.op === '-') {
      return negated(part(expr.operand));
    }
    if (expr.kind === 'unary' && expr.op === '+') {
      return part(expr.operand);
    }
    if (expr.kind === 'cast' && keepsValue(expr.type)) {
      return part(expr.operand);
    }
    if (expr.kind === 'binary') {
      return binaryOf(expr, block);
    }
    const zeroed = expr.kind === 'call' ? valueFilled(expr) : undefined;
    if (zeroed !== undefined && holdsAggregate(zeroed)) {
      return part(zeroed);
    }
    return isAggregate(expr) ? aggregateOf(aggregateParts(expr), block) : atom(plainKey(expr));
  }

  function binaryOf(
    expr: Extract<BoundExpr, { readonly kind: 'binary' }>,
    block: Block,
  ): Polynomial {
    const [left, right] = [expr.left, expr.right].map((side) => numberOf(side, block));
    if (left === undefined || right === undefined) {
      return atom(plainKey(expr));
    }
    switch (expr.op) {
      case '+':
        return plus(left, right);
      case '-':
        return plus(left, negated(right));
      case '*':
        return times(left, right) ?? atom(`${polynomialKey(left)} x ${polynomialKey(right)}`);
      case '/': {
        const under = numberOf(withoutNullIf(expr.right), block);
        return atom(`(${polynomialKey(left)}) / (${polynomialKey(under)})`);
      }
      default:
        return atom(`(${polynomialKey(left)}) ${expr.op} (${polynomialKey(right)})`);
    }
  }

  function aggregateOf(parts: AggregateParts, block: Block): Polynomial {
    const { name, argument } = parts;
    if (argument !== undefined && holdsAggregate(argument)) {
      return overAggregates({ ...parts, argument }, block);
    }
    if (name === 'count' && !parts.distinct) {
      return counted(parts, block);
    }
    if (name === 'avg' && !parts.distinct) {
      const sum = polynomialKey(summed({ ...parts, name: 'sum' }, block));
      const count = polynomialKey(counted({ ...parts, name: 'count' }, block));
      return atom(`(${sum}) / (${count})`);
    }
    if (name === 'sum' && !parts.distinct) {
      return summed(parts, block);
    }
    const columns = parts.call.args.map(plainKey).join(', ');
    const inside = argument === undefined ? columns : polynomialKey(numberOf(argument, block));
    const isDuplicateFree = parts.distinct || name === 'min' || name === 'max';
    const rows = isDuplicateFree ? '' : rowsKey(parts, block);
    const order = parts.call.orderBy.map(
      ({ expr, descending }) => `${plainKey(expr)} ${descending}`,
    );
    const words = [...parts.call.args.slice(1).map(plainKey), ...order, ...parts.call.modifiers];
    return atom(
      `${name}${parts.distinct ? ' distinct' : ''}(${[inside, ...words].join(', ')})${filterKey(parts)}${rows}`,
    );
  }

  /** `sum(x)` of NULLs alone is 0 here, so sums are taken apart wherever no term can be NULL by itself. */
  function summed(parts: AggregateParts, block: Block): Polynomial {
    const { argument } = parts;
    if (argument === undefined) {
      return atom(`sum()${filterKey(parts)}`);
    }
    const bare = argument.kind === 'call' ? (valueFilled(argument) ?? argument) : argument;
    const inside = numberOf(bare, block);
    const terms = termsOf(inside);
    const mayBeNull = refsIn(bare).some(
      (ref) => !world.isNotNull(world.tables.get(ref.occ) ?? ('' as RelationId), ref.column),
    );
    if (terms.length > 1 && mayBeNull) {
      return atom(`sum(${polynomialKey(inside)})${filterKey(parts)}${rowsKey(parts, block)}`);
    }
    return terms
      .map(({ factor, atoms }) => {
        const key =
          atoms.length === 0
            ? counted({ ...parts, name: 'count', argument: undefined }, block)
            : atom(`sum(${atoms.join(' * ')})${filterKey(parts)}${rowsKey(parts, block)}`);
        return times(factor, key) ?? key;
      })
      .reduce(plus, constant('0') ?? atom('0'));
  }

  function counted(parts: AggregateParts, block: Block): Polynomial {
    const { argument } = parts;
    const mayBeNull =
      argument !== undefined &&
      argument.kind !== 'literal' &&
      !(
        argument.kind === 'ref' &&
        world.isNotNull(world.tables.get(argument.occ) ?? ('' as RelationId), argument.column)
      );
    const of = mayBeNull ? plainKey(argument) : 'rows';
    return atom(`count(${of})${filterKey(parts)}${rowsKey(parts, block)}`);
  }

  function overAggregates(
    parts: AggregateParts & { readonly argument: BoundExpr },
    block: Block,
  ): Polynomial {
    const { name, argument, filter } = parts;
    const inner = computedIn.get(argument) ?? block;
    const again = (part: BoundExpr) => overAggregates({ ...parts, argument: part }, inner);
    if (name === 'sum' && argument.kind === 'binary' && /^[-+]$/.test(argument.op)) {
      const { left, right } = argument;
      if (holdsAggregate(left) && holdsAggregate(right)) {
        return plus(again(left), argument.op === '-' ? negated(again(right)) : again(right));
      }
    }
    const zeroed = argument.kind === 'call' ? valueFilled(argument) : undefined;
    if (zeroed !== undefined && name === 'sum') {
      return again(zeroed);
    }
    if (isAggregate(argument) && isSameOfParts(name, argument)) {
      const below = aggregateParts(argument);
      return aggregateOf({ ...below, filter: [...below.filter, ...filter] }, inner);
    }
    const keys = inner.groupBy?.map(plainKey).toSorted().join(', ') ?? '';
    return atom(
      `${name}${parts.distinct ? ' distinct' : ''}(${polynomialKey(numberOf(argument, inner))} per ${keys})${filterKey(parts)}`,
    );
  }

  function filterKey({ filter }: AggregateParts): string {
    const conditions = filter.flatMap(conjunctsOf).map(plainKey);
    return conditions.length === 0
      ? ''
      : ` where ${[...new Set(conditions)].toSorted().join(' and ')}`;
  }

  function rowsKey({ argument }: AggregateParts, block: Block): string {
    const columns = argument === undefined ? [] : refsIn(argument);
    const rows = rowsOf(block, { columns, keys: world.keys });
    for (const relation of rows.unsure) {
      unsure.add(relation);
    }
    return ` of ${rows.relations.join(' x ')}`;
  }

  /** Rounding and casting the finished number is how it is shown, not what it is. */
  function finished(expr: BoundExpr, around: Block): Polynomial {
    const inside = numberShownBy(expr);
    return inside === undefined
      ? numberOf(expr, around)
      : finished(inside, computedIn.get(expr) ?? around);
  }

  const key = polynomialKey(finished(measure.arithmetic, measure.block));
  return { key, unsure: [...unsure].toSorted() };
}

/** The number that a rounding or a cast shows. */
export function numberShownBy(expr: BoundExpr): BoundExpr | undefined {
  if (expr.kind === 'cast') {
    return holdsAggregate(expr.operand) ? expr.operand : undefined;
  }
  const [first] = expr.kind === 'call' && SHOWING.has(expr.name) ? expr.args : [];
  return first !== undefined && holdsAggregate(first) ? first : undefined;
}

const SHOWING: ReadonlySet<string> = new Set(['round', 'format_number']);

/** Values that were taken out are alike: whether they are one value, samples tell. */
export function masked(expr: BoundExpr): BoundExpr {
  return replaceIn(expr, (part) =>
    part.kind === 'parameter' ? { kind: 'parameter', name: '' } : undefined,
  );
}

const ZERO_FILLING: ReadonlySet<string> = new Set(['coalesce', 'ifnull', 'nvl', 'zeroifnull']);

/** What `coalesce(x, 0)` fills. */
export function valueFilled({ name, args }: Call): BoundExpr | undefined {
  const [value, filling, ...more] = args;
  const isZero =
    filling === undefined
      ? name === 'zeroifnull'
      : filling.kind === 'literal' && Number(filling.text) === 0 && filling.type === 'number';
  return ZERO_FILLING.has(name) && more.length === 0 && isZero ? value : undefined;
}

/** `nullif(x, 0)` under a fraction only says what to do where there is no number. */
function withoutNullIf(expr: BoundExpr): BoundExpr {
  const [value, zero] = expr.kind === 'call' && expr.name === 'nullif' ? expr.args : [];
  return value !== undefined && zero?.kind === 'literal' && Number(zero.text) === 0 ? value : expr;
}

/** Casts to types that hold every number they are given, but for the last digits. */
function keepsValue(type: string): boolean {
  return /^(double( precision)?|float8?|real|numeric|decimal|bigdecimal|bignumeric|float64)$/.test(
    type.trim().toLowerCase(),
  );
}

/** The aggregate of a whole from the same of its parts. */
export function isSameOfParts(name: string, { name: inner, distinct }: Call): boolean {
  if (distinct) {
    return false;
  }
  return name === 'sum'
    ? /^(sum|count|count_if|countif|count_star)$/.test(inner)
    : name === inner && /^(min|max)$/.test(name);
}
