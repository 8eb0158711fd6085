import type { BoundExpr, BoundOrderItem, BoundQuery } from '../bound.ts';
import type { Dialect } from '../dialect.ts';
import { SAFE_CAST } from '../dialects/rewriting.ts';
import { WRITING_RULES } from '../dialects/writing.ts';
import { printAccess } from './print-access.ts';
import { printLiteral } from './print-literal.ts';
import { Unprintable } from './unprintable.ts';

export interface ExprPrinter {
  readonly dialect: Dialect;
  readonly printRef: (ref: Extract<BoundExpr, { kind: 'ref' }>) => string;
  /** A query in parentheses. */
  readonly printNested: (query: BoundQuery) => string;
  /** The words a person had for the very expression, where there are such. */
  readonly ownWords?: (expr: BoundExpr) => string | undefined;
}

/** How tightly an operator binds; operands that bind less are put in parentheses. */
const OR = 1;
const AND = 2;
const NOT = 3;
const COMPARE = 4;
const OTHER = 5;
const ADD = 6;
const MULTIPLY = 7;
const SIGN = 8;
const ATOM = 10;

/** Binds tighter than arithmetic: its operands are atoms; beside any operator but a comparison it gets brackets. */
const ZONE = 'at time zone';

const BINARY: ReadonlyMap<string, number> = new Map([
  ['or', OR],
  ['and', AND],
  ...['=', '<>', '<', '<=', '>', '>='].map((op) => [op, COMPARE] as const),
  ...['is distinct from', 'is not distinct from'].map((op) => [op, COMPARE] as const),
  ...['like', 'ilike', 'rlike', 'regexp', 'similar to']
    .flatMap((op) => [op, `not ${op}`])
    .map((op) => [op, COMPARE] as const),
  ...['||', '~', '!~', '~*', '!~*', '->', '->>', '&', '|', '<<', '>>', '^', '**'].map(
    (op) => [op, OTHER] as const,
  ),
  ['+', ADD],
  ['-', ADD],
  ['*', MULTIPLY],
  ['/', MULTIPLY],
  ['//', MULTIPLY],
  ['%', MULTIPLY],
  ['div', MULTIPLY],
  [ZONE, OTHER],
]);

/** The text of an expression; throws `Unprintable`. */
export function printExpr(expr: BoundExpr, printer: ExprPrinter): string {
  return print(expr, 0, printer);
}

function print(expr: BoundExpr, atLeast: number, printer: ExprPrinter): string {
  const text = printer.ownWords?.(expr) ?? plain(expr, printer);
  return bindingOf(expr) < atLeast ? `(${text})` : text;
}

function bindingOf(expr: BoundExpr): number {
  if (expr.kind === 'binary') {
    return BINARY.get(expr.op) ?? OTHER;
  }
  if (expr.kind === 'unary') {
    return expr.op === 'not' ? NOT : SIGN;
  }
  if (expr.kind === 'exists') {
    return expr.negated ? NOT : ATOM;
  }
  const compares = ['is', 'between', 'in-list', 'in-query', 'quantified'].includes(expr.kind);
  if (compares) {
    return COMPARE;
  }
  return expr.kind === 'literal' && expr.text.startsWith('-') ? SIGN : ATOM;
}

function plain(expr: BoundExpr, printer: ExprPrinter): string {
  const at = (part: BoundExpr, atLeast: number): string => print(part, atLeast, printer);
  const list = (parts: readonly BoundExpr[]): string => parts.map((part) => at(part, 0)).join(', ');
  const not = 'negated' in expr && expr.negated ? 'not ' : '';
  switch (expr.kind) {
    case 'ref':
      return printer.printRef(expr);
    case 'literal':
      return printLiteral(expr, printer.dialect);
    case 'parameter':
      throw new Unprintable(`the value of parameter ${expr.name} is not known`);
    case 'call':
      return printCall(expr, printer);
    case 'binary':
      return printBinary(expr, printer);
    case 'unary':
      return expr.op === 'not'
        ? `not ${at(expr.operand, COMPARE)}`
        : `${expr.op}${at(expr.operand, ATOM)}`;
    case 'is':
      return `${at(expr.operand, OTHER)} is ${not}${expr.test}`;
    case 'between':
      return `${at(expr.operand, OTHER)} ${not}between ${at(expr.low, OTHER)} and ${at(expr.high, OTHER)}`;
    case 'in-list':
      return `${at(expr.operand, OTHER)} ${not}in (${list(expr.list)})`;
    case 'in-query':
      return `${at(expr.operand, OTHER)} ${not}in ${printer.printNested(expr.query)}`;
    case 'exists':
      return `${not}exists ${printer.printNested(expr.query)}`;
    case 'quantified':
      return `${at(expr.left, OTHER)} ${expr.op} ${expr.quantifier} ${
        expr.right.kind === 'subquery' ? at(expr.right, ATOM) : `(${at(expr.right, 0)})`
      }`;
    case 'subquery':
      return printer.printNested(expr.query);
    case 'case':
      return printCase(expr, printer);
    case 'cast':
      return `${expr.safe ? safeCast(printer.dialect) : 'cast'}(${at(expr.operand, 0)} as ${expr.type})`;
    case 'extract':
      return `extract(${expr.part} from ${printExtracted(expr.from, printer)})`;
    case 'interval':
      return printInterval(expr, printer);
    case 'tuple':
      return `(${list(expr.items)})`;
    case 'array':
      return printArray(list(expr.items), printer.dialect);
    case 'access':
      return printAccess(expr, { dialect: printer.dialect, text: (part) => at(part, 0) });
    case 'struct':
    case 'lambda':
    case 'star':
    case 'column':
      throw new Unprintable(`a ${expr.kind} expression has no safe text`);
    case 'opaque':
      throw new Unprintable(`an expression was not understood: ${expr.because}`);
  }
}

