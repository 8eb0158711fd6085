import type { Expr } from '../../sql/ir.ts';
import { binary, call, column, literal, not, opaque, STAR } from '../make-expr.ts';
import {
  camelToWords,
  isPresent,
  listOf,
  textOf,
  treeOf,
  unreadFields,
  variantOf,
} from '../tree.ts';
import { readAccess, readJsonAccess } from './access.ts';
import type { Adapt } from './adapt.ts';
import { readCall } from './calls.ts';
import { readCast, readLambda, readLike, readName, readStruct, readUnary } from './expr-forms.ts';
import { readTypedString, readValue } from './literals.ts';
import { readIdent, readIdents, readObjectName } from './names.ts';
import { operatorText } from './operators.ts';
import { readSpecialCall } from './special-calls.ts';
import { typeText } from './type-text.ts';
import { intervalUnit } from './units.ts';

const IS_TESTS = {
  IsNull: { test: 'null', negated: false },
  IsNotNull: { test: 'null', negated: true },
  IsTrue: { test: 'true', negated: false },
  IsNotTrue: { test: 'true', negated: true },
  IsFalse: { test: 'false', negated: false },
  IsNotFalse: { test: 'false', negated: true },
  IsUnknown: { test: 'unknown', negated: false },
  IsNotUnknown: { test: 'unknown', negated: true },
} as const;

const CONVERT_FIELDS = new Set(['is_try', 'expr', 'data_type', 'target_before_value']);
const INTERVAL_FIELDS = new Set(['value', 'leading_field']);

