import type { Expr, OrderItem } from '../../sql/ir.ts';
import { functionName, namedArgument, opaque, STAR } from '../make-expr.ts';
import {
  camelToWords,
  isPresent,
  listOf,
  textOf,
  treeOf,
  unreadFields,
  variantOf,
} from '../tree.ts';
import type { Adapt } from './adapt.ts';
import { readValue } from './literals.ts';
import { readIdent, readObjectName } from './names.ts';
import { readStar } from './stars.ts';
import { readOrderItems, readWindowType } from './windows.ts';

const CALL_FIELDS = new Set([
  'name',
  'uses_odbc_syntax',
  'parameters',
  'args',
  'filter',
  'null_treatment',
  'over',
  'within_group',
]);

/** What stands between the parentheses of a call. */
interface Arguments {
  readonly args: readonly Expr[];
  readonly distinct: boolean;
  readonly orderBy: readonly OrderItem[];
  readonly modifiers: readonly string[];
  /** Forms we do not read; any makes the call opaque. */
  readonly unread: readonly string[];
}

export function readCall(node: unknown, adapt: Adapt): Expr {
  const call = treeOf(node);
  const path = readObjectName(call['name'], adapt.dialect);
  const inner = readArguments(call['args'], adapt);
  const within = readOrderItems(call['within_group'], adapt);
  const filter = isPresent(call['filter']) ? adapt.expr(call['filter']) : undefined;
  const over = isPresent(call['over']) ? readWindowType(call['over'], adapt) : undefined;
  const unread = [
    ...inner.unread,
    ...unreadFields(call, CALL_FIELDS),
    ...(isPresent(call['parameters']) ? ['parameters'] : []),
    ...(within.length > 0 && inner.orderBy.length > 0 ? ['two orders'] : []),
  ];
  const insides = [
    ...inner.args,
    ...[...inner.orderBy, ...within].map((item) => item.expr),
    ...(filter ? [filter] : []),
  ];
  if (path === undefined || unread.length > 0) {
    return opaque(`a call with ${unread.join(', ') || 'a computed name'}`, insides);
  }
  const name = functionName(path);
  if (name === 'columns' && adapt.dialect === 'duckdb') {
    return opaque('columns() stands for several columns', insides);
  }
  const args = takesLambdas(name, adapt) ? inner.args.map(asLambda) : inner.args;
  return {
    kind: 'call',
    name,
    args,
    distinct: inner.distinct,
    ...(filter && { filter }),
    ...(over && { over }),
    orderBy: within.length > 0 ? within : inner.orderBy,
    modifiers: [
      ...inner.modifiers,
      ...(within.length > 0 ? ['within group'] : []),
      ...(isPresent(call['null_treatment']) ? [camelToWords(textOf(call['null_treatment']))] : []),
    ],
  };
}

/** The functions of DuckDB that take a lambda; to any other `a -> b` is JSON extraction. */
const LIST_FUNCTIONS = /^((list|array)_)?(transform|apply|filter|reduce)$/;

function takesLambdas(name: string, { dialect }: Adapt): boolean {
  return dialect === 'duckdb' && LIST_FUNCTIONS.test(name) && name !== 'transform';
}

function asLambda(arg: Expr): Expr {
  if (arg.kind !== 'binary' || arg.op !== '->') {
    return arg;
  }
  const names = arg.left.kind === 'tuple' ? arg.left.items : [arg.left];
  const parameters = names.flatMap((name) =>
    name.kind === 'column' && name.path.length === 1 ? name.path : [],
  );
  return parameters.length === names.length ? { kind: 'lambda', parameters, body: arg.right } : arg;
}

