import type { Dropper } from './drop-from-expr.ts';
import { dropFromExpr } from './drop-from-expr.ts';
import type {
  Assignment,
  Cte,
  Expr,
  FromItem,
  GroupBy,
  MergeClause,
  OrderItem,
  Query,
  QueryBody,
  Select,
  SelectItem,
  Statement,
} from './ir.ts';
import { isJsonPath, isSmallNumber } from './literal-kinds.ts';
import { withoutQuotedText } from './quoted-text.ts';

/**
 * The statement without its data (rule 17): literals become parameters `?1`, `?2`..., one slot for equal text and type.
 *
 * Kept are booleans, NULL and the literals of `kept-literals.ts`, LIMIT counts and ordinals. An OFFSET goes: pages of one
 * result are one template. A list of literals after IN, in an array and in VALUES is cut to its first two members,
 * as the fingerprint does not tell its length either.
 */
export function dropLiterals(statement: Statement): Statement {
  const slots = new Map<string, string>();
  const dropper: Dropper = {
    slotOf(type, text) {
      const key = `${type} ${text}`;
      const slot = slots.get(key) ?? `?${slots.size + 1}`;
      slots.set(key, slot);
      return slot;
    },
    query: (query) => dropFromQuery(query, dropper),
  };
  return dropFromStatement(statement, dropper);
}

function dropFromStatement(statement: Statement, dropper: Dropper): Statement {
  switch (statement.kind) {
    case 'query':
    case 'create-as':
    case 'insert':
      return { ...statement, query: dropFromQuery(statement.query, dropper) };
    case 'create-table':
    case 'other':
      return statement;
    case 'update':
      return {
        ...statement,
        target: dropFromItem(statement.target, dropper),
        from: statement.from.map((item) => dropFromItem(item, dropper)),
        set: assignments(statement.set, dropper),
        ...optional('where', statement.where, dropper),
        ctes: ctes(statement.ctes, dropper),
      };
    case 'delete':
      return {
        ...statement,
        target: dropFromItem(statement.target, dropper),
        using: statement.using.map((item) => dropFromItem(item, dropper)),
        ...optional('where', statement.where, dropper),
        ctes: ctes(statement.ctes, dropper),
      };
    case 'merge':
      return {
        ...statement,
        target: dropFromItem(statement.target, dropper),
        source: dropFromItem(statement.source, dropper),
        on: dropFromExpr(statement.on, dropper),
        clauses: statement.clauses.map((clause) => mergeClause(clause, dropper)),
      };
  }
}

function mergeClause(clause: MergeClause, dropper: Dropper): MergeClause {
  const { action } = clause;
  const condition = optional('condition', clause.condition, dropper);
  switch (action.kind) {
    case 'update':
      return {
        ...clause,
        ...condition,
        action: { ...action, set: assignments(action.set, dropper) },
      };
    case 'insert':
      return {
        ...clause,
        ...condition,
        action: { ...action, values: exprs(action.values, dropper) },
      };
    case 'delete':
    case 'nothing':
      return { ...clause, ...condition };
  }
}

function dropFromQuery(query: Query, dropper: Dropper): Query {
  const { limit } = query;
  return {
    ...query,
    ctes: ctes(query.ctes, dropper),
    body: dropFromBody(query.body, dropper),
    orderBy: orderItems(query.orderBy, dropper),
    ...(limit === undefined
      ? {}
      : { limit: isNumber(limit) ? limit : dropFromExpr(limit, dropper) }),
    ...optional('offset', query.offset, dropper),
  };
}

function dropFromBody(body: QueryBody, dropper: Dropper): QueryBody {
  switch (body.kind) {
    case 'select':
      return dropFromSelect(body, dropper);
    case 'set':
      return {
        ...body,
        left: dropFromBody(body.left, dropper),
        right: dropFromBody(body.right, dropper),
      };
    case 'values':
      return { ...body, rows: rows(body.rows, dropper) };
    case 'nested':
      return { ...body, query: dropFromQuery(body.query, dropper) };
    case 'opaque-query':
      return { ...body, because: withoutQuotedText(body.because) };
  }
}

/** Rows of literals alone are cut to two, as long lists are. */
function rows(all: readonly (readonly Expr[])[], dropper: Dropper): readonly (readonly Expr[])[] {
  const isData = all.every((row) => row.every(isPlainLiteral));
  return (isData ? all.slice(0, 2) : all).map((row) => exprs(row, dropper));
}

