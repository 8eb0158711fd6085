import type { BoundExpr, BoundFrom, BoundItem, BoundOrderItem, BoundSelect } from '../bound.ts';
import { type AliasRules, RESOLVE_RULES } from '../dialects/resolving.ts';
import type { Expr, FromItem, GroupBy, Ident, OrderItem, Select } from '../ir.ts';
import type { Binder, BodyRequest, BodyResult, FromResult } from './binder.ts';
import { opaque } from './binder.ts';
import { type Expansion, expandStar } from './expand-star.ts';
import { knownIn } from './find-column.ts';
import { findNamed } from './names.ts';
import { ordinalOf } from './ordinal.ts';
import { outputName } from './output-name.ts';
import { type Aliases, besides, nothingVisible, type Scope } from './scope.ts';
import { holdsAggregate } from './walk-expr.ts';

/** One select being bound: what its clauses see, and its items so far. */
interface Work {
  readonly binder: Binder;
  readonly scope: Scope;
  readonly rules: AliasRules;
  readonly items: BoundItem[];
  /** The items that did not come out of a star: only they may be meant as aliases. */
  readonly named: BoundItem[];
  readonly outputs: string[];
}

/** Binds one select and, since it sees the same sources, the ORDER BY that follows it. */
export function bindSelect(binder: Binder, select: Select, request: BodyRequest): BodyResult {
  const from = bindSources(binder, select.from, request.scope);
  const work: Work = {
    binder,
    scope: {
      parent: request.scope,
      visible: from?.visible ?? nothingVisible,
      ctes: request.scope.ctes,
      windows: select.windows,
    },
    rules: RESOLVE_RULES[binder.context.dialect.name].aliases,
    items: [],
    named: [],
    outputs: [],
  };
  const expansions = bindItems(work, select);
  const groupBy = select.groupBy && bindGroupBy(work, select.groupBy);
  const { where, having, qualify, distinct } = select;
  const orderBy = request.orderBy.flatMap((item) => bindOrderItem(work, item));
  const unmixed = groupBy?.mixed === true ? ['group by all over mixed items'] : [];
  const body: BoundSelect = {
    kind: 'select',
    items: work.items,
    opaqueClauses: [...select.opaqueClauses, ...unmixed],
    ...(from === undefined ? {} : { from: from.from }),
    ...(distinct === undefined ? {} : { distinct: bindDistinct(work, distinct) }),
    ...(where === undefined ? {} : { where: bindWhere(work, where) }),
    ...(groupBy === undefined ? {} : { groupBy: groupBy.clause }),
    ...(having === undefined
      ? {}
      : { having: bindHaving(work, having, groupBy?.clause.exprs ?? []) }),
    ...(qualify === undefined ? {} : { qualify: withAliases(work, qualify, 'column') }),
  };
  for (const clause of body.opaqueClauses) {
    binder.notes.add(`opaque clause: ${clause}`);
  }
  const admit = admitFrom(work, expansions);
  return { body, outputs: work.outputs, orderBy, ...(admit === undefined ? {} : { admit }) };
}

/** Comma-separated members of FROM: a cross product, each seeing those before it where it may. */
function bindSources(
  binder: Binder,
  items: readonly FromItem[],
  outer: Scope,
): FromResult | undefined {
  let all: FromResult | undefined;
  for (const item of items) {
    const siblings: Scope =
      all === undefined ? outer : { parent: outer, visible: all.visible, ctes: outer.ctes };
    const next = binder.bindFrom(binder, item, { outer, siblings });
    if (all === undefined) {
      all = next;
    } else {
      const from: BoundFrom = { kind: 'join', join: 'cross', left: all.from, right: next.from };
      all = { from, visible: besides(all.visible, next.visible) };
    }
  }
  return all;
}

function bindItems(work: Work, select: Select): readonly Expansion[] {
  const { binder, scope, items } = work;
  const expansions: Expansion[] = [];
  const seen = lateralScope(work);
  for (const item of select.items) {
    if (item.expr.kind === 'star') {
      const expansion = expandStar(binder, item.expr, scope);
      expansions.push(expansion);
      for (const each of expansion.items) {
        addItem(work, each);
      }
      continue;
    }
    const expr = binder.bindExpr(binder, item.expr, seen);
    const name = outputName(binder, item, { bound: expr, at: items.length, before: work.outputs });
    addItem(work, { name, expr, fromStar: false });
  }
  return expansions;
}

function lateralScope(work: Work): Scope {
  const { scope, rules } = work;
  if (rules.lateral === 'never') {
    return scope;
  }
  const wins = rules.lateral === 'last' ? 'column' : 'over-unknown';
  return { ...scope, aliases: aliasesOf(work, wins) };
}

function addItem({ items, named, outputs }: Work, item: BoundItem): void {
  items.push(item);
  outputs.push(item.name);
  if (!item.fromStar) {
    named.push(item);
  }
}

/** The items bound so far, by name. An alias of something else than a column; stars give none. */
function aliasesOf({ binder, named }: Work, wins: Aliases['wins']): Aliases {
  const rules = binder.context.dialect.names;
  return {
    wins,
    find(name) {
      const found = findNamed(name, { among: named, rules });
      return found === 'ambiguous' ? undefined : found?.expr;
    },
  };
}

function withAliases(work: Work, expr: Expr, wins: Aliases['wins']): BoundExpr {
  const { binder, scope } = work;
  const settled = wins === 'column' ? 'over-unknown' : wins;
  return binder.bindExpr(binder, expr, { ...scope, aliases: aliasesOf(work, settled) });
}

