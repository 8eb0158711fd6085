import type { RelationId } from '../../base/relation.ts';
import type { BoundExpr } from '../../sql/bound.ts';
import type { Block, JoinTree, NormalQuery } from '../../sql/normal-query.ts';
import { conjunctionOf } from '../../sql/normalize/conjuncts.ts';
import { exprKey } from '../../sql/normalize/expr-key.ts';
import { isAggregate } from '../../sql/normalize/functions.ts';
import { type Call, refsIn, someExpr } from '../../sql/normalize/walk.ts';
import { type AggregateParts, aggregateParts } from './aggregate-parts.ts';
import type { WordDefinition } from './business-words.ts';
import { isSameOfParts, numberShownBy, valueFilled } from './canonical-measure.ts';
import { holdsAggregate } from './find-measures.ts';
import { joinsSources } from './measure-facts.ts';

/** A definition as semantic layers say it: aggregates over the rows of one query, and a formula over them. */
export type SemanticParts =
  | {
      readonly kind: 'parts';
      readonly formula: Formula;
      readonly aggregates: readonly SemanticAggregate[];
      /** What its rows come from: the joins of its own statement. */
      readonly block: Block;
      readonly tables: ReadonlyMap<number, RelationId>;
    }
  | { readonly kind: 'no-parts'; readonly because: string };

export interface SemanticAggregate {
  readonly agg: 'sum' | 'min' | 'max' | 'average' | 'median' | 'count_distinct';
  /** Over the columns of the tables; a filter of its own is a CASE in it. */
  readonly input: BoundExpr;
}

/** Aggregates by their place. */
export type Formula =
  | { readonly kind: 'aggregate'; readonly at: number }
  | { readonly kind: 'number'; readonly text: string }
  | {
      readonly kind: 'binary';
      readonly op: string;
      readonly left: Formula;
      readonly right: Formula;
    };

/** Takes a definition apart, or says why a semantic layer cannot say it. */
export function semanticParts({
  example: { measure, tables },
  hidesValues,
}: Pick<WordDefinition, 'example' | 'hidesValues'>): SemanticParts {
  if (hidesValues === 'of each run') {
    return none('its values change from run to run: there is no one definition to write');
  }
  if (hidesValues === 'of one reader') {
    return none(
      'a value in it is used by one reader alone, and nobody else should find it in a file; it takes 2 readers, or a view that defines it',
    );
  }
  const blocks = new Set([measure.block, ...measure.computedIn.values()]);
  const tableBlocks = [...blocks].filter(({ from }) => !readsQueries(from));
  const [block, ...more] = tableBlocks;
  if (block === undefined || more.length > 0) {
    return none('it is put together from several groupings');
  }
  const aggregates: SemanticAggregate[] = [];
  const formula = formulaOf(measure.arithmetic, aggregates);
  if (typeof formula === 'string') {
    return none(formula);
  }
  return { kind: 'parts', formula, aggregates, block, tables };
}

/** The rows a definition adds up, one column for each of these, without any filter of a statement. */
export function semanticRows({ from, where }: Block, items: Block['items']): NormalQuery {
  const block: Block = {
    from,
    where: where.filter(joinsSources),
    items,
    having: [],
    distinct: false,
    barriers: [],
  };
  return { body: { kind: 'block', block }, outputs: items.map(({ name }) => name), orderBy: [] };
}

function readsQueries(tree: JoinTree): boolean {
  switch (tree.kind) {
    case 'none':
    case 'query':
      return true;
    case 'table':
      return false;
    case 'inner':
      return tree.members.some(readsQueries);
    case 'outer':
      return readsQueries(tree.left) || readsQueries(tree.right);
  }
}

