import type { GroupBy } from '../../sql/ir.ts';
import type { GroupingElement } from '../multiply-grouping.ts';
import { multiplyGrouping } from '../multiply-grouping.ts';
import { isPresent, listOf, variantOf } from '../tree.ts';
import type { Adapt } from './adapt.ts';

/** The GROUP BY of a select: none, read, or a form we do not read (`null`). */
export function readGroupBy(node: unknown, adapt: Adapt): GroupBy | undefined | null {
  const { tag, body } = variantOf(node);
  if (tag === 'All') {
    return isPresent(body) ? null : { kind: 'all' };
  }
  const [exprs, modifiers] = listOf(body);
  const elements = listOf(exprs).map((expr) => readElement(expr, adapt));
  const [modifier, ...more] = listOf(modifiers);
  if (modifier === undefined) {
    return elements.length === 0 ? undefined : (multiplyGrouping(elements) ?? null);
  }
  if (more.length > 0) {
    return null;
  }
  const { tag: words, body: sets } = variantOf(modifier);
  switch (words) {
    case 'Rollup':
    case 'Cube': {
      const groups = listOf(exprs).map((expr) => [adapt.expr(expr)]);
      return multiplyGrouping([{ kind: words === 'Rollup' ? 'rollup' : 'cube', groups }]) ?? null;
    }
    case 'GroupingSets':
      return multiplyGrouping([readElement(sets, adapt)]) ?? null;
    default:
      return null;
  }
}

/** Inside GROUPING SETS the library takes ROLLUP and CUBE for functions. */
function readCalledElement(node: unknown, adapt: Adapt): GroupingElement {
  const expr = adapt.expr(node);
  if (expr.kind !== 'call' || (expr.name !== 'rollup' && expr.name !== 'cube')) {
    return { kind: 'expr', expr };
  }
  const groups = expr.args.map((arg) => (arg.kind === 'tuple' ? arg.items : [arg]));
  return { kind: expr.name, groups };
}

function readElement(node: unknown, adapt: Adapt): GroupingElement {
  const { tag, body } = variantOf(node);
  switch (tag) {
    case 'Rollup':
    case 'Cube':
      return {
        kind: tag === 'Rollup' ? 'rollup' : 'cube',
        groups: listOf(body).map((group) => listOf(group).map(adapt.expr)),
      };
    case 'GroupingSets':
      return {
        kind: 'sets',
        sets: listOf(body).map((set) => listOf(set).map((member) => readElement(member, adapt))),
      };
    case 'Tuple':
      return listOf(body).length === 0
        ? { kind: 'sets', sets: [[]] }
        : { kind: 'expr', expr: adapt.expr(node) };
    case 'Function':
      return readCalledElement(node, adapt);
    default:
      return { kind: 'expr', expr: adapt.expr(node) };
  }
}
