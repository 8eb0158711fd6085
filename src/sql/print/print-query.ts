import type { RelationId } from '../../base/relation.ts';
import type { BoundExpr, BoundFrom, BoundQuery, BoundSelect } from '../bound.ts';
import type { Dialect, DialectName } from '../dialect.ts';
import { WRITING_RULES } from '../dialects/writing.ts';
import { DIALECTS } from '../dialects.ts';
import type { NormalQuery } from '../normal-query.ts';
import { chainOf } from '../normalize/expr-key.ts';
import { toBound } from '../normalize/to-bound.ts';
import type { OwnWords } from '../own-words/own-words.ts';
import type { ExprPrinter } from './print-expr.ts';
import { printExpr, printOrder } from './print-expr.ts';
import type { PrintOptions } from './print-options.ts';
import { quoteName, quoteRelation } from './quote-name.ts';
import { Unprintable } from './unprintable.ts';
import { whereOf } from './where-of.ts';

export type PrintOutcome =
  | { readonly kind: 'printed'; readonly sql: string }
  /** One clause: what has no safe text. */
  | { readonly kind: 'unprintable'; readonly because: string };

/**
 * The text of a query: one clause a line, lower-case keywords, the same text for the same query every time.
 * Refuses what was not understood; callers read the text back before they trust it.
 */
export function printQuery(query: NormalQuery | BoundQuery, dialect: DialectName): PrintOutcome {
  return printWith(query, { dialect, columnLists: new Map() });
}

/** As `printQuery`, with relations whose columns have no names to call them by, and with somebody's own words. */
export function printWith(
  query: NormalQuery | BoundQuery,
  { dialect, columnLists, ownWords }: PrintOptions,
): PrintOutcome {
  try {
    const printer = queryPrinter({
      dialect: DIALECTS[dialect],
      columnLists,
      ownWords,
      aliases: new Map(),
    });
    return { kind: 'printed', sql: printer.query(toBound(query), { indent: '' }) };
  } catch (error) {
    if (error instanceof Unprintable) {
      return { kind: 'unprintable', because: error.because };
    }
    throw error;
  }
}

interface PrinterParts {
  readonly dialect: Dialect;
  readonly columnLists: ReadonlyMap<RelationId, readonly string[]>;
  readonly ownWords: OwnWords | undefined;
  /** By occurrence; filled as sources are met, so numbers follow the text. */
  readonly aliases: Map<number, string>;
}

interface Place {
  readonly indent: string;
}

interface QueryPrinter {
  readonly query: (query: BoundQuery, place: Place) => string;
}

