import type { AccessStep, Expr } from '../../sql/ir.ts';
import { binary, call, column, literal, not, opaque, STAR, slice } from '../make-expr.ts';
import type { Tree } from '../tree.ts';
import { camelToWords, isPresent, isTree, listOf, textOf, treeOf, variantOf } from '../tree.ts';
import type { Adapt } from './adapt.ts';
import { readCall } from './calls.ts';
import { readConstant, readInterval } from './literals.ts';
import { readIdents, readNames } from './names.ts';
import { readOperator } from './operators.ts';
import { typeText } from './type-text.ts';

const BOOLEAN_TESTS = {
  IS_TRUE: { test: 'true', negated: false },
  IS_NOT_TRUE: { test: 'true', negated: true },
  IS_FALSE: { test: 'false', negated: false },
  IS_NOT_FALSE: { test: 'false', negated: true },
  IS_UNKNOWN: { test: 'unknown', negated: false },
  IS_NOT_UNKNOWN: { test: 'unknown', negated: true },
} as const;

/** One expression node of PostgreSQL's own tree as IR: it already says who binds. */
export function readExpr(node: unknown, adapt: Adapt): Expr {
  const { tag, body } = variantOf(node);
  const at = treeOf(body);
  switch (tag) {
    case 'ColumnRef':
      return readColumn(at);
    case 'A_Const':
      return readConstant(at);
    case 'ParamRef':
      return { kind: 'parameter', name: `$${textOf(at['number']) || '0'}` };
    case 'A_Expr':
      return readOperator(at, adapt);
    case 'BoolExpr':
      return readBoolean(at, adapt);
    case 'NullTest':
      return {
        kind: 'is',
        operand: adapt.expr(at['arg']),
        test: 'null',
        negated: at['nulltesttype'] === 'IS_NOT_NULL',
      };
    case 'BooleanTest': {
      const test = Object.entries(BOOLEAN_TESTS).find(([name]) => name === at['booltesttype'])?.[1];
      const operand = adapt.expr(at['arg']);
      return test ? { kind: 'is', operand, ...test } : opaque('a test we do not know', [operand]);
    }
    case 'TypeCast': {
      const operand = adapt.expr(at['arg']);
      const type = typeText(at['typeName']);
      return readInterval(operand, at['typeName']) ?? { kind: 'cast', operand, type, safe: false };
    }
    case 'FuncCall':
      return readCall(at, adapt);
    case 'CoalesceExpr':
      return call('coalesce', listOf(at['args']).map(adapt.expr));
    case 'MinMaxExpr':
      return call(
        at['op'] === 'IS_LEAST' ? 'least' : 'greatest',
        listOf(at['args']).map(adapt.expr),
      );
    case 'SQLValueFunction':
      return isPresent(at['typmod']) && at['typmod'] !== -1
        ? opaque('a current time of a precision')
        : call(textOf(at['op']).replace('SVFOP_', '').toLowerCase(), []);
    case 'GroupingFunc':
      return call('grouping', listOf(at['args']).map(adapt.expr));
    case 'SubLink':
      return readSubLink(at, adapt);
    case 'CaseExpr':
      return readCase(at, adapt);
    case 'RowExpr':
      return at['row_format'] === 'COERCE_EXPLICIT_CALL'
        ? call('row', listOf(at['args']).map(adapt.expr))
        : { kind: 'tuple', items: listOf(at['args']).map(adapt.expr) };
    case 'A_ArrayExpr':
      return { kind: 'array', items: listOf(at['elements']).map(adapt.expr) };
    case 'A_Indirection':
      return readIndirection(at, adapt);
    case 'CollateClause':
      return binary(
        'collate',
        adapt.expr(at['arg']),
        literal('other', readNames(at['collname']).join('.')),
      );
    case 'SetToDefault':
      return opaque('default');
    default:
      return opaque(`${camelToWords(tag) || 'an unknown'} expression`, insides(body, adapt));
  }
}

function readColumn(at: Tree): Expr {
  const fields = listOf(at['fields']);
  const path = readIdents(fields);
  const isStar = variantOf(fields.at(-1)).tag === 'A_Star';
  if (!isStar) {
    return column(path);
  }
  return path.length === 0 ? STAR : { ...STAR, qualifier: path };
}

