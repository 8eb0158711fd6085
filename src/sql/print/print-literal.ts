import type { BoundExpr } from '../bound.ts';
import type { Dialect } from '../dialect.ts';
import { WRITING_RULES } from '../dialects/writing.ts';
import { Unprintable } from './unprintable.ts';

/** The text of a literal. String texts hold the value itself; it is quoted and escaped as the dialect reads it. */
export function printLiteral(
  literal: Extract<BoundExpr, { kind: 'literal' }>,
  dialect: Dialect,
): string {
  switch (literal.type) {
    case 'number':
      if (!/^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i.test(literal.text)) {
        throw new Unprintable(`number written as ${literal.text}`);
      }
      return literal.text;
    case 'string':
      return quoteString(literal.text, dialect);
    case 'boolean':
    case 'null':
      return literal.text.toLowerCase();
    case 'date':
    case 'time':
    case 'timestamp':
      return `${literal.type} ${quoteString(literal.text, dialect)}`;
    case 'other':
      return datePart(literal.text);
    case 'timestamptz':
    case 'binary':
      throw new Unprintable(`a ${literal.type} literal has no safe text`);
  }
}

/** A bare word of a call, as in `date_trunc(month, d)`. */
function datePart(text: string): string {
  if (!/^[a-z_]+(\([a-z]+\))?$/.test(text)) {
    throw new Unprintable('a literal of an unknown kind has no safe text');
  }
  return text;
}

function quoteString(text: string, dialect: Dialect): string {
  const { quoteInString, stringsStayOnLine } = WRITING_RULES[dialect.name];
  const slashed = dialect.lexical.backslashEscapes ? text.replaceAll('\\', '\\\\') : text;
  const quoted = slashed.replaceAll("'", quoteInString === 'doubled' ? "''" : "\\'");
  return stringsStayOnLine
    ? `'${quoted.replaceAll('\n', '\\n').replaceAll('\r', '\\r')}'`
    : `'${quoted}'`;
}
