import type { BoundBody, BoundExpr, BoundFrom, BoundOrderItem, BoundQuery } from '../bound.ts';
import { plainInterval, typeKey } from './spellings.ts';
import type { Call, Ref } from './walk.ts';

/** How a key names the columns of the sources outside the expression. */
export type NameRef = (ref: Ref) => string;

/**
 * A text that two expressions share only if they have the same value on every row: the canonical form.
 * Commutative operands are sorted, comparisons turned to `<`, sources of inner queries numbered in reading order.
 */
export function exprKey(expr: BoundExpr, nameRef: NameRef = plainName): string {
  return keyIn(expr, { nameRef, inner: new Map() });
}

/** As `exprKey` for a whole query: equal keys, equal answers. Output names are not part of it. */
export function queryKey(query: BoundQuery, nameRef: NameRef = plainName): string {
  return keyOfQuery(query, { nameRef, inner: new Map() });
}

export function plainName(ref: Ref): string {
  return `${ref.occ}.${ref.column}`;
}

interface KeyScope {
  readonly nameRef: NameRef;
  /** Sources of queries inside the expression, numbered as they are met. */
  readonly inner: Map<number, string>;
}

function keyIn(expr: BoundExpr, scope: KeyScope): string {
  const key = (part: BoundExpr): string => keyIn(part, scope);
  switch (expr.kind) {
    case 'column':
      return `(column ${JSON.stringify(expr.path)})`;
    case 'ref': {
      const inner = scope.inner.get(expr.occ);
      return inner === undefined ? `[${scope.nameRef(expr)}]` : `[${inner}.${expr.column}]`;
    }
    case 'literal':
      return literalKey(expr);
    case 'parameter':
      return `(? ${expr.name})`;
    case 'call':
      return callKey(expr, scope);
    case 'binary':
      return binaryKey(expr, key);
    case 'unary':
      return `(${expr.op}_ ${key(expr.operand)})`;
    case 'is':
      return `(is${expr.negated ? '-not' : ''} ${expr.test} ${key(expr.operand)})`;
    case 'between':
      return `(between ${expr.negated} ${key(expr.operand)} ${key(expr.low)} ${key(expr.high)})`;
    case 'in-list':
      return `(in ${expr.negated} ${key(expr.operand)} ${sortedUnique(expr.list.map(key)).join(' ')})`;
    case 'in-query':
      return `(in ${expr.negated} ${key(expr.operand)} ${keyOfQuery(expr.query, scope)})`;
    case 'exists':
      return `(exists ${expr.negated} ${keyOfQuery(expr.query, scope)})`;
    case 'quantified':
      return `(${expr.op} ${expr.quantifier} ${key(expr.left)} ${key(expr.right)})`;
    case 'subquery':
      return `(subquery ${keyOfQuery(expr.query, scope)})`;
    case 'case':
      return `(case ${expr.operand === undefined ? '' : key(expr.operand)} ${expr.whens
        .map((arm) => `(${key(arm.when)} ${key(arm.then)})`)
        .join('')} ${expr.otherwise === undefined ? '' : key(expr.otherwise)})`;
    case 'cast':
      return `(cast ${expr.safe} ${typeKey(expr.type)} ${key(expr.operand)})`;
    case 'extract':
      return `(extract ${expr.part} ${key(expr.from)})`;
    case 'interval':
      return `(interval ${plainInterval(expr) ?? `${expr.unit ?? ''} ${key(expr.amount)}`})`;
    case 'star':
      return '*';
    case 'access':
      return `(access ${key(expr.base)} ${expr.steps
        .map((step) => (step.kind === 'field' ? JSON.stringify(step.name) : key(step.index)))
        .join(' ')})`;
    case 'tuple':
    case 'array':
      return `(${expr.kind} ${expr.items.map(key).join(' ')})`;
    case 'struct':
      return `(struct ${expr.fields
        .map((field) => `${JSON.stringify(field.alias?.name ?? '')} ${key(field.expr)}`)
        .join(' ')})`;
    case 'lambda':
      return `(lambda ${JSON.stringify(expr.parameters)} ${key(expr.body)})`;
    case 'opaque':
      return `(opaque ${JSON.stringify(expr)})`;
  }
}

function literalKey(expr: Extract<BoundExpr, { kind: 'literal' }>): string {
  const folds = expr.type === 'boolean' || expr.type === 'null';
  return `'${expr.type} ${JSON.stringify(folds ? expr.text.toLowerCase() : expr.text)}`;
}

function callKey(call: Call, scope: KeyScope): string {
  const key = (part: BoundExpr): string => keyIn(part, scope);
  const args =
    call.name === 'count' && !call.distinct && countsRows(call) ? ['*'] : call.args.map(key);
  const filter = call.filter === undefined ? '' : ` filter ${key(call.filter)}`;
  const order = call.orderBy.length === 0 ? '' : ` order ${orderKey(call.orderBy, key)}`;
  const over =
    call.over === undefined
      ? ''
      : ` over ${sortedUnique(call.over.partitionBy.map(key)).join(' ')} / ${orderKey(
          call.over.orderBy,
          key,
        )} / ${call.over.frame ?? ''}`;
  return `(${call.name}${call.distinct ? ' distinct' : ''} ${args.join(' ')}${filter}${order}${over} ${call.modifiers.join(' ')})`;
}

