import type { AccessStep, Expr, LiteralType, OrderItem, Query, SelectItem, Window } from './ir.ts';
import type { KeptArguments } from './kept-literals.ts';
import {
  KEEPS_NOTHING,
  keepsNumberArgument,
  keepsStringArgument,
  keptArgumentsOf,
  MOST_IN_KEPT_LIST,
} from './kept-literals.ts';
import {
  isFactor,
  isIntervalText,
  isJsonPath,
  isNeutralNumber,
  isSeparator,
  isSmallNumber,
  isTimeZone,
} from './literal-kinds.ts';
import { withoutQuotedText } from './quoted-text.ts';

/** The slots given so far, and the way into queries inside expressions. */
export interface Dropper {
  readonly slotOf: (type: LiteralType, text: string) => string;
  readonly query: (query: Query) => Query;
}

const ARITHMETIC: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', '//']);
const SCALING: ReadonlySet<string> = new Set(['*', '/', '%', '//']);
const PATH_OPERATORS: ReadonlySet<string> = new Set(['->', '->>', '#>', '#>>']);

/** The expression with its literals taken out; what is kept, `kept-literals.ts` says. */
export function dropFromExpr(expr: Expr, dropper: Dropper): Expr {
  const drop = (inner: Expr): Expr => dropFromExpr(inner, dropper);
  switch (expr.kind) {
    case 'literal':
      return parameterFor(expr, dropper);
    case 'column':
    case 'ref':
    case 'parameter':
      return expr;
    case 'call':
      return dropFromCall(expr, dropper);
    case 'binary':
      return dropFromBinary(expr, dropper);
    case 'unary':
    case 'is':
      return { ...expr, operand: drop(expr.operand) };
    case 'between':
      return { ...expr, operand: drop(expr.operand), low: drop(expr.low), high: drop(expr.high) };
    case 'in-list':
      return { ...expr, operand: drop(expr.operand), list: shortened(expr.list).map(drop) };
    case 'in-query':
      return { ...expr, operand: drop(expr.operand), query: dropper.query(expr.query) };
    case 'exists':
    case 'subquery':
      return { ...expr, query: dropper.query(expr.query) };
    case 'quantified':
      return { ...expr, left: drop(expr.left), right: drop(expr.right) };
    case 'case':
      return {
        ...expr,
        ...(expr.operand === undefined ? {} : { operand: drop(expr.operand) }),
        whens: expr.whens.map(({ when, then }) => ({
          when: drop(when),
          // oxlint-disable-next-line unicorn/no-thenable -- the IR's own word
          then: result(then, dropper),
        })),
        ...(expr.otherwise === undefined ? {} : { otherwise: result(expr.otherwise, dropper) }),
      };
    case 'cast':
      return isIntervalLiteral(expr.operand) && expr.type.startsWith('interval')
        ? expr
        : { ...expr, operand: drop(expr.operand) };
    case 'extract':
      return { ...expr, part: withoutQuotedText(expr.part), from: drop(expr.from) };
    case 'interval':
      return isIntervalLiteral(expr.amount) ? expr : { ...expr, amount: drop(expr.amount) };
    case 'star':
      return withoutPattern({ ...expr, replace: dropFromItems(expr.replace, dropper) });
    case 'access':
      return {
        ...expr,
        base: drop(expr.base),
        steps: expr.steps.map((step) => dropFromStep(step, dropper)),
      };
    case 'tuple':
      return { ...expr, items: expr.items.map(drop) };
    case 'array':
      return { ...expr, items: shortened(expr.items).map(drop) };
    case 'struct':
      return { ...expr, fields: dropFromItems(expr.fields, dropper) };
    case 'lambda':
      return { ...expr, body: drop(expr.body) };
    case 'opaque':
      return { ...expr, because: withoutQuotedText(expr.because), inside: expr.inside.map(drop) };
  }
}

function parameterFor(literal: Expr & { kind: 'literal' }, dropper: Dropper): Expr {
  const { type, text } = literal;
  if (type === 'boolean' || type === 'null') {
    return literal;
  }
  return { kind: 'parameter', name: dropper.slotOf(type, text), type };
}

function dropFromCall(call: Expr & { kind: 'call' }, dropper: Dropper): Expr {
  const kept = keptArgumentsOf(call.name.slice(call.name.lastIndexOf('.') + 1));
  const argument = (arg: Expr): Expr =>
    isKeptArgument(arg, kept) || isKeptList(arg, kept) ? arg : dropFromExpr(arg, dropper);
  return {
    ...call,
    name: withoutQuotedText(call.name),
    args: call.args.map(argument),
    ...(call.filter === undefined ? {} : { filter: dropFromExpr(call.filter, dropper) }),
    ...(call.over === undefined ? {} : { over: dropFromWindow(call.over, dropper) }),
    orderBy: dropFromOrder(call.orderBy, dropper),
    modifiers: call.modifiers.map(withoutQuotedText),
  };
}

