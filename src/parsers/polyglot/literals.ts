import type { DialectName } from '../../sql/dialect.ts';
import type { Expr } from '../../sql/ir.ts';
import { column, ident, literal, opaque } from '../make-expr.ts';
import type { Tree } from '../tree.ts';
import { isPresent, textOf } from '../tree.ts';

export function readLiteral(at: Tree): Expr {
  const value = textOf(at['value']);
  switch (at['literal_type']) {
    case 'string':
    case 'raw_string':
    case 'dollar_string':
      return literal('string', value);
    case 'number':
      return literal('number', value);
    case 'date':
      return literal('date', value);
    case 'time':
      return literal('time', value);
    case 'timestamp':
      return literal('timestamp', value);
    case 'datetime':
      return { kind: 'cast', operand: literal('string', value), type: 'datetime', safe: false };
    case 'hex_string':
      return literal('other', `x'${value}'`);
    case 'byte_string':
      return literal('binary', value);
    default:
      return opaque(`a literal of kind ${textOf(at['literal_type'])}`);
  }
}

const SIGILS: Readonly<Record<string, string>> = {
  Question: '?',
  Dollar: '$',
  Colon: ':',
  At: '@',
};

export function readParameter(at: Tree, dialect: DialectName): Expr {
  const sigil = SIGILS[textOf(at['style'])] ?? '?';
  const name = `${sigil}${textOf(at['name']) || textOf(at['index'])}`;
  if (isPresent(at['expression'])) {
    return opaque('a computed parameter');
  }
  return dialect === 'snowflake' && /^\$\d+$/.test(name)
    ? column([ident(name)])
    : { kind: 'parameter', name };
}
