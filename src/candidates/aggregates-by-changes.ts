import type { NativeOffer } from '../connectors/native-offer.ts';
import type { BoundExpr } from '../sql/bound.ts';
import type { Block, JoinTree } from '../sql/normal-query.ts';
import type { Candidate } from './candidate.ts';
import { aggregatesOf, type Ref } from './expressions.ts';

type Shape = Pick<NativeOffer, 'bareAggregates' | 'sumsNeedValues'>;

/** Where columns are declared, and whether they must have a value: what the warehouse enforces on every row. */
type Declared = readonly {
  readonly id: string;
  readonly columns: readonly { readonly name: string; readonly notNull: boolean }[];
}[];

/**
 * Why a warehouse that computes changes alone would not give a definition's aggregates as SQL does, or would not take them; nothing
 * where it would. Of `sum` over values that may all be missing some make zero, where SQL says NULL.
 */
export function whyNotAggregated(
  { query }: Pick<Candidate, 'query'>,
  { shape, catalog }: { readonly shape: Shape; readonly catalog: Declared },
): string | undefined {
  const { body } = query;
  if (body.kind !== 'block' || body.block.groupBy === undefined) {
    return undefined;
  }
  const { block } = body;
  if (shape.bareAggregates === true && !block.items.every(({ expr }) => isBare(expr))) {
    return 'it computes with what it aggregates, and only aggregates that are outputs of their own are certainly taken';
  }
  return shape.sumsNeedValues === true ? whyValuesMiss(block, catalog) : undefined;
}

/** An aggregate itself, or nothing of any. */
function isBare(expr: BoundExpr): boolean {
  return aggregatesOf(expr).every((aggregate) => aggregate === expr);
}

function whyValuesMiss(block: Block, catalog: Declared): string | undefined {
  const always = alwaysThere(block.from);
  const hasValue = ({ occ, column }: Ref) =>
    catalog
      .find(({ id }) => id === always.get(occ))
      ?.columns.some(({ name, notNull }) => name === column && notNull) === true;
  const missing = aggregatesOf(block.items).find(
    ({ name, args }) => SUMMED.has(name) && !args.every((arg) => isThere(arg, hasValue)),
  );
  return missing === undefined
    ? undefined
    : `${missing.name}() is over values that may all be missing, of which changes alone would make zero; it is taken where the columns are declared not null`;
}

const SUMMED: ReadonlySet<string> = new Set(['sum', 'avg']);

/** Whether an expression has a value on every row; a closed list. */
function isThere(expr: BoundExpr, hasValue: (ref: Ref) => boolean): boolean {
  const all = (parts: readonly BoundExpr[]) => parts.every((part) => isThere(part, hasValue));
  if (expr.kind === 'ref') {
    return hasValue(expr);
  }
  if (expr.kind === 'literal') {
    return expr.type !== 'null';
  }
  if (expr.kind === 'binary') {
    return ['+', '-', '*'].includes(expr.op) && all([expr.left, expr.right]);
  }
  if (expr.kind === 'call') {
    return expr.name === 'coalesce' && expr.args.some((arg) => isThere(arg, hasValue));
  }
  if (expr.kind === 'case') {
    const { otherwise, whens } = expr;
    return otherwise !== undefined && all([otherwise, ...whens.map(({ then }) => then)]);
  }
  return expr.kind === 'cast' && !expr.safe && isThere(expr.operand, hasValue);
}

/** The tables whose rows no join makes up, by occurrence. */
function alwaysThere(tree: JoinTree): ReadonlyMap<number, string> {
  switch (tree.kind) {
    case 'table':
      return new Map([[tree.occ, tree.relation]]);
    case 'inner':
      return new Map(tree.members.flatMap((member) => [...alwaysThere(member)]));
    case 'outer':
      return tree.join === 'left' ? alwaysThere(tree.left) : new Map();
    case 'none':
    case 'query':
      return new Map();
  }
}
