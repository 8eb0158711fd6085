import type { Expr, Ident } from '../../sql/ir.ts';
import { binary, column, escapedPattern, literal, not, opaque, slice } from '../make-expr.ts';
import type { Tree } from '../tree.ts';
import { isPresent, isTree, listOf, treeOf, variantOf } from '../tree.ts';
import type { Adapt } from './adapt.ts';
import { unread } from './adapt.ts';
import { readCall, readWindowCall, withWithinGroup } from './calls.ts';
import { readExtract, readInterval, readQuantified, readStar } from './expr-forms.ts';
import { readLiteral, readParameter } from './literals.ts';
import { readIdent, readPath } from './names.ts';
import { isOddType, typeText } from './type-text.ts';

const BINARY: Readonly<Record<string, string>> = {
  and: 'and',
  or: 'or',
  add: '+',
  sub: '-',
  mul: '*',
  div: '/',
  mod: '%',
  eq: '=',
  neq: '<>',
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
  concat: '||',
  bitwise_and: '&',
  bitwise_or: '|',
  bitwise_left_shift: '<<',
  bitwise_right_shift: '>>',
  null_safe_eq: 'is not distinct from',
  null_safe_neq: 'is distinct from',
  like: 'like',
  i_like: 'ilike',
  glob: 'glob',
};

/** One expression node of polyglot as IR; a node not read in full is opaque. */
export function readExpr(node: unknown, adapt: Adapt): Expr {
  const { tag, body } = variantOf(node);
  const at = treeOf(body);
  const op = BINARY[tag];
  if (op !== undefined) {
    const sides = [adapt.operand(at['left']), adapt.operand(at['right'])] as const;
    const extra = unread(at, ['left', 'right']);
    if (extra.length === 1 && isPresent(at['escape'])) {
      const pattern = escapedPattern(adapt.expr(at['right']), adapt.expr(at['escape']));
      return binary(op, sides[0], pattern);
    }
    return extra.length > 0
      ? opaque(`${op} with ${extra.join(', ')}`, sides)
      : binary(op, ...sides);
  }
  return readOther(tag, at, adapt) ?? readCall(tag, at, adapt) ?? unknown(tag, at, adapt);
}

function unknown(tag: string, at: Tree, adapt: Adapt): Expr {
  const inside = Object.values(at)
    .flatMap((field) => (Array.isArray(field) ? field : [field]))
    .filter((field) => isTree(field) && Object.keys(field).length === 1)
    .filter((field) => !QUERIES.has(variantOf(field).tag));
  return opaque(`${tag.replaceAll('_', ' ') || 'an unknown'} expression`, inside.map(adapt.expr));
}

const QUERIES: ReadonlySet<string> = new Set(['select', 'union', 'intersect', 'except', 'values']);

/** The nodes that are no operators and no calls; undefined for any other. */
function readOther(tag: string, at: Tree, adapt: Adapt): Expr | undefined {
  switch (tag) {
    case 'column':
      return readColumn(at, adapt);
    case 'identifier':
      return column([readIdent(at)]);
    case 'literal':
      return readLiteral(at);
    case 'boolean':
      return literal('boolean', at['value'] === true ? 'true' : 'false');
    case 'null':
      return literal('null', 'null');
    case 'parameter':
    case 'placeholder':
      return readParameter(at, adapt.dialect);
    case 'paren':
    case 'annotated':
      return adapt.group(adapt.expr(at['this']));
    case 'not':
      return not(adapt.operand(at['this']));
    case 'neg':
      return { kind: 'unary', op: '-', operand: adapt.operand(at['this']) };
    case 'bitwise_not':
      return { kind: 'unary', op: '~', operand: adapt.operand(at['this']) };
    case 'is_null':
      return { kind: 'is', operand: adapt.operand(at['this']), test: 'null', negated: isNot(at) };
    case 'is_true':
    case 'is_false': {
      const test = tag === 'is_true' ? 'true' : 'false';
      return { kind: 'is', operand: adapt.operand(at['this']), test, negated: isNot(at) };
    }
    case 'between':
      return unread(at, ['this', 'low', 'high', 'not']).length > 0
        ? undefined
        : {
            kind: 'between',
            operand: adapt.operand(at['this']),
            low: adapt.operand(at['low']),
            high: adapt.operand(at['high']),
            negated: isNot(at),
          };
    case 'in':
      return readIn(at, adapt);
    case 'exists':
      return { kind: 'exists', query: adapt.query(at['this']), negated: isNot(at) };
    case 'select':
    case 'union':
    case 'intersect':
    case 'except':
      return { kind: 'subquery', query: adapt.query({ [tag]: at }) };
    case 'subquery':
      return { kind: 'subquery', query: adapt.query({ subquery: at }) };
    case 'case':
      return readCase(at, adapt);
    case 'cast':
    case 'try_cast':
    case 'safe_cast':
      return readCast(tag, at, adapt);
    case 'interval':
      return readInterval(at, adapt);
    case 'extract':
      return readExtract(at, adapt);
    case 'at_time_zone':
      return binary('at time zone', adapt.operand(at['this']), adapt.operand(at['zone']));
    case 'any':
    case 'all':
      return readQuantified(tag, at, adapt);
    case 'tuple':
      return { kind: 'tuple', items: listOf(at['expressions']).map(adapt.expr) };
    case 'array_func':
      return { kind: 'array', items: listOf(at['expressions']).map(adapt.expr) };
    case 'subscript': {
      const index = adapt.expr(at['index']);
      return { kind: 'access', base: adapt.operand(at['this']), steps: [{ kind: 'index', index }] };
    }
    case 'array_slice': {
      const bounds = [at['start'], at['end']].map((bound) =>
        isPresent(bound) ? adapt.expr(bound) : undefined,
      );
      return unread(at, ['this', 'start', 'end']).length > 0
        ? undefined
        : adapt.group(slice(adapt.operand(at['this']), bounds));
    }
    case 'dot':
      return readDot(at, adapt);
    case 'method_call':
      return readMethod(at, adapt);
    case 'star':
      return readStar(at, adapt);
    case 'window_function':
      return readWindowCall(at, adapt);
    case 'within_group':
      return withWithinGroup(at, adapt);
    case 'lambda':
      return listOf(at['parameter_types']).some(isPresent)
        ? undefined
        : {
            kind: 'lambda',
            parameters: listOf(at['parameters']).map(readIdent),
            body: adapt.expr(at['body']),
          };
    case 'alias':
      return opaque('an alias inside an expression', [adapt.expr(at['this'])]);
    default:
      return undefined;
  }
}