function queryPrinter(parts: PrinterParts): QueryPrinter {
  const { dialect, columnLists, ownWords, aliases } = parts;
  const rules = WRITING_RULES[dialect.name];
  let indentNow = '';
  const exprs: ExprPrinter = {
    dialect,
    printRef,
    printNested: (query) => nested(query, { indent: indentNow }),
    ...(ownWords === undefined ? {} : { ownWords: (expr) => ownWords(expr, printRef) }),
  };

  function printRef(ref: Extract<BoundExpr, { kind: 'ref' }>): string {
    const alias = aliases.get(ref.occ);
    if (alias === undefined) {
      throw new Unprintable(`a column of a source that is not in the query: ${ref.column}`);
    }
    return `${alias}.${name(ref.column)}`;
  }

  function name(text: string): string {
    return quoteName(text, dialect.name);
  }

  function nested(query: BoundQuery, place: Place): string {
    const before = indentNow;
    const inner = printQueryText(query, { ...place, indent: `${place.indent}  ` });
    indentNow = before;
    return `(\n${inner}\n${place.indent})`;
  }

  function text(expr: BoundExpr): string {
    return printExpr(expr, exprs);
  }

  function printQueryText(query: BoundQuery, place: Place): string {
    indentNow = place.indent;
    const lines = bodyLines(query, place);
    if (query.limitModifier !== undefined) {
      throw new Unprintable(`limit ${query.limitModifier}`);
    }
    if (query.orderBy.length > 0) {
      lines.push(
        `${place.indent}order by ${printOrder(query.orderBy, (expr) => orderText(query, expr))}`,
      );
    }
    const { limit, offset } = query;
    const rows = [
      ...(limit === undefined ? [] : [`${place.indent}limit ${text(limit)}`]),
      ...(offset === undefined ? [] : [`${place.indent}offset ${text(offset)}`]),
    ];
    return [...lines, ...(rules.offsetBeforeLimit ? rows.toReversed() : rows)].join('\n');
  }

  function orderText(query: BoundQuery, expr: BoundExpr): string {
    if (query.body.kind === 'select') {
      const constant = expr.kind === 'literal' && expr.type === 'number';
      if (constant) {
        throw new Unprintable('order by a number would be a position');
      }
      return text(expr);
    }
    const position = query.outputs.findIndex(
      (output) => expr.kind === 'ref' && output === expr.column,
    );
    if (position === -1) {
      throw new Unprintable('order by an expression over a set operation');
    }
    return String(position + 1);
  }

  function bodyLines(query: BoundQuery, place: Place): string[] {
    const { body } = query;
    switch (body.kind) {
      case 'select':
        return selectLines(body, { place, outputs: query.outputs });
      case 'set':
        return [
          branch(body.left, place),
          `${place.indent}${body.op}${setWord(body.all)}`,
          branch(body.right, place),
        ];
      case 'values':
        throw new Unprintable('a values list');
      case 'opaque-query':
        throw new Unprintable(`a query was not understood: ${body.because}`);
    }
  }

  function setWord(isAll: boolean): string {
    if (isAll) {
      return ' all';
    }
    return rules.saysDistinct ? ' distinct' : '';
  }

  function branch(query: BoundQuery, place: Place): string {
    const isPlain =
      query.body.kind === 'select' && query.orderBy.length === 0 && query.limit === undefined;
    return isPlain && query.offset === undefined
      ? printQueryText(query, place)
      : `${place.indent}${nested(query, place)}`;
  }

  function selectLines(
    select: BoundSelect,
    { place, outputs }: { readonly place: Place; readonly outputs: readonly string[] },
  ): string[] {
    if (select.opaqueClauses.length > 0) {
      throw new Unprintable(select.opaqueClauses.join(', '));
    }
    const { indent } = place;
    const from = select.from === undefined ? [] : fromLines(select.from, indent);
    indentNow = indent;
    const items = select.items.map((item, index) => {
      const printed = text(item.expr);
      const output = outputs[index] ?? item.name;
      const isItself = item.expr.kind === 'ref' && item.expr.column === output;
      return isItself || output === '' ? printed : `${printed} as ${name(output)}`;
    });
    const distinct = distinctText(select);
    return [
      `${indent}select ${distinct}${items.length === 0 ? '1' : items.join(`,\n${indent}  `)}`,
      ...from,
      ...clause('where', whereOf(select, rules), indent),
      ...groupLines(select, indent),
      ...clause('having', select.having, indent),
      ...clause('qualify', select.qualify, indent),
    ];
  }

  function distinctText(select: BoundSelect): string {
    if (select.distinct === undefined) {
      return '';
    }
    return select.distinct === 'all'
      ? 'distinct '
      : `distinct on (${select.distinct.map(text).join(', ')}) `;
  }

  function clause(keyword: string, condition: BoundExpr | undefined, indent: string): string[] {
    if (condition === undefined) {
      return [];
    }
    const parts = chainOf(condition, 'and').map((part) =>
      part.kind === 'binary' && part.op === 'or' ? `(${text(part)})` : text(part),
    );
    return [`${indent}${keyword} ${parts.join(`\n${indent}  and `)}`];
  }

  function groupLines(select: BoundSelect, indent: string): string[] {
    const { groupBy } = select;
    if (groupBy === undefined) {
      return [];
    }
    const keys = groupBy.exprs.map((expr) => {
      if (expr.kind === 'literal' || expr.kind === 'parameter') {
        throw new Unprintable('group by a constant');
      }
      return text(expr);
    });
    const sets = groupBy.sets?.map(
      (set) => `(${set.map((index) => keys[index] ?? '').join(', ')})`,
    );
    return [
      sets === undefined
        ? `${indent}group by ${keys.length === 0 ? '()' : keys.join(', ')}`
        : `${indent}group by grouping sets (${sets.join(', ')})`,
    ];
  }

  function fromLines(from: BoundFrom, indent: string): string[] {
    if (from.kind !== 'join') {
      return [`${indent}from ${sourceText(from, indent)}`];
    }
    return [...fromLines(from.left, indent), joinLine(from, indent)];
  }

  function joinLine(from: Extract<BoundFrom, { kind: 'join' }>, indent: string): string {
    if (from.join === 'asof' || from.join === 'positional') {
      throw new Unprintable(`a ${from.join} join`);
    }
    if ((from.join === 'semi' || from.join === 'anti') && !rules.hasSemiJoins) {
      throw new Unprintable(`a ${from.join} join`);
    }
    const right =
      from.right.kind === 'join'
        ? `(${joinText(from.right, indent)})`
        : sourceText(from.right, indent);
    indentNow = indent;
    const keyword = from.join === 'inner' ? 'join' : `${from.join} join`;
    const on = from.on === undefined ? '' : ` on ${text(from.on)}`;
    return `${indent}${keyword} ${right}${on}`;
  }

  function joinText(from: BoundFrom, indent: string): string {
    const [first = '', ...more] = fromLines(from, indent);
    return [first.trimStart().replace(/^from /, ''), ...more.map((line) => line.trimStart())].join(
      ' ',
    );
  }

  function sourceText(from: Exclude<BoundFrom, { kind: 'join' }>, indent: string): string {
    const alias = `t${aliases.size + 1}`;
    switch (from.kind) {
      case 'table': {
        if (from.modifiers.length > 0) {
          throw new Unprintable(`${from.modifiers.join(', ')} on ${from.relation}`);
        }
        aliases.set(from.occ, alias);
        const columns = columnLists.get(from.relation);
        if (columns !== undefined && !rules.hasColumnLists) {
          throw new Unprintable(`names for the columns of ${from.relation}`);
        }
        const list = columns === undefined ? '' : ` (${columns.map(name).join(', ')})`;
        return `${quoteRelation(from.relation, dialect.name)} as ${alias}${list}`;
      }
      case 'derived': {
        if (from.lateral) {
          throw new Unprintable('a lateral source');
        }
        aliases.set(from.occ, alias);
        const named = { ...from.query, outputs: from.columns };
        return `${nested(named, { indent })} as ${alias}`;
      }
      case 'recursive':
        throw new Unprintable('a recursive source');
      case 'function':
        throw new Unprintable(`the table function ${from.name}`);
      case 'opaque-from':
        throw new Unprintable(from.because);
    }
  }

  return { query: printQueryText };
}
