import type { Expr } from '../../sql/ir.ts';
import { call, literal, opaque } from '../make-expr.ts';
import type { Tree } from '../tree.ts';
import { isPresent, listOf, variantOf } from '../tree.ts';
import type { Adapt } from './adapt.ts';
import { readValue } from './literals.ts';

/** Functions with a grammar of their own, as ordinary calls; undefined for any other node. */
export function readSpecialCall(tag: string, at: Tree, adapt: Adapt): Expr | undefined {
  switch (tag) {
    case 'Ceil':
    case 'Floor':
      return readRounding(tag.toLowerCase(), at, adapt);
    case 'Position':
      return call('position', [adapt.expr(at['expr']), adapt.expr(at['in'])], ['in']);
    case 'Substring': {
      const from = isPresent(at['substring_from'])
        ? adapt.expr(at['substring_from'])
        : literal('number', '1');
      const length = isPresent(at['substring_for']) ? [adapt.expr(at['substring_for'])] : [];
      const name = at['shorthand'] === true ? 'substr' : 'substring';
      return call(name, [adapt.expr(at['expr']), from, ...length]);
    }
    case 'Trim':
      return readTrim(at, adapt);
    case 'Overlay': {
      const parts = ['expr', 'overlay_what', 'overlay_from', 'overlay_for'];
      const args = parts.filter((part) => isPresent(at[part])).map((part) => adapt.expr(at[part]));
      return call('overlay', args, ['placing']);
    }
    default:
      return undefined;
  }
}

function readRounding(name: string, at: Tree, adapt: Adapt): Expr {
  const operand = adapt.expr(at['expr']);
  const { tag, body } = variantOf(at['field']);
  if (tag === 'Scale') {
    return call(name, [operand, readValue(body, adapt.dialect)]);
  }
  return body === 'NoDateTime'
    ? call(name, [operand])
    : opaque(`${name} to a part of a date`, [operand]);
}

const TRIMS: Readonly<Record<string, string>> = { Leading: 'ltrim', Trailing: 'rtrim' };

function readTrim(at: Tree, adapt: Adapt): Expr {
  const side = variantOf(at['trim_where']).tag;
  const operand = adapt.expr(at['expr']);
  const extra = listOf(at['trim_characters']).map(adapt.expr);
  if (isPresent(at['trim_what'])) {
    const what = adapt.expr(at['trim_what']);
    return call('trim', [operand, what, ...extra], [`${side.toLowerCase() || 'both'} from`]);
  }
  return call(TRIMS[side] ?? 'trim', [operand, ...extra]);
}
