import type { Expr } from '../sql/ir.ts';
import { binary, opaque } from './make-expr.ts';
import type { Binding } from './precedence.ts';

/** One word of an expression written down again from left to right. */
type Word =
  | { readonly kind: 'operand'; readonly expr: Expr }
  | { readonly kind: 'prefix'; readonly op: 'not' | '-' | '+' | '~' }
  | {
      readonly kind: 'infix';
      readonly op: string;
      readonly build: (left: Expr, right: Expr) => Expr;
    }
  | { readonly kind: 'postfix'; readonly op: string; readonly build: (operand: Expr) => Expr }
  | { readonly kind: 'between'; readonly negated: boolean }
  | { readonly kind: 'between-and' };

export interface ReassociateParts {
  /** Expressions in brackets of their own, which nothing outside can break up. */
  readonly grouped: WeakSet<Expr>;
  readonly binding: Binding;
}

/**
 * Builds the tree of operators anew as the dialect binds them. The libraries have one table of
 * precedences for many dialects, and mistakes in it (`a IS DISTINCT FROM b AND c` is read as
 * `a IS DISTINCT FROM (b AND c)`); the order of the words and the brackets are all we take from them.
 */
export function reassociate(expr: Expr, { grouped, binding }: ReassociateParts): Expr {
  if (!OPERATORS.has(expr.kind) || grouped.has(expr)) {
    return expr;
  }
  const words: Word[] = [];
  writeDown(expr, { words, grouped });
  if (words.filter((word) => word.kind !== 'operand').length < 2) {
    return expr;
  }
  const climber = { words, at: 0, binding };
  const built = climb(climber, 0);
  return built !== undefined && climber.at === words.length
    ? built
    : opaque('operators that do not bind in this dialect', operandsOf(words));
}

const OPERATORS: ReadonlySet<Expr['kind']> = new Set([
  'binary',
  'unary',
  'is',
  'between',
  'in-list',
  'in-query',
  'quantified',
  'cast',
  'access',
]);

function operandsOf(words: readonly Word[]): readonly Expr[] {
  return words.flatMap((word) => (word.kind === 'operand' ? [word.expr] : []));
}

interface Writer {
  readonly words: Word[];
  readonly grouped: WeakSet<Expr>;
}

function writeDown(expr: Expr, writer: Writer): void {
  const { words, grouped } = writer;
  if (grouped.has(expr)) {
    words.push({ kind: 'operand', expr });
  } else if (expr.kind === 'binary') {
    const { op } = expr;
    writeDown(expr.left, writer);
    words.push({ kind: 'infix', op, build: (left, right) => binary(op, left, right) });
    writeDown(expr.right, writer);
  } else if (expr.kind === 'quantified') {
    writeDown(expr.left, writer);
    words.push({ kind: 'infix', op: expr.op, build: (left, right) => ({ ...expr, left, right }) });
    words.push({ kind: 'operand', expr: expr.right });
  } else if (expr.kind === 'unary') {
    words.push({ kind: 'prefix', op: expr.op });
    writeDown(expr.operand, writer);
  } else if (expr.kind === 'between') {
    writeDown(expr.operand, writer);
    words.push({ kind: 'between', negated: expr.negated });
    writeDown(expr.low, writer);
    words.push({ kind: 'between-and' });
    writeDown(expr.high, writer);
  } else if (expr.kind === 'access') {
    writeDown(expr.base, writer);
    words.push({ kind: 'postfix', op: 'access', build: (base) => ({ ...expr, base }) });
  } else if (expr.kind === 'is' || expr.kind === 'cast') {
    writeDown(expr.operand, writer);
    words.push({ kind: 'postfix', op: expr.kind, build: (operand) => ({ ...expr, operand }) });
  } else if (expr.kind === 'in-list' || expr.kind === 'in-query') {
    writeDown(expr.operand, writer);
    words.push({ kind: 'postfix', op: 'in', build: (operand) => ({ ...expr, operand }) });
  } else {
    words.push({ kind: 'operand', expr });
  }
}

interface Climber {
  readonly words: readonly Word[];
  readonly binding: Binding;
  at: number;
}

/** Reads an expression whose operators all bind at least as tightly as `least`. */
function climb(climber: Climber, least: number): Expr | undefined {
  const first = climber.words[climber.at];
  climber.at += 1;
  let left: Expr | undefined;
  if (first?.kind === 'prefix') {
    const operand = climb(climber, climber.binding.toLeft(prefixName(first.op)));
    left = operand && { kind: 'unary', op: first.op, operand };
  } else if (first?.kind === 'operand') {
    left = first.expr;
  }
  while (left !== undefined) {
    const word = climber.words[climber.at];
    if (word === undefined || word.kind === 'operand' || word.kind === 'prefix') {
      return left;
    }
    const level = word.kind === 'between-and' ? -1 : climber.binding.toLeft(nameOf(word));
    if (level < least) {
      return left;
    }
    climber.at += 1;
    left = extended(left, { word, climber, level });
  }
  return undefined;
}

interface Step {
  readonly word: Word;
  readonly climber: Climber;
  readonly level: number;
}

function extended(left: Expr, { word, climber, level }: Step): Expr | undefined {
  switch (word.kind) {
    case 'postfix':
      return word.build(left);
    case 'infix': {
      const right = climb(climber, climber.binding.toRight(word.op));
      return right && word.build(left, right);
    }
    case 'between': {
      const low = climb(climber, level + 1);
      if (low === undefined || climber.words[climber.at]?.kind !== 'between-and') {
        return undefined;
      }
      climber.at += 1;
      const high = climb(climber, level + 1);
      return high && { kind: 'between', operand: left, low, high, negated: word.negated };
    }
    case 'operand':
    case 'prefix':
    case 'between-and':
      return undefined;
  }
}

function prefixName(op: 'not' | '-' | '+' | '~'): string {
  return op === '-' || op === '+' ? 'negate' : op;
}

function nameOf(word: Extract<Word, { kind: 'infix' | 'postfix' | 'between' }>): string {
  return word.kind === 'between' ? 'between' : word.op;
}
