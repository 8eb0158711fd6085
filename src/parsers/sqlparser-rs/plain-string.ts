import type { DialectName } from '../../sql/dialect.ts';

/** Dialects with backslashes in strings whose grammar in the library knows none. */
const BACKSLASHED: ReadonlySet<DialectName> = new Set(['databricks', 'spark']);

const ESCAPES = new Map([
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['0', '\0'],
  ['Z', '\u001a'],
]);

/** A string as the library reads it: null as it is, undefined where there is no other spelling. */
export function plainString(text: string, dialect: DialectName): string | null | undefined {
  const prefix = /^[a-z&]*/i.exec(text)?.[0].toLowerCase() ?? '';
  const body = text.slice(prefix.length);
  if (BACKSLASHED.has(dialect)) {
    return sparkString(prefix, body);
  }
  if (prefix === 'e' && body.startsWith("'")) {
    return body.includes('\\') ? requoted(body, C_ESCAPES) : body;
  }
  if (prefix === 'b' || prefix === 'u&') {
    return READ_AS_THEY_ARE.get(prefix)?.has(dialect) === true ? null : undefined;
  }
  return null;
}

const READ_AS_THEY_ARE: ReadonlyMap<string, ReadonlySet<DialectName>> = new Map([
  ['b', new Set<DialectName>(['bigquery', 'mysql'])],
  ['u&', new Set<DialectName>(['postgres'])],
]);

function sparkString(prefix: string, body: string): string | null | undefined {
  if (prefix === '' && !body.includes('\\')) {
    return null;
  }
  if (prefix === 'r') {
    return `'${unquoted(body).replaceAll("'", "''")}'`;
  }
  return prefix === '' ? requoted(body, SPARK_ESCAPES) : prefix === 'x' ? null : undefined;
}

function unquoted(body: string): string {
  return body.slice(1, -1);
}

const C_ESCAPES = /\\(u[\da-f]{4}|x[\da-f]{1,2}|[0-7]{1,3}|[^])|''/gi;
const SPARK_ESCAPES = /\\(u[\da-f]{4}|[0-3][0-7]{2}|[^])|''|""/gi;

/** Puts a string with escapes as a plain one; `\%` and `\_` keep their backslash, which LIKE reads. */
function requoted(body: string, escapes: RegExp): string | undefined {
  const quote = body.charAt(0);
  if (body.length < 2 || !body.endsWith(quote)) {
    return undefined;
  }
  const plain = unquoted(body).replace(escapes, (whole, escape: string | undefined) =>
    escape === undefined ? whole.charAt(0) : unescaped(escape, escapes),
  );
  return `'${plain.replaceAll("'", "''")}'`;
}

function unescaped(escape: string, escapes: RegExp): string {
  if (/^u[\da-f]{4}$/i.test(escape) || /^x[\da-f]{1,2}$/i.test(escape)) {
    return String.fromCharCode(Number.parseInt(escape.slice(1), 16));
  }
  if (/^[0-7]+$/.test(escape) && (escapes === C_ESCAPES || escape.length === 3)) {
    return String.fromCharCode(Number.parseInt(escape, 8));
  }
  if (escapes === SPARK_ESCAPES && (escape === '%' || escape === '_')) {
    return `\\${escape}`;
  }
  const isC = escapes === C_ESCAPES && (escape === 'Z' || escape === '0');
  return (isC ? undefined : ESCAPES.get(escape)) ?? escape;
}
