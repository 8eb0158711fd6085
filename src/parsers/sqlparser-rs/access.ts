import type { AccessStep, Expr, Ident } from '../../sql/ir.ts';
import { column, opaque, slice } from '../make-expr.ts';
import { isPresent, listOf, textOf, treeOf, variantOf } from '../tree.ts';
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
  let sliced: Expr | undefined;
  let steps: AccessStep[] = [];
  const unread: Expr[] = [];
  const whole = (): Expr => {
    const base = sliced ?? (names.length > 0 ? column(names) : adapt.operand(root));
    return steps.length === 0 ? base : { kind: 'access', base, steps };
  };
  for (const link of listOf(chain)) {
    const { tag, body } = variantOf(link);
    const inner = variantOf(body);
    if (tag === 'Dot' && inner.tag === 'Identifier') {
      if (names.length > 0 && steps.length === 0 && sliced === undefined) {
        names.push(readIdent(inner.body));
      } else {
        steps.push({ kind: 'field', name: readIdent(inner.body).name });
      }
    } else if (tag === 'Subscript' && inner.tag === 'Index') {
      steps.push({ kind: 'index', index: adapt.expr(treeOf(inner.body)['index']) });
    } else if (tag === 'Subscript') {
      sliced = adapt.group(slice(whole(), sliceBounds(inner.body, adapt)));
      steps = [];
    } else {
      unread.push(adapt.expr(body));
    }
  }
  return unread.length === 0 ? whole() : opaque('a method call', [whole(), ...unread]);
}

function sliceBounds(node: unknown, adapt: Adapt): readonly (Expr | undefined)[] {
  const { lower_bound: lower, upper_bound: upper, stride } = treeOf(node);
  const bounds = isPresent(stride) ? [lower, upper, stride] : [lower, upper];
  return bounds.map((bound) => (isPresent(bound) ? adapt.expr(bound) : undefined));
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