/** Gives one clause where it cannot be said. */
function formulaOf(expr: BoundExpr, aggregates: SemanticAggregate[]): Formula | string {
  const called = expr.kind === 'call' ? expr.name : expr.kind;
  const bare = numberShownBy(expr) ?? (expr.kind === 'call' ? filled(expr) : undefined);
  if (bare !== undefined) {
    return formulaOf(bare, aggregates);
  }
  if (expr.kind === 'literal' && expr.type === 'number') {
    return { kind: 'number', text: expr.text };
  }
  if (isAggregate(expr)) {
    const aggregate = aggregateOf(aggregateParts(expr));
    return typeof aggregate === 'string' ? aggregate : placed(aggregate, aggregates);
  }
  if (expr.kind === 'binary' && OPERATORS.has(expr.op)) {
    const left = formulaOf(expr.left, aggregates);
    if (typeof left === 'string') {
      return left;
    }
    const right = formulaOf(expr.right, aggregates);
    if (typeof right === 'string') {
      return right;
    }
    return { kind: 'binary', op: expr.op, left, right };
  }
  return `${called} over aggregates has no word in a semantic layer`;
}

const OPERATORS: ReadonlySet<string> = new Set(['+', '-', '*', '/']);

function placed(aggregate: SemanticAggregate, aggregates: SemanticAggregate[]): Formula {
  const key = keyOf(aggregate);
  const known = aggregates.findIndex((each) => keyOf(each) === key);
  if (known === -1) {
    aggregates.push(aggregate);
  }
  return { kind: 'aggregate', at: known === -1 ? aggregates.length - 1 : known };
}

function keyOf({ agg, input }: SemanticAggregate): string {
  return `${agg} ${exprKey(input)}`;
}

/** `coalesce(sum(x), 0)` and `nullif(sum(x), 0)` only say what stands where there is no number. */
function filled(call: Call): BoundExpr | undefined {
  const value = valueFilled(call) ?? (call.name === 'nullif' ? call.args[0] : undefined);
  return value !== undefined && holdsAggregate(value) ? value : undefined;
}

function aggregateOf(parts: AggregateParts): SemanticAggregate | string {
  const { name, argument, filter, distinct, call } = parts;
  if (argument !== undefined && holdsAggregate(argument)) {
    const inner = isAggregate(argument) ? aggregateParts(argument) : undefined;
    return inner !== undefined && isSameOfParts(name, inner.call)
      ? aggregateOf({ ...inner, filter: [...inner.filter, ...filter] })
      : `${name} of an aggregate keeps a grouping that a semantic layer does not`;
  }
  const agg = distinct ? DISTINCT.get(name) : PLAIN.get(name);
  if (agg === undefined || call.modifiers.length > 0) {
    return `${distinct ? `${name} of distinct values` : name} is no aggregation of a semantic layer`;
  }
  const one: BoundExpr = { kind: 'literal', type: 'number', text: '1' };
  const value = argument ?? one;
  const counted = name === 'count' && !distinct && argument !== undefined;
  const condition = conjunctionOf([...filter, ...(counted ? [isThere(value)] : [])]);
  const then = counted ? one : value;
  const input: BoundExpr =
    condition === undefined
      ? then
      : // oxlint-disable-next-line unicorn/no-thenable -- the IR's own word
        { kind: 'case', whens: [{ when: condition, then }] };
  return someExpr(
    input,
    ({ kind }) => kind === 'subquery' || kind === 'exists' || kind === 'in-query',
  )
    ? 'it asks another query for each row'
    : { agg, input };
}

function isThere(operand: BoundExpr): BoundExpr {
  return { kind: 'is', operand, test: 'null', negated: true };
}

const PLAIN: ReadonlyMap<string, SemanticAggregate['agg']> = new Map([
  ['sum', 'sum'],
  ['count', 'sum'],
  ['min', 'min'],
  ['max', 'max'],
  ['avg', 'average'],
  ['median', 'median'],
]);
const DISTINCT: ReadonlyMap<string, SemanticAggregate['agg']> = new Map([
  ['count', 'count_distinct'],
  ['min', 'min'],
  ['max', 'max'],
]);

/** Columns its statement groups or filters by: what readers cut this number by. */
export function cutColumns({ groupBy = [], where }: Block): readonly BoundExpr[] {
  const filters = where.filter((condition) => !joinsSources(condition));
  const refs = [...groupBy, ...filters].flatMap(refsIn);
  return [...new Map(refs.map((ref) => [exprKey(ref), ref])).values()];
}

function none(because: string): SemanticParts {
  return { kind: 'no-parts', because };
}