function isPlainLiteral(expr: Expr): boolean {
  return expr.kind === 'literal' || expr.kind === 'parameter';
}

function dropFromSelect(select: Select, dropper: Dropper): Select {
  const { distinct, groupBy } = select;
  return {
    ...select,
    ...(distinct === undefined || distinct === 'all' ? {} : { distinct: exprs(distinct, dropper) }),
    items: items(select.items, dropper),
    from: select.from.map((item) => dropFromItem(item, dropper)),
    ...optional('where', select.where, dropper),
    ...(groupBy === undefined ? {} : { groupBy: dropFromGroupBy(groupBy, dropper) }),
    ...optional('having', select.having, dropper),
    ...optional('qualify', select.qualify, dropper),
    windows: select.windows.map(({ name, window }) => ({
      name,
      window: {
        ...window,
        partitionBy: exprs(window.partitionBy, dropper),
        orderBy: orderItems(window.orderBy, dropper),
        ...(window.frame === undefined ? {} : { frame: withoutQuotedText(window.frame) }),
      },
    })),
    opaqueClauses: select.opaqueClauses.map(withoutQuotedText),
  };
}

function dropFromGroupBy(groupBy: GroupBy, dropper: Dropper): GroupBy {
  if (groupBy.kind === 'all') {
    return groupBy;
  }
  return { ...groupBy, exprs: groupBy.exprs.map((expr) => ordinalOrDropped(expr, dropper)) };
}

function dropFromItem(item: FromItem, dropper: Dropper): FromItem {
  switch (item.kind) {
    case 'table':
      return { ...item, modifiers: item.modifiers.map(withoutQuotedText) };
    case 'derived':
      return { ...item, query: dropFromQuery(item.query, dropper) };
    case 'function':
      return { ...item, args: exprs(item.args, dropper) };
    case 'join':
      return {
        ...item,
        left: dropFromItem(item.left, dropper),
        right: dropFromItem(item.right, dropper),
        ...optional('on', item.on, dropper),
      };
    case 'pivot':
      return {
        ...item,
        source: dropFromItem(item.source, dropper),
        aggregates: items(item.aggregates, dropper),
        columns: exprs(item.columns, dropper),
        // Names made of data (PIVOT ... IN ('x')) stay only where they read like names.
        makes: item.makes.filter(({ name }) => isJsonPath(name)),
      };
    case 'opaque-from':
      return { ...item, because: withoutQuotedText(item.because) };
  }
}

function ctes(all: readonly Cte[], dropper: Dropper): readonly Cte[] {
  return all.map((cte) => ({ ...cte, query: dropFromQuery(cte.query, dropper) }));
}

function assignments(all: readonly Assignment[], dropper: Dropper): readonly Assignment[] {
  return all.map(({ column, value }) => ({ column, value: dropFromExpr(value, dropper) }));
}

function items(all: readonly SelectItem[], dropper: Dropper): readonly SelectItem[] {
  return all.map((item) => ({ ...item, expr: dropFromExpr(item.expr, dropper) }));
}

function exprs(all: readonly Expr[], dropper: Dropper): readonly Expr[] {
  return all.map((expr) => dropFromExpr(expr, dropper));
}

function orderItems(all: readonly OrderItem[], dropper: Dropper): readonly OrderItem[] {
  return all.map((item) => ({ ...item, expr: ordinalOrDropped(item.expr, dropper) }));
}

/** A whole number by itself in GROUP BY or ORDER BY is a position. */
function ordinalOrDropped(expr: Expr, dropper: Dropper): Expr {
  const isOrdinal = expr.kind === 'literal' && expr.type === 'number' && isSmallNumber(expr.text);
  return isOrdinal ? expr : dropFromExpr(expr, dropper);
}

function isNumber(expr: Expr): boolean {
  return expr.kind === 'literal' && expr.type === 'number';
}

function optional<Key extends string>(
  key: Key,
  expr: Expr | undefined,
  dropper: Dropper,
): { readonly [key in Key]?: Expr } {
  return (expr === undefined ? {} : { [key]: dropFromExpr(expr, dropper) }) as {
    readonly [key in Key]?: Expr;
  };
}
