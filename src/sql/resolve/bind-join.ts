import type { BoundExpr, BoundFrom } from '../bound.ts';
import { RESOLVE_RULES } from '../dialects/resolving.ts';
import type { FromItem, Ident } from '../ir.ts';
import { type Binder, type FromResult, opaque } from './binder.ts';
import { knownIn, soleAdmitting } from './find-column.ts';
import { findNamed, sameLetters } from './names.ts';
import {
  besides,
  type FromScope,
  hiddenKey,
  type Scope,
  type SourceColumn,
  type Star,
  type Visible,
} from './scope.ts';

type JoinItem = Extract<FromItem, { readonly kind: 'join' }>;

/** Binds a join; USING and NATURAL become an ON condition and merged columns, RIGHT is turned to LEFT. */
export function bindJoin(binder: Binder, item: JoinItem, scope: FromScope): FromResult {
  const left = binder.bindFrom(binder, item.left, scope);
  const siblings: Scope = {
    parent: scope.siblings,
    visible: left.visible,
    ctes: scope.outer.ctes,
  };
  const right = binder.bindFrom(binder, item.right, { outer: scope.outer, siblings });
  const both = besides(left.visible, right.visible);
  const names = sharedNames(binder, item, { left: left.visible, right: right.visible });
  if (names === undefined) {
    const on = item.on && binder.bindExpr(binder, item.on, { ...siblings, visible: both });
    return { from: joined(item, { left, right, on }), visible: shown(item, left.visible, both) };
  }
  const merge = mergeColumns(binder, { item, names, left: left.visible, right: right.visible });
  return {
    from: joined(item, { left, right, on: merge.on }),
    visible: shown(item, left.visible, merge.visible),
  };
}

/** Semi and anti joins show their left side only. */
function shown({ join }: JoinItem, left: Visible, both: Visible): Visible {
  return join === 'semi' || join === 'anti' ? left : both;
}

function joined(
  { join }: JoinItem,
  parts: {
    readonly left: FromResult;
    readonly right: FromResult;
    readonly on: BoundExpr | undefined;
  },
): BoundFrom {
  const on = parts.on === undefined ? {} : { on: parts.on };
  if (join === 'right') {
    return { kind: 'join', join: 'left', left: parts.right.from, right: parts.left.from, ...on };
  }
  return { kind: 'join', join, left: parts.left.from, right: parts.right.from, ...on };
}

interface Sides {
  readonly left: Visible;
  readonly right: Visible;
}

/** The columns of USING or NATURAL; `undefined` for joins with neither. */
function sharedNames(binder: Binder, item: JoinItem, sides: Sides): readonly Ident[] | undefined {
  if (item.using !== undefined) {
    return item.using;
  }
  if (!item.natural) {
    return undefined;
  }
  const [left, right] = [sides.left.stars(), sides.right.stars()];
  if ([...left, ...right].some((star) => star.kind === 'open')) {
    binder.notes.add('natural join of unknown columns');
  }
  return left.flatMap((star) =>
    star.kind === 'column' && right.some((other) => isNamed(other, star.column.name))
      ? [{ name: star.column.name, quoted: true }]
      : [],
  );
}

function isNamed(star: Star, name: string): boolean {
  return star.kind === 'column' && sameLetters(star.column.name, name);
}

function mergeColumns(
  binder: Binder,
  {
    item,
    names,
    left,
    right,
  }: Sides & { readonly item: JoinItem; readonly names: readonly Ident[] },
): { readonly on: BoundExpr | undefined; readonly visible: Visible } {
  const merged: SourceColumn[] = [];
  const hidden = new Set([...left.hidden, ...right.hidden]);
  let on: BoundExpr | undefined;
  for (const name of names) {
    const [mine, theirs] = [sideColumn(binder, name, left), sideColumn(binder, name, right)];
    const equal: BoundExpr = { kind: 'binary', op: '=', left: mine, right: theirs };
    on = on === undefined ? equal : { kind: 'binary', op: 'and', left: on, right: equal };
    merged.push({ name: nameOf(mine, name), expr: mergedExpr(binder, item, { mine, theirs }) });
    for (const source of [...left.sources, ...right.sources]) {
      const column = findNamed(name, {
        among: source.columns,
        rules: binder.context.dialect.names,
      });
      if (column !== undefined && column !== 'ambiguous') {
        hidden.add(hiddenKey(source.occ, column.name));
      }
    }
  }
  if (item.natural && on === undefined) {
    const isOpen = [...left.stars(), ...right.stars()].some((star) => star.kind === 'open');
    on = isOpen ? opaque(binder, 'natural join of unknown columns') : undefined;
  }
  if (item.join === 'asof') {
    on = opaque(binder, 'asof join using columns', on === undefined ? [] : [on]);
  }
  const isOld = (column: SourceColumn) =>
    !merged.some(({ name }) => sameLetters(name, column.name));
  const visible: Visible = {
    sources: [...left.sources, ...right.sources],
    merged: [...merged, ...[...left.merged, ...right.merged].filter(isOld)],
    hidden,
    stars: () => mergedStars(binder, merged, { left, right }),
  };
  return { on, visible };
}

function sideColumn(binder: Binder, name: Ident, side: Visible): BoundExpr {
  const found = knownIn(binder, name, side) ?? soleAdmitting(side)?.admit?.(name)?.expr;
  return found === undefined || found === 'ambiguous'
    ? opaque(binder, 'join column not found')
    : found;
}

function nameOf(expr: BoundExpr, name: Ident): string {
  return expr.kind === 'ref' && sameLetters(expr.column, name.name) ? expr.column : name.name;
}

/** What the merged column shows: the side that is never null-extended; for FULL, whichever is there. */
function mergedExpr(
  { marks }: Binder,
  { join, natural }: JoinItem,
  { mine, theirs }: { readonly mine: BoundExpr; readonly theirs: BoundExpr },
): BoundExpr {
  if (join === 'full') {
    return {
      kind: 'call',
      name: 'coalesce',
      args: [mine, theirs],
      distinct: false,
      orderBy: [],
      modifiers: [],
    };
  }
  // A node of its own: the side's column is also named by its qualifier, and then it is not the merged one.
  const shown = { ...(join === 'right' ? theirs : mine) };
  if (!natural) {
    marks.merged.set(shown, [mine, theirs]);
  }
  return shown;
}

function mergedStars(
  binder: Binder,
  merged: readonly SourceColumn[],
  { left, right }: Sides,
): readonly Star[] {
  const mergedAs = (star: Star) =>
    star.kind === 'column'
      ? merged.find(({ name }) => sameLetters(name, star.column.name))
      : undefined;
  const isRest = (star: Star) => mergedAs(star) === undefined;
  const asStar = (column: SourceColumn): Star => ({
    kind: 'column',
    column,
    key: hiddenKey(0, column.name),
  });
  const rightRest = right.stars().filter(isRest);
  if (!RESOLVE_RULES[binder.context.dialect.name].showsUsingInPlace) {
    return [...merged.map(asStar), ...left.stars().filter(isRest), ...rightRest];
  }
  const leftShown = left.stars().map((star) => {
    const column = mergedAs(star);
    return column === undefined ? star : asStar(column);
  });
  return [...leftShown, ...rightRest];
}
