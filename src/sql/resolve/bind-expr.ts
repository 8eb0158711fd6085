import type { BoundExpr } from '../bound.ts';
import { RESOLVE_RULES } from '../dialects/resolving.ts';
import type { Expr, Ident, Window } from '../ir.ts';
import { type Binder, opaque } from './binder.ts';
import { withDateParts } from './date-parts.ts';
import { columnOfRow, findColumn } from './find-column.ts';
import { inlinedCall } from './inlined-call.ts';
import { mapParts } from './map-expr.ts';
import { findNamed } from './names.ts';
import { noteReadByName } from './read-by-name.ts';
import type { Scope } from './scope.ts';
import { isAggregateCall } from './walk-expr.ts';

/** Resolves every name of an expression; queries inside are bound with the scope as their outside. */
export function bindExpr(binder: Binder, expr: Expr, scope: Scope): BoundExpr {
  switch (expr.kind) {
    case 'column':
      return findColumn(binder, expr.path, scope);
    case 'lambda': {
      const inside = { ...scope, lambda: [...(scope.lambda ?? []), ...expr.parameters] };
      return { ...expr, body: bindExpr(binder, expr.body, inside) };
    }
    case 'star':
      return bindStarArgument(binder, expr);
    case 'opaque':
      binder.notes.add('opaque expression');
      return mapWith(binder, expr, scope);
    case 'call': {
      const body = inlinedCall(expr, binder.context.schema);
      if (body !== undefined && binder.mayInlineMore()) {
        return bindExpr(binder, body, scope);
      }
      noteReadByName(binder, expr);
      const call = withDateParts(expr, binder.context.dialect.name);
      return mapWith(
        binder,
        call.over?.base === undefined ? call : inlineWindow(binder, call, scope),
        isAggregateCall(call) ? withoutAliases(scope) : scope,
      );
    }
    case 'binary': {
      const lambda = lambdaOf(binder, expr);
      return lambda === undefined ? mapWith(binder, expr, scope) : bindExpr(binder, lambda, scope);
    }
    case 'access':
      return rowField(binder, expr, scope) ?? mapWith(binder, expr, scope);
    case 'array':
    case 'between':
    case 'case':
    case 'cast':
    case 'exists':
    case 'extract':
    case 'in-list':
    case 'in-query':
    case 'interval':
    case 'is':
    case 'literal':
    case 'parameter':
    case 'quantified':
    case 'ref':
    case 'struct':
    case 'subquery':
    case 'tuple':
    case 'unary':
      return mapWith(binder, expr, scope);
  }
}

type Of<K extends Expr['kind']> = Extract<Expr, { readonly kind: K }>;
type Call = Of<'call'>;

/**
 * `x -> ...` and `(x, y) -> ...` that a reader took for JSON access, in dialects that have none. It binds JSON access
 * tightly, so that the arrow may stand leftmost inside what is the function's body.
 */
function lambdaOf({ context }: Binder, expr: Of<'binary'>): Expr | undefined {
  if (!RESOLVE_RULES[context.dialect.name].arrowsAreLambdas) {
    return undefined;
  }
  const around: Of<'binary'>[] = [];
  let arrow: Expr = expr;
  while (arrow.kind === 'binary' && arrow.op !== '->') {
    around.push(arrow);
    arrow = arrow.left;
  }
  const parameters = arrow.kind === 'binary' ? parametersOf(arrow.left) : undefined;
  if (arrow.kind !== 'binary' || parameters === undefined) {
    return undefined;
  }
  const body = around.toReversed().reduce<Expr>((left, outer) => ({ ...outer, left }), arrow.right);
  return { kind: 'lambda', parameters, body };
}

function parametersOf(left: Expr): readonly Ident[] | undefined {
  const items = left.kind === 'tuple' ? left.items : [left];
  const names = items.flatMap((item) =>
    item.kind === 'column' && item.path.length === 1 ? item.path : [],
  );
  return names.length === items.length ? names : undefined;
}

/** `(t).column`: the row of a source in brackets, where no column has the name. */
function rowField(binder: Binder, expr: Of<'access'>, scope: Scope): BoundExpr | undefined {
  const { base } = expr;
  const [field, ...more] = expr.steps;
  if (base.kind !== 'column' || base.path.length !== 1 || field?.kind !== 'field') {
    return undefined;
  }
  const column = columnOfRow(binder, { row: base.path, field: field.name }, scope);
  if (column === undefined || more.length === 0) {
    return column;
  }
  const rest = mapWith(binder, { ...expr, steps: more }, scope);
  return rest.kind === 'access' ? { ...rest, base: column } : column;
}

/** `over w`, `over (w order by ...)`: what the named window says, and what stands beside it. */
function inlineWindow(binder: Binder, call: Call, scope: Scope): Call {
  const { windows = [] } = scope;
  let { over } = call;
  for (let depth = 0; over?.base !== undefined && depth <= windows.length; depth += 1) {
    const { base, ...own }: Window = over;
    const named = findNamed(base, {
      among: windows.map(({ name, window }) => ({ name: name.name, window })),
      rules: binder.context.dialect.names,
    });
    if (named === undefined || named === 'ambiguous') {
      binder.notes.add('unknown window');
      return { ...call, over: own, modifiers: [...call.modifiers, 'unknown window'] };
    }
    const frame = own.frame ?? named.window.frame;
    over = {
      ...named.window,
      partitionBy: own.partitionBy.length > 0 ? own.partitionBy : named.window.partitionBy,
      orderBy: own.orderBy.length > 0 ? own.orderBy : named.window.orderBy,
      ...(frame === undefined ? {} : { frame }),
    };
  }
  return over === undefined ? call : { ...call, over };
}

function mapWith(binder: Binder, expr: Expr, scope: Scope): BoundExpr {
  return mapParts(expr, {
    expr: (part) => bindExpr(binder, part, scope),
    query: (query) => binder.bindQuery(binder, query, scope).query,
  });
}

/** `count(*)`: the rows, no column. `count(t.*)` and the like are about columns nobody named: opaque. */
function bindStarArgument(
  binder: Binder,
  star: Extract<Expr, { readonly kind: 'star' }>,
): BoundExpr {
  const isPlain =
    star.qualifier === undefined &&
    star.except.length === 0 &&
    star.replace.length === 0 &&
    star.rename.length === 0;
  return isPlain
    ? { kind: 'star', except: [], replace: [], rename: [] }
    : opaque(binder, 'star inside an expression');
}

/** An aggregate's argument never means an alias of the select list. */
function withoutAliases(scope: Scope): Scope {
  if (scope.aliases === undefined) {
    return scope;
  }
  const { aliases: _dropped, ...rest } = scope;
  return rest;
}
