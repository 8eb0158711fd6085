import type { Expr, Ident, LiteralType, Path } from '../sql/ir.ts';

/** A node no adapter can represent; what stands inside stays visible to column usage. */
export function opaque(because: string, inside: readonly Expr[] = []): Expr {
  return { kind: 'opaque', because, inside };
}

export function literal(type: LiteralType, text: string): Expr {
  return { kind: 'literal', type, text };
}

export function ident(name: string, quoted = false): Ident {
  return { name, quoted };
}

export function column(path: Path): Expr {
  return { kind: 'column', path };
}

export function call(name: string, args: readonly Expr[], modifiers: readonly string[] = []): Expr {
  return { kind: 'call', name, args, distinct: false, orderBy: [], modifiers };
}

export function binary(op: string, left: Expr, right: Expr): Expr {
  return { kind: 'binary', op, left, right };
}

export function not(operand: Expr): Expr {
  return { kind: 'unary', op: 'not', operand };
}

/** The pattern of a LIKE that names its escape character: a form of its own, never printed. */
export function escapedPattern(pattern: Expr, escape: Expr): Expr {
  return call('escape', [pattern, escape], ['escape']);
}

/** `a[1:2]`, `a[:2:step]`: a bound left out is NULL. */
export function slice(base: Expr, bounds: readonly (Expr | undefined)[]): Expr {
  const args = bounds.map((bound) => bound ?? literal('null', 'null'));
  return call('slice', [base, ...args], ['slice']);
}

/** `input => value` where the form has no place for names: a function in FROM. */
export function namedArgument(name: string, value: Expr): Expr {
  return binary('=>', literal('string', name), value);
}

/** A function's name: lower case, dotted; a quoted part keeps its case, for there it counts. */
export function functionName(path: Path): string {
  return path.map((part) => (part.quoted ? part.name : part.name.toLowerCase())).join('.');
}

export type Star = Extract<Expr, { kind: 'star' }>;

export const STAR: Star = { kind: 'star', except: [], replace: [], rename: [] };
