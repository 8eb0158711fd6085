import type { DialectName } from '../../sql/dialect.ts';
import { listOf, textOf, variantOf } from '../tree.ts';

/** The library's binary operators as the IR writes them; what is missing here becomes opaque. */
const OPERATORS: Readonly<Record<string, string>> = {
  Plus: '+',
  Minus: '-',
  Multiply: '*',
  Divide: '/',
  Modulo: '%',
  StringConcat: '||',
  Gt: '>',
  Lt: '<',
  GtEq: '>=',
  LtEq: '<=',
  Spaceship: 'is not distinct from',
  Eq: '=',
  NotEq: '<>',
  And: 'and',
  Or: 'or',
  Xor: 'xor',
  BitwiseOr: '|',
  BitwiseAnd: '&',
  BitwiseXor: '^',
  DuckIntegerDivide: '//',
  MyIntegerDivide: 'div',
  Match: 'match',
  Regexp: 'regexp',
  Glob: 'glob',
  PGBitwiseXor: '#',
  PGBitwiseShiftLeft: '<<',
  PGBitwiseShiftRight: '>>',
  PGExp: '^',
  PGOverlap: '&&',
  PGRegexMatch: '~',
  PGRegexIMatch: '~*',
  PGRegexNotMatch: '!~',
  PGRegexNotIMatch: '!~*',
  PGLikeMatch: 'like',
  PGILikeMatch: 'ilike',
  PGNotLikeMatch: 'not like',
  PGNotILikeMatch: 'not ilike',
  PGStartsWith: '^@',
  Arrow: '->',
  LongArrow: '->>',
  HashArrow: '#>',
  HashLongArrow: '#>>',
  AtAt: '@@',
  AtArrow: '@>',
  ArrowAt: '<@',
  HashMinus: '#-',
  AtQuestion: '@?',
  Question: '?',
  QuestionAnd: '?&',
  QuestionPipe: '?|',
  Overlaps: 'overlaps',
  LtDashGt: '<->',
};

/** MySQL reads `||` and `&&` as OR and AND. */
const MYSQL: Readonly<Record<string, string>> = { StringConcat: 'or', PGOverlap: 'and' };

export function operatorText(node: unknown, dialect: DialectName): string | undefined {
  const { tag, body } = variantOf(node);
  if (tag === 'Custom') {
    return textOf(body).toLowerCase();
  }
  if (tag === 'PGCustomBinaryOperator') {
    return `operator(${listOf(body).map(textOf).join('.')})`;
  }
  return (dialect === 'mysql' ? MYSQL[tag] : undefined) ?? OPERATORS[tag];
}
