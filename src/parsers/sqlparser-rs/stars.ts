import type { Expr, Path } from '../../sql/ir.ts';
import { opaque, STAR } from '../make-expr.ts';
import type { Tree } from '../tree.ts';
import { isPresent, listOf, textOf, treeOf, unreadFields, variantOf } from '../tree.ts';
import type { Adapt } from './adapt.ts';
import { readIdent } from './names.ts';

const STAR_FIELDS = new Set([
  'opt_ilike',
  'opt_exclude',
  'opt_except',
  'opt_rename',
  'opt_replace',
  'wildcard_token',
]);

export interface StarParts {
  readonly options: unknown;
  readonly qualifier?: Path;
}

/** `*`, `t.*` and what EXCEPT, EXCLUDE, REPLACE and RENAME make of them. */
export function readStar({ options, qualifier }: StarParts, adapt: Adapt): Expr {
  const node = treeOf(options);
  const except = exceptNames(node);
  const replace = listOf(treeOf(node['opt_replace'])['items']).map((item) => ({
    expr: adapt.expr(treeOf(item)['expr']),
    alias: readIdent(treeOf(item)['column_name']),
  }));
  const star = {
    ...STAR,
    ...(qualifier && { qualifier }),
    except: except ?? [],
    replace,
    rename: renames(node['opt_rename']),
    ...(isPresent(node['opt_ilike']) && { ilike: textOf(treeOf(node['opt_ilike'])['pattern']) }),
  } as const;
  const extra = unreadFields(node, STAR_FIELDS);
  if (except === undefined || extra.length > 0) {
    return opaque(`a star with ${extra.join(', ') || 'a qualified exclusion'}`, [star]);
  }
  return star;
}

function exceptNames(node: Tree) {
  const { first_element: first, additional_elements: more } = treeOf(node['opt_except']);
  const excepted = first === undefined ? [] : [first, ...listOf(more)].map(readIdent);
  const { tag, body } = variantOf(node['opt_exclude']);
  const names = tag === 'Single' ? [body] : listOf(body);
  const excluded = names.map((name) => listOf(name));
  if (excluded.some((parts) => parts.length !== 1)) {
    return undefined;
  }
  return [...excepted, ...excluded.map((parts) => readIdent(variantOf(parts[0]).body))];
}

function renames(node: unknown) {
  const { tag, body } = variantOf(node);
  const pairs = tag === 'Single' ? [body] : listOf(body);
  return pairs.map((pair) => ({
    from: readIdent(treeOf(pair)['ident']),
    to: readIdent(treeOf(pair)['alias']),
  }));
}
