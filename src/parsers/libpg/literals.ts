import type { Expr } from '../../sql/ir.ts';
import { literal, opaque } from '../make-expr.ts';
import type { Tree } from '../tree.ts';
import { listOf, textOf, treeOf } from '../tree.ts';
import { typeText } from './type-text.ts';

/** An A_Const; the library leaves out zeros, falses and empty strings. */
export function readConstant(at: Tree): Expr {
  if (at['isnull'] === true) {
    return literal('null', 'null');
  }
  if (at['ival'] !== undefined) {
    return numberOf(textOf(treeOf(at['ival'])['ival']) || '0');
  }
  if (at['fval'] !== undefined) {
    return numberOf(textOf(treeOf(at['fval'])['fval']));
  }
  if (at['boolval'] !== undefined) {
    return literal('boolean', treeOf(at['boolval'])['boolval'] === true ? 'true' : 'false');
  }
  if (at['bsval'] !== undefined) {
    const bits = textOf(treeOf(at['bsval'])['bsval']);
    return literal('other', `${bits.slice(0, 1)}'${bits.slice(1)}'`);
  }
  return at['sval'] === undefined
    ? opaque('a constant of an unknown kind')
    : literal('string', textOf(treeOf(at['sval'])['sval']));
}

/** A sign belongs to the operator before the number, digits are decimal and stand together. */
function numberOf(text: string): Expr {
  if (text.startsWith('-')) {
    return { kind: 'unary', op: '-', operand: numberOf(text.slice(1)) };
  }
  const digits = text.replaceAll('_', '');
  return literal('number', /^0[xob]/i.test(digits) ? String(BigInt(digits)) : digits);
}

/** The bits PostgreSQL packs the fields of an interval type into. */
const INTERVAL_UNITS: Readonly<Record<number, string>> = {
  2: 'month',
  4: 'year',
  8: 'day',
  1024: 'hour',
  2048: 'minute',
  4096: 'second',
};

/** `interval '3' month`, `'3 months'::interval`: undefined for any other type. */
export function readInterval(amount: Expr, type: unknown): Expr | undefined {
  if (amount.kind !== 'literal' || typeText(treeOf(type)).split('(')[0] !== 'interval') {
    return undefined;
  }
  const sizes = listOf(treeOf(type)['typmods']);
  if (sizes.length === 0) {
    return { kind: 'interval', amount };
  }
  const bits = Number(treeOf(treeOf(treeOf(sizes[0])['A_Const'])['ival'])['ival']);
  const unit = sizes.length === 1 ? INTERVAL_UNITS[bits] : undefined;
  return unit === undefined
    ? opaque('an interval of several fields', [amount])
    : { kind: 'interval', amount, unit };
}