/** True for `count(*)`, `count()` and the count of a literal that is not NULL. */
export function countsRows(call: Call): boolean {
  const [argument, ...more] = call.args;
  if (more.length > 0) {
    return false;
  }
  return (
    argument === undefined ||
    argument.kind === 'star' ||
    (argument.kind === 'literal' && argument.type !== 'null')
  );
}

const COMMUTATIVE = new Set(['=', '<>', '+', '*', 'is distinct from', 'is not distinct from']);
const TURNED: ReadonlyMap<string, string> = new Map([
  ['>', '<'],
  ['>=', '<='],
]);

function binaryKey(
  expr: Extract<BoundExpr, { kind: 'binary' }>,
  key: (expr: BoundExpr) => string,
): string {
  if (expr.op === 'and' || expr.op === 'or') {
    return `(${expr.op} ${sortedUnique(chainOf(expr, expr.op).map(key)).join(' ')})`;
  }
  const turned = TURNED.get(expr.op);
  if (turned !== undefined) {
    return `(${turned} ${key(expr.right)} ${key(expr.left)})`;
  }
  const sides = [key(expr.left), key(expr.right)];
  return `(${expr.op} ${(COMMUTATIVE.has(expr.op) ? sides.toSorted() : sides).join(' ')})`;
}

/** The operands of a chain of one associative operator. */
export function chainOf(expr: BoundExpr, op: 'and' | 'or'): readonly BoundExpr[] {
  return expr.kind === 'binary' && expr.op === op
    ? [...chainOf(expr.left, op), ...chainOf(expr.right, op)]
    : [expr];
}

function orderKey(items: readonly BoundOrderItem[], key: (expr: BoundExpr) => string): string {
  return items
    .map((item) => `${key(item.expr)} ${item.descending ? 'desc' : 'asc'} ${item.nulls ?? ''}`)
    .join(',');
}

function sortedUnique(keys: readonly string[]): readonly string[] {
  return [...new Set(keys)].toSorted();
}

function keyOfQuery(query: BoundQuery, scope: KeyScope): string {
  const body = keyOfBody(query.body, scope);
  const key = (part: BoundExpr): string => keyIn(part, scope);
  return `{${body} order ${orderKey(query.orderBy, key)} limit ${optional(query.limit, key)} ${optional(
    query.offset,
    key,
  )} ${query.limitModifier ?? ''}}`;
}

/** As `queryKey`, of a body alone. */
export function bodyKey(body: BoundBody, nameRef: NameRef = plainName): string {
  return keyOfBody(body, { nameRef, inner: new Map() });
}

function keyOfBody(body: BoundBody, scope: KeyScope): string {
  const key = (part: BoundExpr): string => keyIn(part, scope);
  switch (body.kind) {
    case 'select': {
      const from = body.from === undefined ? '' : keyOfFrom(body.from, scope);
      const distinct =
        body.distinct === undefined || body.distinct === 'all'
          ? (body.distinct ?? '')
          : `on ${body.distinct.map(key).join(' ')}`;
      return `select ${distinct} ${body.items.map((item) => key(item.expr)).join(', ')} from ${from} where ${
        body.where === undefined ? '' : sortedUnique(chainOf(body.where, 'and').map(key)).join(' ')
      } group ${body.groupBy === undefined ? '-' : `${body.groupBy.exprs.map(key).join(' ')} ${JSON.stringify(body.groupBy.sets ?? '')}`} having ${optional(
        body.having,
        key,
      )} qualify ${optional(body.qualify, key)} ${body.opaqueClauses.join(' ')}`;
    }
    case 'set':
      return `${body.op} ${body.all} ${keyOfQuery(body.left, scope)} ${keyOfQuery(body.right, scope)}`;
    case 'values':
      return `values ${body.rows.map((row) => row.map(key).join(' ')).join('; ')}`;
    case 'opaque-query':
      return `opaque ${body.because}`;
  }
}

function optional(expr: BoundExpr | undefined, key: (expr: BoundExpr) => string): string {
  return expr === undefined ? '' : key(expr);
}

function keyOfFrom(from: BoundFrom, scope: KeyScope): string {
  if (from.kind === 'join') {
    const sides = `${keyOfFrom(from.left, scope)} ${keyOfFrom(from.right, scope)}`;
    return `(${from.join} ${sides} ${optional(from.on, (expr) => keyIn(expr, scope))})`;
  }
  scope.inner.set(from.occ, `#${scope.inner.size}`);
  const name = scope.inner.get(from.occ) ?? '';
  switch (from.kind) {
    case 'table':
      return `(${name} ${from.relation} ${from.modifiers.join(' ')})`;
    case 'derived':
      return `(${name} ${from.lateral} ${JSON.stringify(from.columns)} ${keyOfQuery(from.query, scope)})`;
    case 'recursive':
      return `(${name} recursive ${from.name})`;
    case 'function':
      return `(${name} ${from.name} ${from.args.map((arg) => keyIn(arg, scope)).join(' ')} ${JSON.stringify(from.columns)})`;
    case 'opaque-from':
      return `(${name} ${JSON.stringify(from)})`;
  }
}