/** A list of conditions, read from the left as it was written. */
function readBoolean(at: Tree, adapt: Adapt): Expr {
  const [first, ...rest] = listOf(at['args']).map(adapt.expr);
  if (first === undefined) {
    return opaque('a condition of nothing');
  }
  if (at['boolop'] === 'NOT_EXPR') {
    return first.kind === 'exists' || first.kind === 'in-query'
      ? { ...first, negated: !first.negated }
      : not(first);
  }
  const op = at['boolop'] === 'OR_EXPR' ? 'or' : 'and';
  return rest.reduce((left, right) => binary(op, left, right), first);
}

function readSubLink(at: Tree, adapt: Adapt): Expr {
  const query = adapt.query(at['subselect']);
  const operator = readNames(at['operName']).join('.');
  switch (at['subLinkType']) {
    case 'EXISTS_SUBLINK':
      return { kind: 'exists', query, negated: false };
    case 'EXPR_SUBLINK':
      return { kind: 'subquery', query };
    case 'ARRAY_SUBLINK':
      return call('array', [{ kind: 'subquery', query }]);
    case 'ANY_SUBLINK':
    case 'ALL_SUBLINK': {
      const left = adapt.expr(at['testexpr']);
      const isAny = at['subLinkType'] === 'ANY_SUBLINK';
      return isAny && operator === ''
        ? { kind: 'in-query', operand: left, query, negated: false }
        : {
            kind: 'quantified',
            op: operator || '=',
            quantifier: isAny ? 'any' : 'all',
            left,
            right: { kind: 'subquery', query },
          };
    }
    default:
      return opaque('a subquery of an unknown kind', [{ kind: 'subquery', query }]);
  }
}

function readCase(at: Tree, adapt: Adapt): Expr {
  return {
    kind: 'case',
    ...(isPresent(at['arg']) && { operand: adapt.expr(at['arg']) }),
    whens: listOf(at['args']).map((branch) => {
      const { expr, result } = treeOf(treeOf(branch)['CaseWhen']);
      // oxlint-disable-next-line unicorn/no-thenable -- the IR's word for what a branch gives
      return { when: adapt.expr(expr), then: adapt.expr(result) };
    }),
    ...(isPresent(at['defresult']) && { otherwise: adapt.expr(at['defresult']) }),
  };
}

/** `a[1]`, `a[1:2]`, `(row).field`: steps into a value. */
function readIndirection(at: Tree, adapt: Adapt): Expr {
  let base = adapt.expr(at['arg']);
  let steps: AccessStep[] = [];
  const whole = (): Expr => (steps.length === 0 ? base : { kind: 'access', base, steps });
  for (const link of listOf(at['indirection'])) {
    const { tag, body } = variantOf(link);
    const inner = treeOf(body);
    if (tag === 'String') {
      steps.push({ kind: 'field', name: textOf(inner['sval']) });
    } else if (tag === 'A_Indices' && inner['is_slice'] !== true) {
      steps.push({ kind: 'index', index: adapt.expr(inner['uidx']) });
    } else if (tag === 'A_Indices') {
      const bounds = [inner['lidx'], inner['uidx']];
      base = slice(
        whole(),
        bounds.map((bound) => (isPresent(bound) ? adapt.expr(bound) : undefined)),
      );
      steps = [];
    } else {
      return opaque('all fields of a value', [whole()]);
    }
  }
  return whole();
}

/** The expressions anywhere inside an unknown node, so that column usage still sees them. */
function insides(body: unknown, adapt: Adapt): readonly Expr[] {
  if (Array.isArray(body)) {
    return body.flatMap((part: unknown) => insides(part, adapt));
  }
  return Object.entries(treeOf(body)).flatMap(([key, value]) =>
    EXPRESSION_TAGS.has(key) && isTree(value)
      ? [adapt.expr({ [key]: value })]
      : insides(value, adapt),
  );
}

const EXPRESSION_TAGS: ReadonlySet<string> = new Set([
  'ColumnRef',
  'A_Expr',
  'BoolExpr',
  'FuncCall',
  'TypeCast',
  'CaseExpr',
  'SubLink',
  'CoalesceExpr',
  'A_Indirection',
]);