function isKeptArgument(arg: Expr, kept: KeptArguments): boolean {
  const literal = withoutSign(arg);
  return (
    literal.kind === 'literal' &&
    ((literal.type === 'string' && keepsStringArgument(kept, literal.text)) ||
      (literal.type === 'number' && keepsNumberArgument(kept, literal.text)))
  );
}

/** The shares of a quantile: an array is one kind of node or a call, by who reads it. */
function isKeptList(arg: Expr, kept: KeptArguments): boolean {
  const isCall = arg.kind === 'call' && arg.name === 'array';
  const items = arg.kind === 'array' ? arg.items : isCall ? arg.args : [];
  return (
    kept !== KEEPS_NOTHING &&
    items.length > 0 &&
    items.length <= MOST_IN_KEPT_LIST &&
    items.every((item) => isKeptArgument(item, kept))
  );
}

function withoutSign(expr: Expr): Expr {
  return expr.kind === 'unary' && expr.op === '-' ? expr.operand : expr;
}

function dropFromBinary(binary: Expr & { kind: 'binary' }, dropper: Dropper): Expr {
  const { op, left, right } = binary;
  if (PATH_OPERATORS.has(op)) {
    const isKept = right.kind === 'literal' && isStep(right);
    return {
      ...binary,
      left: dropFromExpr(left, dropper),
      right: isKept ? right : dropFromExpr(right, dropper),
    };
  }
  const operand = (side: Expr): Expr =>
    isKeptOperand(op, side) ? side : dropFromExpr(side, dropper);
  return { ...binary, left: operand(left), right: operand(right) };
}

function isKeptOperand(op: string, side: Expr): boolean {
  if (side.kind !== 'literal') {
    return false;
  }
  const { type, text } = side;
  return type === 'number'
    ? (ARITHMETIC.has(op) && isNeutralNumber(text)) || (SCALING.has(op) && isFactor(text))
    : type === 'string' &&
        ((op === '||' && isSeparator(text)) || (op === 'at time zone' && isTimeZone(text)));
}

function result(expr: Expr, dropper: Dropper): Expr {
  return isNeutral(expr) ? expr : dropFromExpr(expr, dropper);
}

function dropFromStep(step: AccessStep, dropper: Dropper): AccessStep {
  if (step.kind === 'field') {
    return step;
  }
  const index = withoutSign(step.index);
  const isKept = index.kind === 'literal' && isStep(index);
  return isKept ? step : { ...step, index: dropFromExpr(step.index, dropper) };
}

function dropFromWindow(window: Window, dropper: Dropper): Window {
  return {
    ...window,
    partitionBy: window.partitionBy.map((expr) => dropFromExpr(expr, dropper)),
    orderBy: dropFromOrder(window.orderBy, dropper),
    ...(window.frame === undefined ? {} : { frame: withoutQuotedText(window.frame) }),
  };
}

function dropFromOrder(all: readonly OrderItem[], dropper: Dropper): readonly OrderItem[] {
  return all.map((item) => ({ ...item, expr: dropFromExpr(item.expr, dropper) }));
}

function dropFromItems(all: readonly SelectItem[], dropper: Dropper): readonly SelectItem[] {
  return all.map((item) => ({ ...item, expr: dropFromExpr(item.expr, dropper) }));
}

/** A list of nothing but literals tells no more by its third member. */
function shortened(list: readonly Expr[]): readonly Expr[] {
  return list.length > 2 && list.every(isData) ? list.slice(0, 2) : list;
}

function isData(expr: Expr): boolean {
  if (expr.kind === 'unary' || expr.kind === 'cast') {
    return isData(expr.operand);
  }
  if (expr.kind === 'tuple') {
    return expr.items.every(isData);
  }
  return expr.kind === 'literal' || expr.kind === 'parameter';
}

function isStep({ type, text }: Expr & { kind: 'literal' }): boolean {
  return type === 'number' ? isSmallNumber(text) : type === 'string' && isJsonPath(text);
}

function isNeutral(expr: Expr): boolean {
  return expr.kind === 'literal' && expr.type === 'number' && isNeutralNumber(expr.text);
}

function isIntervalLiteral(expr: Expr): boolean {
  return expr.kind === 'literal' && isIntervalText(expr.text);
}

/** Which columns a pattern takes is data: statements of one fingerprint may differ in it. */
function withoutPattern(star: Extract<Expr, { readonly kind: 'star' }>): Expr {
  const { ilike, ...plain } = star;
  return ilike === undefined
    ? star
    : { kind: 'opaque', because: 'a star with a pattern', inside: [plain] };
}
