import type { AccessStep, Expr, Ident } from '../../sql/ir.ts';
import { column, opaque } from '../make-expr.ts';
import { listOf, textOf, treeOf, variantOf } from '../tree.ts';
import type { Adapt } from './adapt.ts';
import { readIdent, readIdents } from './names.ts';

/** `a.b[1].c`: the leading names are a column path, the rest steps into its value. */
export function readAccess(node: unknown, adapt: Adapt): Expr {
  const { root, access_chain: chain } = treeOf(node);
  const start = variantOf(root);
  const names: Ident[] = [];
  if (start.tag === 'Identifier' || start.tag === 'CompoundIdentifier') {
    const parts = start.tag === 'Identifier' ? [start.body] : start.body;
    names.push(...readIdents(parts, adapt.dialect));
  }
  const steps: AccessStep[] = [];
  const unread: Expr[] = [];
  for (const link of listOf(chain)) {
    const { tag, body } = variantOf(link);
    const inner = variantOf(body);
    if (tag === 'Dot' && inner.tag === 'Identifier') {
      if (names.length > 0 && steps.length === 0) {
        names.push(readIdent(inner.body));
      } else {
        steps.push({ kind: 'field', name: readIdent(inner.body).name });
      }
    } else if (tag === 'Subscript' && inner.tag === 'Index') {
      steps.push({ kind: 'index', index: adapt.expr(treeOf(inner.body)['index']) });
    } else if (tag === 'Subscript') {
      unread.push(...sliceBounds(inner.body, adapt), opaque('a slice'));
    } else {
      unread.push(adapt.expr(body));
    }
  }
  const base = names.length > 0 ? column(names) : adapt.operand(root);
  const whole: Expr = steps.length === 0 ? base : { kind: 'access', base, steps };
  return unread.length === 0 ? whole : opaque('a slice or a method call', [whole, ...unread]);
}

function sliceBounds(node: unknown, adapt: Adapt): readonly Expr[] {
  return Object.values(treeOf(node))
    .filter((bound) => bound !== null && bound !== undefined)
    .map(adapt.expr);
}

/** Snowflake's and Databricks' `column:path.field[0]`. */
export function readJsonAccess(node: unknown, adapt: Adapt): Expr {
  const { value, path } = treeOf(node);
  const steps = listOf(treeOf(path)['path']).map((step): AccessStep => {
    const { tag, body } = variantOf(step);
    return tag === 'Dot'
      ? { kind: 'field', name: textOf(treeOf(body)['key']) }
      : { kind: 'index', index: adapt.expr(treeOf(body)['key']) };
  });
  return { kind: 'access', base: adapt.operand(value), steps };
}