function printArray(items: string, dialect: Dialect): string {
  switch (WRITING_RULES[dialect.name].array) {
    case 'brackets':
      return `[${items}]`;
    case 'array-brackets':
      return `array[${items}]`;
    case 'function':
      return `array(${items})`;
  }
}

/** What EXTRACT takes from: the one place where every dialect that knows AT TIME ZONE allows it. */
function printExtracted(expr: BoundExpr, printer: ExprPrinter): string {
  return expr.kind === 'binary' && expr.op === ZONE
    ? printOperands(expr, { printer, left: ATOM, right: ATOM })
    : print(expr, 0, printer);
}

function safeCast(dialect: Dialect): string {
  return SAFE_CAST[dialect.name] ?? 'try_cast';
}

function printBinary(expr: Extract<BoundExpr, { kind: 'binary' }>, printer: ExprPrinter): string {
  const binding = BINARY.get(expr.op);
  if (binding === undefined) {
    throw new Unprintable(`operator ${expr.op} has no safe text`);
  }
  if (expr.op === ZONE) {
    if (WRITING_RULES[printer.dialect.name].zonesInExtractOnly) {
      throw new Unprintable('a time zone outside EXTRACT');
    }
    return printOperands(expr, { printer, left: ATOM, right: ATOM });
  }
  const isChain = expr.op === 'and' || expr.op === 'or';
  const loose = isChain || binding === ADD || binding === MULTIPLY;
  return printOperands(expr, {
    printer,
    left: loose ? binding : binding + 1,
    right: isChain ? binding : binding + 1,
  });
}

interface Operands {
  readonly printer: ExprPrinter;
  /** How tightly each side must bind. */
  readonly left: number;
  readonly right: number;
}

function printOperands(
  expr: Extract<BoundExpr, { kind: 'binary' }>,
  { printer, left, right }: Operands,
): string {
  return `${print(expr.left, left, printer)} ${expr.op} ${print(expr.right, right, printer)}`;
}

function printCall(expr: Extract<BoundExpr, { kind: 'call' }>, printer: ExprPrinter): string {
  const text = (part: BoundExpr): string => print(part, 0, printer);
  const within = expr.modifiers.includes('within group');
  if (expr.modifiers.some((modifier) => modifier !== 'within group')) {
    throw new Unprintable(`call of ${expr.name} with ${expr.modifiers.join(', ')}`);
  }
  if (expr.filter !== undefined && !WRITING_RULES[printer.dialect.name].hasFilter) {
    throw new Unprintable(`${expr.name} with FILTER`);
  }
  const [only] = expr.args;
  const args =
    expr.args.length === 1 && only?.kind === 'star' ? '*' : expr.args.map(text).join(', ');
  const order = expr.orderBy.length === 0 ? '' : `order by ${printOrder(expr.orderBy, text)}`;
  const inner = `${expr.distinct ? 'distinct ' : ''}${args}${within || order === '' ? '' : ` ${order}`}`;
  const name = expr.name.split('.').map(functionName).join('.');
  const parts = [
    BARE.has(expr.name) && expr.args.length === 0 ? name : `${name}(${inner})`,
    within ? `within group (${order})` : '',
    expr.filter === undefined ? '' : `filter (where ${text(expr.filter)})`,
    expr.over === undefined ? '' : `over (${printWindow(expr.over, text)})`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

const BARE = new Set([
  'current_date',
  'current_time',
  'current_timestamp',
  'localtime',
  'localtimestamp',
  'current_user',
  'session_user',
]);

function functionName(name: string): string {
  if (!/^[a-z_][a-z0-9_]*$/.test(name)) {
    throw new Unprintable(`function name ${name}`);
  }
  return name;
}

function printWindow(
  window: NonNullable<Extract<BoundExpr, { kind: 'call' }>['over']>,
  text: (expr: BoundExpr) => string,
): string {
  const parts = [
    window.partitionBy.length === 0
      ? ''
      : `partition by ${window.partitionBy.map(text).join(', ')}`,
    window.orderBy.length === 0 ? '' : `order by ${printOrder(window.orderBy, text)}`,
    window.frame ?? '',
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** The items of an ORDER BY. */
export function printOrder(
  items: readonly BoundOrderItem[],
  text: (expr: BoundExpr) => string,
): string {
  return items
    .map((item) => {
      const nulls = item.nulls === undefined ? '' : ` nulls ${item.nulls}`;
      return `${text(item.expr)}${item.descending ? ' desc' : ''}${nulls}`;
    })
    .join(', ');
}

function printCase(expr: Extract<BoundExpr, { kind: 'case' }>, printer: ExprPrinter): string {
  const text = (part: BoundExpr): string => print(part, 0, printer);
  const operand = expr.operand === undefined ? '' : ` ${text(expr.operand)}`;
  const arms = expr.whens.map((arm) => ` when ${text(arm.when)} then ${text(arm.then)}`).join('');
  const otherwise = expr.otherwise === undefined ? '' : ` else ${text(expr.otherwise)}`;
  return `case${operand}${arms}${otherwise} end`;
}

function printInterval(
  expr: Extract<BoundExpr, { kind: 'interval' }>,
  printer: ExprPrinter,
): string {
  const amount =
    expr.amount.kind === 'literal'
      ? print(expr.amount, 0, printer)
      : `(${print(expr.amount, 0, printer)})`;
  return expr.unit === undefined ? `interval ${amount}` : `interval ${amount} ${expr.unit}`;
}
