import {
  ARROW,
  CONCAT,
  DOUBLE_COLON,
  HASH_ARROW,
  LONG_ARROW,
  LONG_HASH_ARROW,
  NOT_EQUAL,
  OTHER_OPERATOR,
} from './tokens.ts';

export interface Operator {
  /** The character's own code, or one of the codes of `tokens.ts`. */
  readonly code: number;
  readonly length: number;
}

/** Longest first: the first that fits is it. */
const LONG: readonly (readonly [string, number])[] = [
  ['!~~*', OTHER_OPERATOR],
  ['#>>', LONG_HASH_ARROW],
  ['->>', LONG_ARROW],
  ['<=>', OTHER_OPERATOR],
  ['!~*', OTHER_OPERATOR],
  ['~~*', OTHER_OPERATOR],
  ['!~~', OTHER_OPERATOR],
  ['||/', OTHER_OPERATOR],
  ['<->', OTHER_OPERATOR],
  ['::', DOUBLE_COLON],
  ['->', ARROW],
  ['||', CONCAT],
  ['<>', NOT_EQUAL],
  ['!=', NOT_EQUAL],
  ['#>', HASH_ARROW],
  ['<=', OTHER_OPERATOR],
  ['>=', OTHER_OPERATOR],
  ['==', OTHER_OPERATOR],
  ['=>', OTHER_OPERATOR],
  [':=', OTHER_OPERATOR],
  ['&&', OTHER_OPERATOR],
  ['@>', OTHER_OPERATOR],
  ['<@', OTHER_OPERATOR],
  ['~*', OTHER_OPERATOR],
  ['!~', OTHER_OPERATOR],
  ['~~', OTHER_OPERATOR],
  ['^@', OTHER_OPERATOR],
  ['<<', OTHER_OPERATOR],
  ['**', OTHER_OPERATOR],
  ['//', OTHER_OPERATOR],
  ['|>', OTHER_OPERATOR],
];

/** `>>` stays two tokens: it also closes two angle brackets of a nested type. */
const LONG_BY_FIRST = new Map<number, readonly (readonly [string, number])[]>(
  [...new Set(LONG.map(([text]) => text.charCodeAt(0)))].map((first) => [
    first,
    LONG.filter(([text]) => text.charCodeAt(0) === first),
  ]),
);

const SINGLE: readonly Operator[] = Array.from({ length: 128 }, (_, code) => ({ code, length: 1 }));
const LONG_OPERATORS = new Map<string, Operator>(
  LONG.map(([text, code]) => [text, { code, length: text.length }]),
);
const STRANGE: Operator = { code: OTHER_OPERATOR, length: 1 };

/** The longest operator at this place; any other character is one by itself. */
export function operatorAt(sql: string, at: number): Operator {
  const code = sql.charCodeAt(at);
  const single = SINGLE[code] ?? STRANGE;
  const longer = LONG_BY_FIRST.get(code);
  if (longer === undefined) {
    return single;
  }
  for (const [text] of longer) {
    if (sql.startsWith(text, at)) {
      return LONG_OPERATORS.get(text) ?? single;
    }
  }
  return single;
}