function isNot(at: Tree): boolean {
  return at['not'] === true;
}

function readColumn(at: Tree, adapt: Adapt): Expr {
  const path = readPath([at['table'], at['name']], adapt.dialect);
  const [first] = path;
  if (isPresent(at['join_mark'])) {
    return opaque('an outer join mark', [column(path)]);
  }
  if (path.some((part) => !part.quoted && part.name.startsWith('#'))) {
    return opaque('a column by its position');
  }
  return first && path.length === 1 && !first.quoted && first.name.startsWith('@')
    ? { kind: 'parameter', name: first.name }
    : column(path);
}

function readDot(at: Tree, adapt: Adapt): Expr {
  const base = adapt.operand(at['this']);
  const field: Ident = readIdent(at['field']);
  return base.kind === 'column'
    ? column([...base.path, field])
    : { kind: 'access', base, steps: [{ kind: 'field', name: field.name }] };
}

/** BigQuery's `project.dataset.f(x)`; a method of a value anywhere else. */
function readMethod(at: Tree, adapt: Adapt): Expr {
  const base = adapt.operand(at['this']);
  const args = listOf(at['args']).map(adapt.expr);
  if (base.kind !== 'column' || adapt.dialect !== 'bigquery') {
    return opaque('a method call', [base, ...args]);
  }
  const name = [...base.path, readIdent(at['method'])].map((part) => part.name.toLowerCase());
  return { kind: 'call', name: name.join('.'), args, distinct: false, orderBy: [], modifiers: [] };
}

function readIn(at: Tree, adapt: Adapt): Expr | undefined {
  const operand = adapt.operand(at['this']);
  if (unread(at, ['this', 'expressions', 'query', 'not']).length > 0) {
    return undefined;
  }
  return isPresent(at['query'])
    ? { kind: 'in-query', operand, query: adapt.query(at['query']), negated: isNot(at) }
    : {
        kind: 'in-list',
        operand,
        list: listOf(at['expressions']).map(adapt.expr),
        negated: isNot(at),
      };
}

function readCase(at: Tree, adapt: Adapt): Expr {
  return {
    kind: 'case',
    ...(isPresent(at['operand']) && { operand: adapt.expr(at['operand']) }),
    whens: listOf(at['whens']).map((branch) => {
      const [when, then] = listOf(branch);
      // oxlint-disable-next-line unicorn/no-thenable -- the IR's word for what a branch gives
      return { when: adapt.expr(when), then: adapt.expr(then) };
    }),
    ...(isPresent(at['else_']) && { otherwise: adapt.expr(at['else_']) }),
  };
}

function readCast(tag: string, at: Tree, adapt: Adapt): Expr | undefined {
  if (unread(at, ['this', 'to', 'double_colon_syntax']).length > 0 || isOddType(at['to'])) {
    return undefined;
  }
  const type = typeText(at['to'], adapt.dialect);
  return at['double_colon_syntax'] === true
    ? { kind: 'cast', operand: adapt.operand(at['this']), type, safe: false }
    : adapt.group({ kind: 'cast', operand: adapt.expr(at['this']), type, safe: tag !== 'cast' });
}