function bindWhere(work: Work, where: Expr): BoundExpr {
  return work.rules.where
    ? withAliases(work, where, 'column')
    : work.binder.bindExpr(work.binder, where, work.scope);
}

interface BoundGrouping {
  readonly clause: NonNullable<BoundSelect['groupBy']>;
  /** GROUP BY ALL over an item that both aggregates and does not. */
  readonly mixed: boolean;
}

function bindGroupBy(work: Work, groupBy: GroupBy): BoundGrouping {
  if (groupBy.kind === 'all') {
    const grouped = work.items.filter(({ expr }) => !holdsAggregate(expr));
    const mixed = work.items.some(({ expr }) => holdsAggregate(expr) && isMixed(expr));
    return { clause: { exprs: grouped.map(({ expr }) => expr) }, mixed };
  }
  const exprs = groupBy.exprs.map((expr) => bindGroupExpr(work, expr));
  const clause = groupBy.kind === 'sets' ? { exprs, sets: groupBy.sets } : { exprs };
  return { clause, mixed: false };
}

/** Whether a column stands outside the aggregates of an expression. */
function isMixed(expr: BoundExpr): boolean {
  if (expr.kind === 'ref') {
    return true;
  }
  if (expr.kind === 'binary') {
    return isMixed(expr.left) || isMixed(expr.right);
  }
  if (expr.kind === 'cast' || expr.kind === 'unary') {
    return isMixed(expr.operand);
  }
  return expr.kind === 'call' && !holdsOwnAggregate(expr) && expr.args.some(isMixed);
}

function holdsOwnAggregate(call: Extract<BoundExpr, { readonly kind: 'call' }>): boolean {
  return holdsAggregate({ ...call, args: [] });
}

function bindGroupExpr(work: Work, expr: Expr): BoundExpr {
  const ordinal = ordinalOf(expr);
  if (ordinal !== undefined) {
    return itemAt(work, ordinal);
  }
  const { groupBy } = work.rules;
  const isBareName = expr.kind === 'column' && expr.path.length === 1;
  if (groupBy === 'never' || !isBareName) {
    return work.binder.bindExpr(work.binder, expr, work.scope);
  }
  return withAliases(work, expr, groupBy === 'alias-wins' ? 'alias' : 'column');
}

function itemAt({ binder, items }: Work, ordinal: number): BoundExpr {
  const isShifted = items.slice(0, ordinal).some(({ name, fromStar }) => fromStar && name === '*');
  const item = isShifted ? undefined : items[ordinal - 1];
  return item?.expr ?? opaque(binder, 'ordinal out of range');
}

/** An alias in HAVING, unless the name is a grouped column; inside an aggregate always the column. */
function bindHaving(work: Work, having: Expr, grouped: readonly BoundExpr[]): BoundExpr {
  const { binder, scope, rules } = work;
  if (rules.having === 'never') {
    return binder.bindExpr(binder, having, scope);
  }
  const texts = new Set(grouped.map((expr) => JSON.stringify(expr)));
  const { find } = aliasesOf(work, 'alias');
  const aliases: Aliases = {
    wins: 'alias',
    find(name: Ident) {
      const column = knownIn(binder, name, scope.visible ?? nothingVisible);
      const isGrouped = column !== undefined && texts.has(JSON.stringify(column));
      return isGrouped ? undefined : find(name);
    },
  };
  return binder.bindExpr(binder, having, { ...scope, aliases });
}

/** ORDER BY ALL is every output in turn. */
function bindOrderItem(work: Work, item: OrderItem): readonly BoundOrderItem[] {
  const isAll = item.expr.kind === 'opaque' && item.expr.because === 'order by all';
  if (isAll && !work.items.some(({ name }) => name === '*')) {
    return work.items.map(({ expr }) => ({ ...item, expr }));
  }
  return [{ ...item, expr: bindOrderExpr(work, item.expr) }];
}

/** ORDER BY and DISTINCT ON: an ordinal, an output name, else an expression over the sources. */
function bindOrderExpr(work: Work, expr: Expr): BoundExpr {
  const ordinal = ordinalOf(expr);
  if (ordinal !== undefined) {
    return itemAt(work, ordinal);
  }
  if (expr.kind === 'column' && expr.path.length === 1) {
    return withAliases(work, expr, 'alias');
  }
  const { orderByExpr } = work.rules;
  if (orderByExpr === 'never') {
    return work.binder.bindExpr(work.binder, expr, work.scope);
  }
  return withAliases(work, expr, orderByExpr === 'alias-wins' ? 'alias' : 'column');
}

function bindDistinct(
  work: Work,
  distinct: NonNullable<Select['distinct']>,
): NonNullable<BoundSelect['distinct']> {
  return distinct === 'all' ? distinct : distinct.map((expr) => bindOrderExpr(work, expr));
}

/** An output nobody lists, out of the one star over unknown columns. */
function admitFrom(work: Work, expansions: readonly Expansion[]): BodyResult['admit'] {
  const open = expansions.filter(({ admit }) => admit !== undefined);
  if (open.length === 0) {
    return undefined;
  }
  return (name) => {
    const item = open.length === 1 ? open[0]?.admit?.(name) : undefined;
    if (item === undefined || work.items.some((known) => isSameItem(known, item))) {
      return item?.name;
    }
    addItem(work, item);
    return item.name;
  };
}

function isSameItem(known: BoundItem, item: BoundItem): boolean {
  return known.name === item.name && JSON.stringify(known.expr) === JSON.stringify(item.expr);
}
