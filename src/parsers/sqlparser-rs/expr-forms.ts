import type { DialectName } from '../../sql/dialect.ts';
import type { Expr } from '../../sql/ir.ts';
import { binary, column, escapedPattern, not, opaque } from '../make-expr.ts';
import type { Tree } from '../tree.ts';
import { camelToWords, isPresent, listOf, treeOf, unreadFields, variantOf } from '../tree.ts';
import type { Adapt } from './adapt.ts';
import { readValue } from './literals.ts';
import { readIdent, readIdents } from './names.ts';
import { typeText } from './type-text.ts';

const CAST_FIELDS = new Set(['kind', 'expr', 'data_type']);

/** DuckDB's arrow is an operator that list functions read as a lambda: see `calls.ts`. */
export function readLambda(at: Tree, adapt: Adapt): Expr {
  const { tag: many, body: params } = variantOf(at['params']);
  const nodes = (many === 'Many' ? listOf(params) : [params]).map(treeOf);
  const parameters = nodes.map((node) => readIdent(node['name']));
  if (nodes.some((node) => isPresent(node['data_type']))) {
    return opaque('a lambda with types', [adapt.expr(at['body'])]);
  }
  if (adapt.dialect !== 'duckdb' || at['syntax'] !== 'Arrow') {
    return { kind: 'lambda', parameters, body: adapt.expr(at['body']) };
  }
  const names = parameters.map((name) => column([name]));
  const [single] = names;
  const left: Expr =
    many === 'One' && single ? single : adapt.group({ kind: 'tuple', items: names });
  return binary('->', left, adapt.operand(at['body']));
}

export function readCast(at: Tree, adapt: Adapt): Expr {
  const extra = unreadFields(at, CAST_FIELDS);
  const safe = at['kind'] === 'TryCast' || at['kind'] === 'SafeCast';
  const type = typeText(at['data_type']);
  if (extra.length > 0) {
    return opaque(`a cast with ${extra.join(', ')}`, [adapt.expr(at['expr'])]);
  }
  return at['kind'] === 'DoubleColon'
    ? { kind: 'cast', operand: adapt.operand(at['expr']), type, safe }
    : adapt.group({ kind: 'cast', operand: adapt.expr(at['expr']), type, safe });
}

const NAMED_PARAMETERS: ReadonlySet<DialectName> = new Set(['bigquery', 'mysql', 'generic']);

export function readName(node: unknown, adapt: Adapt): Expr {
  const name = readIdent(node);
  if (!name.quoted && name.name.startsWith('@')) {
    return NAMED_PARAMETERS.has(adapt.dialect)
      ? { kind: 'parameter', name: name.name }
      : opaque('operator @', [column([{ name: name.name.slice(1), quoted: false }])]);
  }
  return column(readIdents([node], adapt.dialect));
}

export function readUnary(op: string, operand: Expr): Expr {
  switch (op) {
    case 'Not':
      return not(operand);
    case 'Minus':
      return { kind: 'unary', op: '-', operand };
    case 'Plus':
      return { kind: 'unary', op: '+', operand };
    case 'BitwiseNot':
    case 'PGBitwiseNot':
      return { kind: 'unary', op: '~', operand };
    default:
      return opaque(`operator ${camelToWords(op)}`, [operand]);
  }
}

const LIKES: Readonly<Record<string, string>> = {
  Like: 'like',
  ILike: 'ilike',
  SimilarTo: 'similar to',
  RLike: 'rlike',
};

export function readLike(tag: string, at: Tree, adapt: Adapt): Expr {
  const left = adapt.operand(at['expr']);
  const right = adapt.operand(at['pattern']);
  const op = `${at['negated'] === true ? 'not ' : ''}${LIKES[tag] ?? tag}`;
  if (isPresent(at['any'])) {
    return opaque(`${op} any`, [left, right]);
  }
  if (isPresent(at['escape_char'])) {
    const escape = readValue(at['escape_char'], adapt.dialect);
    return binary(op, left, escapedPattern(adapt.expr(at['pattern']), escape));
  }
  return binary(op, left, right);
}

export function readStruct(at: Tree, adapt: Adapt): Expr {
  const fields = listOf(at['values']).map((value) => {
    const { tag, body } = variantOf(value);
    const named = treeOf(body);
    return tag === 'Named'
      ? { expr: adapt.expr(named['expr']), alias: readIdent(named['name']) }
      : { expr: adapt.expr(value) };
  });
  return isPresent(at['fields'])
    ? opaque(
        'a struct with declared types',
        fields.map((field) => field.expr),
      )
    : { kind: 'struct', fields };
}
