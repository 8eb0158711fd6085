import type { Expr, OrderItem, Window } from '../../sql/ir.ts';
import { opaque } from '../make-expr.ts';
import { isPresent, listOf, textOf, treeOf, variantOf } from '../tree.ts';
import type { Adapt } from './adapt.ts';
import { identOf, readNames } from './names.ts';

/** `ORDER BY x USING <` is ascending, `USING >` descending; by any other operator we cannot tell. */
export function readOrderItem(node: unknown, adapt: Adapt): OrderItem {
  const item = treeOf(treeOf(node)['SortBy']);
  const expr = adapt.expr(item['node']);
  const operator = readNames(item['useOp']).join('.');
  const nulls = textOf(item['sortby_nulls']);
  const isUnread = operator !== '' && operator !== '<' && operator !== '>';
  return {
    expr: isUnread ? opaque('an ordering by an operator', [expr]) : expr,
    descending: item['sortby_dir'] === 'SORTBY_DESC' || operator === '>',
    ...(nulls === 'SORTBY_NULLS_FIRST' && { nulls: 'first' }),
    ...(nulls === 'SORTBY_NULLS_LAST' && { nulls: 'last' }),
  };
}

export function readOrderItems(nodes: unknown, adapt: Adapt): readonly OrderItem[] {
  return listOf(nodes).map((node) => readOrderItem(node, adapt));
}

/** The body of a WindowDef: after OVER, or of a WINDOW clause. */
export function readWindow(node: unknown, adapt: Adapt): Window {
  const at = treeOf(node);
  const base = textOf(at['refname']) || textOf(at['name']);
  const frame = frameText(at);
  const partitionBy = listOf(at['partitionClause']).map(adapt.expr);
  const unread: readonly Expr[] = frame === null ? [opaque('a window frame we do not read')] : [];
  return {
    ...(base !== '' && { base: identOf(base) }),
    partitionBy: [...partitionBy, ...unread],
    orderBy: readOrderItems(at['orderClause'], adapt),
    ...(typeof frame === 'string' && { frame }),
  };
}

/** PostgreSQL's bits for the parts of a frame. */
const NON_DEFAULT = 0x1;
const UNITS = [
  [0x2, 'range'],
  [0x4, 'rows'],
  [0x8, 'groups'],
] as const;
const STARTS = [
  [0x20, 'unbounded preceding'],
  [0x80, 'unbounded following'],
  [0x200, 'current row'],
  [0x800, 'preceding'],
  [0x2000, 'following'],
] as const;
const ENDS = [
  [0x40, 'unbounded preceding'],
  [0x100, 'unbounded following'],
  [0x400, 'current row'],
  [0x1000, 'preceding'],
  [0x4000, 'following'],
] as const;
const EXCLUSIONS = 0x8000 | 0x10000 | 0x20000;

type Bits = readonly (readonly [number, string])[];

/** Undefined where there is none, null where it is one we cannot write down. */
function frameText(at: ReturnType<typeof treeOf>): string | undefined | null {
  const options = Number(at['frameOptions'] ?? 0);
  if ((options & NON_DEFAULT) === 0) {
    return undefined;
  }
  const wordOf = (bits: Bits) => bits.find(([bit]) => (options & bit) !== 0)?.[1];
  const [unit, from, to] = [wordOf(UNITS), wordOf(STARTS), wordOf(ENDS)];
  const start = boundText(from, at['startOffset']);
  const end = boundText(to, at['endOffset']);
  return unit && start && end && (options & EXCLUSIONS) === 0
    ? `${unit} between ${start} and ${end}`
    : null;
}

function boundText(words: string | undefined, offset: unknown): string | undefined {
  if (words === undefined || words.includes(' ')) {
    return words;
  }
  const { tag, body } = variantOf(offset);
  const { ival } = treeOf(body);
  return tag === 'A_Const' && isPresent(ival)
    ? `${textOf(treeOf(ival)['ival']) || '0'} ${words}`
    : undefined;
}
