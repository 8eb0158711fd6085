import type { Dialect } from './dialect.ts';
import type { Expr, Query } from './ir.ts';
import { tokenize } from './lexer.ts';
import { nodesOf } from './resolve/walk-expr.ts';
import type { SchemaFunction } from './schema.ts';
import type { Tokens } from './tokens.ts';
import { CLOSE, COMMA, isPunctuation, OPEN, QUOTED, tokenText, WORD } from './tokens.ts';

/** The text of a DuckDB macro, taken apart. */
export interface MacroText extends Omit<SchemaFunction, 'body'> {
  /** A query whose only column is the body. */
  readonly query: string;
}

/** The clauses of a select that is nothing but its items. */
const PLAIN = new Set(['kind', 'items', 'from', 'windows', 'opaqueClauses']);
const OPENING = /^(create|or|replace|temp|temporary)$/;
const UNLESS_KNOWN = /^(if|not|exists)$/;

/** `create macro name(a, b) as expression`; undefined for other statements, table macros, defaults and overloads. */
export function readMacroText(text: string, dialect: Dialect): MacroText | undefined {
  const tokens = tokenize(text, dialect.lexical);
  let at = 0;
  while (OPENING.test(wordAt(tokens, at))) {
    at += 1;
  }
  if (at === 0 || !/^(macro|function)$/.test(wordAt(tokens, at))) {
    return undefined;
  }
  at += 1;
  while (UNLESS_KNOWN.test(wordAt(tokens, at))) {
    at += 1;
  }
  const name = wordAt(tokens, at);
  const parameters = parametersAt(tokens, at + 1);
  const as = at + 1 + (parameters?.tokens ?? 0);
  if (name === '' || parameters === undefined || wordAt(tokens, as) !== 'as') {
    return undefined;
  }
  const body = text.slice(tokens.starts[as + 1]).replace(/[\s;]+$/, '');
  const isTable = wordAt(tokens, as + 1) === 'table';
  return isTable
    ? undefined
    : { name, parameters: parameters.names, query: `select ${body}`, text };
}

/** The function whose body this is; undefined where it reads more than its parameters or cannot be told. */
export function macroOf(
  { query: _text, ...macro }: MacroText,
  read: Query,
): SchemaFunction | undefined {
  const { body } = read;
  const isBare = read.ctes.length === 0 && read.orderBy.length === 0 && read.limit === undefined;
  if (!isBare || body.kind !== 'select' || body.items.length !== 1 || body.from.length > 0) {
    return undefined;
  }
  const [item] = body.items;
  const isClosed =
    item !== undefined && item.alias === undefined && isOfParameters(item.expr, macro.parameters);
  return isClosed && Object.keys(body).every((key) => PLAIN.has(key))
    ? { ...macro, body: item.expr }
    : undefined;
}

/**
 * One of each name, as the engine keeps them after running the texts in order: another of a known name must say that it replaces
 * it, else none is kept. None either that calls itself, by way of others or not.
 */
export function keptMacros(macros: readonly SchemaFunction[]): readonly SchemaFunction[] {
  const byName = new Map<string, SchemaFunction>();
  const unclear = new Set<string>();
  for (const macro of macros) {
    const replaces = /\bor\s+replace\b/i.test(macro.text.slice(0, macro.text.indexOf('(')));
    if (byName.has(macro.name) && !replaces) {
      unclear.add(macro.name);
    }
    byName.set(macro.name, macro);
  }
  unclear.forEach((name) => byName.delete(name));
  return [...byName.values()].filter((macro) => !reachesItself(macro, byName));
}

function reachesItself(
  { name, body }: SchemaFunction,
  byName: ReadonlyMap<string, SchemaFunction>,
): boolean {
  const seen = new Set<string>();
  const open = [body];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const node of nodesOf(next)) {
      const called = node.kind === 'call' ? byName.get(node.name) : undefined;
      if (called !== undefined && !seen.has(called.name)) {
        seen.add(called.name);
        open.push(called.body);
      }
    }
  }
  return seen.has(name);
}

/** Expressions whose meaning their direct parts do not tell. */
const NOT_PLAIN: ReadonlySet<Expr['kind']> = new Set([
  'exists',
  'in-query',
  'lambda',
  'opaque',
  'parameter',
  'ref',
  'star',
  'subquery',
]);

/** Without queries, lambdas and windows of its own, and naming nothing but parameters. */
function isOfParameters(body: Expr, parameters: readonly string[]): boolean {
  return [...nodesOf(body)].every((node) => {
    if (node.kind === 'column') {
      const [name, ...more] = node.path;
      return more.length === 0 && parameters.includes(name?.name.toLowerCase() ?? '');
    }
    return !NOT_PLAIN.has(node.kind) && !(node.kind === 'call' && node.over !== undefined);
  });
}

interface ParameterList {
  readonly names: readonly string[];
  /** How many tokens it takes, brackets included. */
  readonly tokens: number;
}

function parametersAt(tokens: Tokens, open: number): ParameterList | undefined {
  if (!isPunctuation(tokens, open, OPEN)) {
    return undefined;
  }
  const names: string[] = [];
  let at = open + 1;
  while (!isPunctuation(tokens, at, CLOSE)) {
    const name = wordAt(tokens, at);
    const isLast = isPunctuation(tokens, at + 1, CLOSE);
    if (name === '' || names.includes(name) || !(isLast || isPunctuation(tokens, at + 1, COMMA))) {
      return undefined;
    }
    names.push(name);
    at += isLast ? 1 : 2;
  }
  return { names, tokens: at + 1 - open };
}

/** In lower case, without quotes; empty for all that is no name. */
function wordAt(tokens: Tokens, index: number): string {
  const kind = tokens.kinds[index];
  const text = kind === WORD || kind === QUOTED ? tokenText(tokens, index).toLowerCase() : '';
  return kind === QUOTED ? text.slice(1, -1) : text;
}
