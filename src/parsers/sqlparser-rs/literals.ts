import type { DialectName } from '../../sql/dialect.ts';
import type { Expr, LiteralType } from '../../sql/ir.ts';
import { column, ident, literal, opaque } from '../make-expr.ts';
import { isPresent, listOf, textOf, treeOf, variantOf } from '../tree.ts';
import { typeText } from './type-text.ts';

const STRINGS: ReadonlySet<string> = new Set([
  'SingleQuotedString',
  'DoubleQuotedString',
  'TripleSingleQuotedString',
  'TripleDoubleQuotedString',
  'EscapedStringLiteral',
  'UnicodeStringLiteral',
  'SingleQuotedRawStringLiteral',
  'DoubleQuotedRawStringLiteral',
  'TripleSingleQuotedRawStringLiteral',
  'TripleDoubleQuotedRawStringLiteral',
]);

const TYPED: ReadonlyMap<string, LiteralType> = new Map([
  ['date', 'date'],
  ['time', 'time'],
  ['timestamp', 'timestamp'],
  ['timestamp with time zone', 'timestamptz'],
]);

export function readValue(node: unknown, dialect: DialectName): Expr {
  const { tag, body } = variantOf(treeOf(node)['value']);
  if (STRINGS.has(tag)) {
    return literal('string', textOf(body));
  }
  switch (tag) {
    case 'Number': {
      const [digits, isLong] = listOf(body);
      return isPresent(isLong)
        ? opaque('a number with suffix l')
        : literal('number', textOf(digits));
    }
    case 'Boolean':
      return literal('boolean', body === true ? 'true' : 'false');
    case 'Null':
      return literal('null', 'null');
    case 'DollarQuotedString':
      return literal('string', textOf(treeOf(body)['value']));
    case 'Placeholder':
      return readPlaceholder(textOf(body), dialect);
    case 'HexStringLiteral':
      return literal('other', `x'${textOf(body)}'`);
    case 'SingleQuotedByteStringLiteral':
    case 'DoubleQuotedByteStringLiteral':
    case 'TripleSingleQuotedByteStringLiteral':
    case 'TripleDoubleQuotedByteStringLiteral':
      return literal('binary', textOf(body));
    default:
      return opaque(`a literal of kind ${tag}`);
  }
}

/** Snowflake's `$1` is a column of the row; anywhere else it is a parameter. */
function readPlaceholder(name: string, dialect: DialectName): Expr {
  if (dialect === 'snowflake' && /^\$\d+$/.test(name)) {
    return column([ident(name)]);
  }
  if (name.startsWith('@') && (dialect === 'duckdb' || dialect === 'postgres')) {
    return opaque('operator @', [column([ident(name.slice(1))])]);
  }
  return { kind: 'parameter', name };
}

/** `DATE '2026-01-01'`; a type that is no date or time is a cast of its text. */
export function readTypedString(node: unknown, dialect: DialectName): Expr {
  const { data_type: dataType, value } = treeOf(node);
  const inner = readValue(value, dialect);
  const type = typeText(dataType);
  if (inner.kind !== 'literal') {
    return opaque('a typed literal that is no string', [inner]);
  }
  const literalType = TYPED.get(type);
  if (literalType) {
    return literal(literalType, inner.text);
  }
  return { kind: 'cast', operand: inner, type, safe: false };
}
