import type { Expr } from '../../sql/ir.ts';
import { binary, call, escapedPattern, opaque } from '../make-expr.ts';
import type { Tree } from '../tree.ts';
import { isPresent, listOf, textOf, treeOf } from '../tree.ts';
import type { Adapt } from './adapt.ts';
import { readNames } from './names.ts';

/** The operators of LIKE and its kin, whose names are signs. */
const LIKES: Readonly<Record<string, string>> = {
  '~~': 'like',
  '!~~': 'not like',
  '~~*': 'ilike',
  '!~~*': 'not ilike',
  '~': 'similar to',
  '!~': 'not similar to',
};

/** An A_Expr: an operator with its operands, and the forms that read like one. */
export function readOperator(at: Tree, adapt: Adapt): Expr {
  const name = nameOf(at);
  const right = (): Expr => adapt.expr(at['rexpr']);
  const list = (): readonly Expr[] =>
    listOf(treeOf(treeOf(at['rexpr'])['List'])['items']).map(adapt.expr);
  if (!isPresent(at['lexpr'])) {
    return readPrefix(name, right());
  }
  const left = adapt.expr(at['lexpr']);
  switch (at['kind']) {
    case 'AEXPR_OP':
      return binary(name, left, right());
    case 'AEXPR_OP_ANY':
    case 'AEXPR_OP_ALL': {
      const quantifier = at['kind'] === 'AEXPR_OP_ANY' ? 'any' : 'all';
      return { kind: 'quantified', op: LIKES[name] ?? name, quantifier, left, right: right() };
    }
    case 'AEXPR_DISTINCT':
      return binary('is distinct from', left, right());
    case 'AEXPR_NOT_DISTINCT':
      return binary('is not distinct from', left, right());
    case 'AEXPR_NULLIF':
      return call('nullif', [left, right()]);
    case 'AEXPR_IN':
      return { kind: 'in-list', operand: left, list: list(), negated: name === '<>' };
    case 'AEXPR_LIKE':
    case 'AEXPR_ILIKE':
    case 'AEXPR_SIMILAR':
      return readLike(left, LIKES[name], { at, adapt });
    case 'AEXPR_BETWEEN':
    case 'AEXPR_NOT_BETWEEN': {
      const [low, high] = list();
      const negated = at['kind'] === 'AEXPR_NOT_BETWEEN';
      return low && high
        ? { kind: 'between', operand: left, low, high, negated }
        : opaque('a range without bounds', [left]);
    }
    default:
      return opaque(`operator ${textOf(at['kind']).replace('AEXPR_', '').toLowerCase()}`, [
        left,
        ...list(),
      ]);
  }
}

/** `+`, or `operator(pg_catalog.+)` where a schema is named. */
function nameOf(at: Tree): string {
  const names = readNames(at['name']);
  return names.length === 1 ? (names[0] ?? '') : `operator(${names.join('.')})`;
}

function readPrefix(name: string, operand: Expr): Expr {
  return name === '-' || name === '+' || name === '~'
    ? { kind: 'unary', op: name, operand }
    : opaque(`operator ${name}`, [operand]);
}

/** With an ESCAPE the pattern is a call; of SIMILAR TO it always is. */
function readLike(
  left: Expr,
  op: string | undefined,
  { at, adapt }: { readonly at: Tree; readonly adapt: Adapt },
): Expr {
  const { funcname, args } = treeOf(treeOf(at['rexpr'])['FuncCall']);
  const isWrapped = /^(like_escape|similar_to_escape)$/.test(readNames(funcname).at(-1) ?? '');
  const [pattern, escape] = isWrapped ? listOf(args).map(adapt.expr) : [adapt.expr(at['rexpr'])];
  if (op === undefined || pattern === undefined) {
    return opaque('a pattern we do not read', [left]);
  }
  return binary(op, left, escape === undefined ? pattern : escapedPattern(pattern, escape));
}