/** One expression node of sqlparser-rs as IR. Parentheses vanish: the tree already says who binds. */
export function readExpr(node: unknown, adapt: Adapt): Expr {
  const { tag, body } = variantOf(node);
  const at = treeOf(body);
  switch (tag) {
    case 'Nested':
      return adapt.group(adapt.expr(body));
    case 'Identifier':
      return readName(body, adapt);
    case 'CompoundIdentifier':
      return column(readIdents(body, adapt.dialect));
    case 'Value':
      return readValue(body, adapt.dialect);
    case 'TypedString':
      return readTypedString(body, adapt.dialect);
    case 'BinaryOp': {
      const op = operatorText(at['op'], adapt.dialect);
      const left = adapt.operand(at['left']);
      const right = adapt.operand(at['right']);
      return op === undefined
        ? opaque(`operator ${variantOf(at['op']).tag}`, [left, right])
        : binary(op, left, right);
    }
    case 'UnaryOp':
      return readUnary(textOf(at['op']), adapt.operand(at['expr']));
    case 'IsNull':
    case 'IsNotNull':
    case 'IsTrue':
    case 'IsNotTrue':
    case 'IsFalse':
    case 'IsNotFalse':
    case 'IsUnknown':
    case 'IsNotUnknown':
      return { kind: 'is', operand: adapt.operand(body), ...IS_TESTS[tag] };
    case 'IsDistinctFrom':
    case 'IsNotDistinctFrom': {
      const [left, right] = listOf(body);
      return binary(camelToWords(tag), adapt.operand(left), adapt.operand(right));
    }
    case 'Between':
      return {
        kind: 'between',
        operand: adapt.operand(at['expr']),
        low: adapt.operand(at['low']),
        high: adapt.operand(at['high']),
        negated: at['negated'] === true,
      };
    case 'InList':
      return {
        kind: 'in-list',
        operand: adapt.operand(at['expr']),
        list: listOf(at['list']).map(adapt.expr),
        negated: at['negated'] === true,
      };
    case 'InSubquery':
      return {
        kind: 'in-query',
        operand: adapt.operand(at['expr']),
        query: adapt.query(at['subquery']),
        negated: at['negated'] === true,
      };
    case 'InUnnest': {
      const test: Expr = {
        kind: 'quantified',
        op: '=',
        quantifier: 'any',
        left: adapt.operand(at['expr']),
        right: adapt.expr(at['array_expr']),
      };
      return at['negated'] === true ? adapt.group(not(test)) : test;
    }
    case 'Like':
    case 'ILike':
    case 'SimilarTo':
    case 'RLike':
      return readLike(tag, at, adapt);
    case 'AnyOp':
    case 'AllOp': {
      const op = operatorText(at['compare_op'], adapt.dialect);
      const left = adapt.operand(at['left']);
      const right = adapt.expr(at['right']);
      return op === undefined
        ? opaque('a comparison we do not know', [left, right])
        : { kind: 'quantified', op, quantifier: tag === 'AnyOp' ? 'any' : 'all', left, right };
    }
    case 'Exists':
      return {
        kind: 'exists',
        query: adapt.query(at['subquery']),
        negated: at['negated'] === true,
      };
    case 'Subquery':
      return { kind: 'subquery', query: adapt.query(body) };
    case 'Case':
      return {
        kind: 'case',
        ...(isPresent(at['operand']) && { operand: adapt.expr(at['operand']) }),
        whens: listOf(at['conditions']).map((branch) => ({
          when: adapt.expr(treeOf(branch)['condition']),
          // oxlint-disable-next-line unicorn/no-thenable -- the IR's word for what a branch gives
          then: adapt.expr(treeOf(branch)['result']),
        })),
        ...(isPresent(at['else_result']) && { otherwise: adapt.expr(at['else_result']) }),
      };
    case 'Cast': {
      return readCast(at, adapt);
    }
    case 'Convert': {
      const operand = adapt.expr(at['expr']);
      return unreadFields(at, CONVERT_FIELDS).length > 0 || !isPresent(at['data_type'])
        ? opaque('a conversion of character sets', [operand])
        : adapt.group({
            kind: 'cast',
            operand,
            type: typeText(at['data_type']),
            safe: at['is_try'] === true,
          });
    }
    case 'Extract':
      return { kind: 'extract', part: intervalUnit(at['field']), from: adapt.expr(at['expr']) };
    case 'Interval': {
      const amount = adapt.expr(at['value']);
      const extra = unreadFields(at, INTERVAL_FIELDS);
      return extra.length > 0
        ? opaque(`an interval with ${extra.join(', ')}`, [amount])
        : {
            kind: 'interval',
            amount,
            ...(isPresent(at['leading_field']) && { unit: intervalUnit(at['leading_field']) }),
          };
    }
    case 'AtTimeZone':
      return binary('at time zone', adapt.operand(at['timestamp']), adapt.operand(at['time_zone']));
    case 'Collate': {
      const collation = readObjectName(at['collation'], adapt.dialect) ?? [];
      const name = collation.map((part) => part.name).join('.');
      return binary('collate', adapt.operand(at['expr']), literal('other', name));
    }
    case 'Tuple':
      return { kind: 'tuple', items: listOf(body).map(adapt.expr) };
    case 'Array':
      return { kind: 'array', items: listOf(at['elem']).map(adapt.expr) };
    case 'Struct':
      return readStruct(at, adapt);
    case 'Dictionary':
      return {
        kind: 'struct',
        fields: listOf(body).map((field) => ({
          expr: adapt.expr(treeOf(field)['value']),
          alias: readIdent(treeOf(field)['key']),
        })),
      };
    case 'Map': {
      const entries = listOf(at['entries']).map(treeOf);
      return call('map', [
        { kind: 'array', items: entries.map((entry) => adapt.expr(entry['key'])) },
        { kind: 'array', items: entries.map((entry) => adapt.expr(entry['value'])) },
      ]);
    }
    case 'Lambda':
      return readLambda(at, adapt);
    case 'Function':
      return readCall(body, adapt);
    case 'CompoundFieldAccess':
      return readAccess(body, adapt);
    case 'JsonAccess':
      return readJsonAccess(body, adapt);
    case 'Wildcard':
      return STAR;
    case 'QualifiedWildcard': {
      const qualifier = readObjectName(listOf(body)[0], adapt.dialect);
      return qualifier ? { ...STAR, qualifier } : opaque('a star of a computed name');
    }
    default:
      return (
        readSpecialCall(tag, at, adapt) ??
        opaque(`${camelToWords(tag) || 'an unknown'} expression`, insides(body, adapt))
      );
  }
}

/** The expressions standing right inside an unknown node, so that column usage still sees them. */
function insides(body: unknown, adapt: Adapt): readonly Expr[] {
  const fields = Array.isArray(body) ? body : Object.values(treeOf(body));
  return fields
    .flatMap((field) => (Array.isArray(field) ? field : [field]))
    .filter((field) => EXPRESSION_TAGS.has(variantOf(field).tag))
    .map(adapt.expr);
}

const EXPRESSION_TAGS: ReadonlySet<string> = new Set([
  'Identifier',
  'CompoundIdentifier',
  'BinaryOp',
  'UnaryOp',
  'Nested',
  'Function',
  'Cast',
  'Case',
  'Subquery',
  'Value',
  'CompoundFieldAccess',
  'JsonAccess',
]);
