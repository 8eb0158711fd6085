import type { Expr, FromItem, Ident, SelectItem } from '../../sql/ir.ts';
import { ident, opaque } from '../make-expr.ts';
import type { Tree } from '../tree.ts';
import { isPresent, listOf, treeOf, variantOf } from '../tree.ts';
import type { Adapt } from './adapt.ts';
import { readIdent } from './names.ts';

/**
 * PIVOT. The FOR column and its values stand together as one IN list, so that two pivots over
 * different values never look alike.
 */
export function readPivot(at: Tree, adapt: Adapt): FromItem {
  const operands = listOf(at['value_column']).map(adapt.expr);
  const [single] = operands;
  const operand: Expr =
    operands.length === 1 && single ? single : { kind: 'tuple', items: operands };
  const { tag, body } = variantOf(at['value_source']);
  const values = listOf(body).map((value) => readAliased(value, adapt));
  const list = values.map((value) => value.expr);
  return {
    kind: 'pivot',
    source: adapt.from(at['table']),
    unpivot: false,
    aggregates: listOf(at['aggregate_functions']).map((item) => readAliased(item, adapt)),
    columns: [
      tag === 'List'
        ? { kind: 'in-list', operand, list, negated: false }
        : opaque('a pivot over values not in the text', [operand]),
      ...(isPresent(at['default_on_null'])
        ? [opaque('default on null', [adapt.expr(at['default_on_null'])])]
        : []),
    ],
    makes: tag === 'List' ? values.flatMap(nameOf) : [],
    ...pivotAlias(at['alias']),
  };
}

export function readUnpivot(at: Tree, adapt: Adapt): FromItem {
  const value = variantOf(at['value']);
  const folded = listOf(at['columns']).map((item) => readAliased(item, adapt));
  const nulls = variantOf(at['null_inclusion']).tag;
  return {
    kind: 'pivot',
    source: adapt.from(at['table']),
    unpivot: true,
    aggregates: [],
    columns: [
      ...folded.map((item) =>
        item.alias ? opaque(`unpivoted as ${item.alias.name}`, [item.expr]) : item.expr,
      ),
      ...(nulls === 'IncludeNulls' ? [opaque('include nulls')] : []),
    ],
    makes: [
      ...(value.tag === 'Identifier' ? [readIdent(value.body)] : []),
      ...(isPresent(at['name']) ? [readIdent(at['name'])] : []),
    ],
    ...pivotAlias(at['alias']),
  };
}

function readAliased(node: unknown, adapt: Adapt): SelectItem {
  const { expr, alias } = treeOf(node);
  return { expr: adapt.expr(expr), ...(isPresent(alias) && { alias: readIdent(alias) }) };
}

/** Names its columns only where they can be told from the text: an alias or a string. */
function nameOf(item: SelectItem): readonly Ident[] {
  if (item.alias) {
    return [item.alias];
  }
  return item.expr.kind === 'literal' ? [ident(item.expr.text, true)] : [];
}

function pivotAlias(node: unknown): { alias?: Ident; columnAliases?: readonly Ident[] } {
  if (!isPresent(node)) {
    return {};
  }
  const { name, columns } = treeOf(node);
  const columnAliases = listOf(columns).map((column) => readIdent(treeOf(column)['name']));
  return { alias: readIdent(name), ...(columnAliases.length > 0 && { columnAliases }) };
}
