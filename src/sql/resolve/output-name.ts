import type { BoundExpr } from '../bound.ts';
import type { DialectName } from '../dialect.ts';
import { RESOLVE_RULES } from '../dialects/resolving.ts';
import type { Expr, SelectItem } from '../ir.ts';
import type { Binder } from './binder.ts';
import { duckdbName } from './duckdb-name.ts';
import { exprText } from './expr-text.ts';
import { foldIdent, sameLetters } from './names.ts';

/** The name of an output: its alias, its column, or the name the warehouse makes. */
export function outputName(
  binder: Binder,
  item: SelectItem,
  {
    bound,
    at,
    before,
  }: { readonly bound: BoundExpr; readonly at: number; readonly before: readonly string[] },
): string {
  const { dialect } = binder.context;
  if (item.alias !== undefined) {
    return foldIdent(item.alias, dialect.names);
  }
  const { expr } = item;
  if (expr.kind === 'column') {
    const last = expr.path.at(-1);
    const folded = last === undefined ? `col${at}` : foldIdent(last, dialect.names);
    return bound.kind === 'ref' && sameLetters(bound.column, folded) ? bound.column : folded;
  }
  if (expr.kind === 'access') {
    const field = expr.steps.findLast((step) => step.kind === 'field');
    return field?.kind === 'field' ? field.name : `col${at}`;
  }
  const name = madeName(dialect.name, { item, at });
  const isFree = !before.some((other) => sameLetters(other, name));
  return isFree ? name : madeName(dialect.name, { item: { expr }, at });
}

function madeName(
  dialect: DialectName,
  { item, at }: { readonly item: SelectItem; readonly at: number },
): string {
  const { expr } = item;
  const { makesNames } = RESOLVE_RULES[dialect];
  switch (makesNames.kind) {
    case 'numbered':
      return `${makesNames.prefix}${at}${makesNames.suffix}`;
    case 'function':
      return functionName(expr);
    case 'printed':
      return duckdbName(expr) ?? `col${at}`;
    case 'text': {
      const text = textName(item, makesNames.isBracketed) ?? `col${at}`;
      return makesNames.isUpper ? text.toUpperCase() : text;
    }
  }
}

/** The text, as near as it can be told; a column cast by `::` is called as it was. */
function textName({ expr, written }: SelectItem, isBracketed: boolean): string | undefined {
  if (written === 'double colon' && expr.kind === 'cast' && expr.operand.kind === 'column') {
    return expr.operand.path.at(-1)?.name;
  }
  const text = exprText(expr, isBracketed);
  return written === 'in brackets' && !isBracketed && text !== undefined ? `(${text})` : text;
}

/** PostgreSQL names a column after the outermost function or cast column. */
function functionName(expr: Expr): string {
  switch (expr.kind) {
    case 'call':
      return expr.name.split('.').at(-1) ?? expr.name;
    case 'cast':
      return expr.operand.kind === 'column'
        ? (expr.operand.path.at(-1)?.name ?? expr.type)
        : expr.type;
    case 'case':
      return 'case';
    case 'extract':
      return 'extract';
    case 'exists':
      return 'exists';
    case 'array':
      return 'array';
    case 'subquery': {
      const { body } = expr.query;
      const first = body.kind === 'select' ? body.items[0] : undefined;
      return first?.alias?.name ?? (first === undefined ? '?column?' : functionName(first.expr));
    }
    case 'column':
      return expr.path.at(-1)?.name ?? '?column?';
    case 'access':
    case 'between':
    case 'binary':
    case 'in-list':
    case 'in-query':
    case 'interval':
    case 'is':
    case 'lambda':
    case 'literal':
    case 'opaque':
    case 'parameter':
    case 'quantified':
    case 'ref':
    case 'star':
    case 'struct':
    case 'tuple':
    case 'unary':
      return '?column?';
  }
}
