import type { Expr } from '../../sql/ir.ts';
import { ident, opaque, STAR } from '../make-expr.ts';
import type { Tree } from '../tree.ts';
import { isPresent, listOf, textOf, treeOf, variantOf } from '../tree.ts';
import type { Adapt } from './adapt.ts';
import { unread } from './adapt.ts';
import { readIdent, readPath } from './names.ts';

export function readInterval(at: Tree, adapt: Adapt): Expr | undefined {
  const unit = treeOf(at['unit']);
  if (!isPresent(at['this']) || (isPresent(at['unit']) && unit['type'] !== 'simple')) {
    return undefined;
  }
  const amount = adapt.expr(at['this']);
  const name = textOf(unit['unit']).toLowerCase();
  return { kind: 'interval', amount, ...(name !== '' && { unit: name }) };
}

export function readExtract(at: Tree, adapt: Adapt): Expr | undefined {
  const { tag, body } = variantOf(at['field']);
  const part = (typeof body === 'string' ? body : isPresent(body) ? '' : tag).toLowerCase();
  return part === '' ? undefined : { kind: 'extract', part, from: adapt.expr(at['this']) };
}

const COMPARISONS: Readonly<Record<string, string>> = {
  Eq: '=',
  Neq: '<>',
  Lt: '<',
  Lte: '<=',
  Gt: '>',
  Gte: '>=',
};

export function readQuantified(
  quantifier: 'any' | 'all',
  at: Tree,
  adapt: Adapt,
): Expr | undefined {
  const op = COMPARISONS[textOf(at['op'])];
  return op === undefined
    ? undefined
    : {
        kind: 'quantified',
        op,
        quantifier,
        left: adapt.operand(at['this']),
        right: adapt.expr(at['subquery']),
      };
}

export function readStar(at: Tree, adapt: Adapt): Expr {
  const extra = unread(at, ['table', 'except', 'replace', 'rename']);
  const star: Expr = {
    ...STAR,
    ...(isPresent(at['table']) && { qualifier: readPath([at['table']], adapt.dialect) }),
    except: listOf(at['except']).map(readIdent),
    replace: listOf(at['replace']).map((item) => ({
      expr: adapt.expr(treeOf(item)['this']),
      alias: readIdent(treeOf(item)['alias']),
    })),
    rename: listOf(at['rename']).map((pair) => ({
      from: readIdent(listOf(pair)[0] ?? ident('')),
      to: readIdent(listOf(pair)[1] ?? ident('')),
    })),
  };
  return extra.length === 0 ? star : opaque(`a star with ${extra.join(', ')}`, [star]);
}