function readArguments(node: unknown, adapt: Adapt): Arguments {
  const { tag, body } = variantOf(node);
  const nothing = { args: [], distinct: false, orderBy: [], modifiers: [], unread: [] };
  if (tag === 'Subquery') {
    return { ...nothing, args: [{ kind: 'subquery', query: adapt.query(body) }] };
  }
  if (tag !== 'List') {
    return nothing;
  }
  const list = treeOf(body);
  const named = listOf(list['args']).flatMap((arg, index) => {
    const name = isComparison(arg) ? undefined : argumentName(arg);
    return name === undefined ? [] : [`argument ${index + 1} is ${name}`];
  });
  let inner: Arguments = {
    ...nothing,
    args: listOf(list['args']).map((arg) => readArgument(arg, adapt)),
    distinct: list['duplicate_treatment'] === 'Distinct',
    modifiers: named,
  };
  for (const clause of listOf(list['clauses'])) {
    inner = withClause(inner, variantOf(clause), adapt);
  }
  return inner;
}

function withClause(
  inner: Arguments,
  { tag, body }: { readonly tag: string; readonly body: unknown },
  adapt: Adapt,
): Arguments {
  switch (tag) {
    case 'OrderBy':
      return { ...inner, orderBy: readOrderItems(body, adapt) };
    case 'IgnoreOrRespectNulls':
      return { ...inner, modifiers: [...inner.modifiers, camelToWords(textOf(body))] };
    case 'Separator': {
      const separator = readValue(body, adapt.dialect);
      return separator.kind === 'literal'
        ? { ...inner, modifiers: [...inner.modifiers, `separator '${separator.text}'`] }
        : { ...inner, unread: [...inner.unread, 'separator'] };
    }
    case 'Limit': {
      const limit = adapt.expr(body);
      return limit.kind === 'literal'
        ? { ...inner, modifiers: [...inner.modifiers, `limit ${limit.text}`] }
        : { ...inner, unread: [...inner.unread, 'limit'] };
    }
    default:
      return { ...inner, unread: [...inner.unread, camelToWords(tag)] };
  }
}

/** `f(a = 1)`: a comparison in a call, a named argument in FROM. */
function isComparison(node: unknown): boolean {
  const { tag, body } = variantOf(node);
  return tag === 'Named' && treeOf(body)['operator'] === 'Equals';
}

/** The name of a named argument, lower case; undefined for one by position. */
function argumentName(node: unknown): string | undefined {
  const { tag, body } = variantOf(node);
  switch (tag) {
    case 'Unnamed':
      return undefined;
    case 'Named':
      return readIdent(treeOf(body)['name']).name.toLowerCase();
    default:
      return (
        textOf(treeOf(variantOf(treeOf(body)['name']).body)['value']).toLowerCase() || 'computed'
      );
  }
}

function readArgument(node: unknown, adapt: Adapt): Expr {
  const { tag, body } = variantOf(node);
  const named = treeOf(body);
  if (isComparison(node)) {
    const { body: value } = variantOf(named['arg']);
    const pair = { left: { Identifier: named['name'] }, op: 'Eq', right: value };
    return adapt.expr({ BinaryOp: pair });
  }
  const { tag: kind, body: inner } = variantOf(tag === 'Unnamed' ? body : named['arg']);
  switch (kind) {
    case 'Expr':
      return adapt.expr(inner);
    case 'Wildcard':
      return STAR;
    case 'QualifiedWildcard': {
      const qualifier = readObjectName(inner, adapt.dialect);
      return qualifier ? { ...STAR, qualifier } : opaque('a star of a computed name');
    }
    case 'WildcardWithOptions':
      return readStar({ options: inner }, adapt);
    default:
      return opaque(`an argument of kind ${kind}`);
  }
}

/** Arguments of a function in FROM: a named one keeps its name beside its value. */
export function readTableFunctionArgs(nodes: unknown, adapt: Adapt): readonly Expr[] {
  return listOf(nodes).map((node) => {
    const name = argumentName(node);
    const plain = isComparison(node) ? { Unnamed: treeOf(variantOf(node).body)['arg'] } : node;
    const value = readArgument(plain, adapt);
    return name === undefined ? value : namedArgument(name, value);
  });
}
