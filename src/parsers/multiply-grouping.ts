import type { Expr, GroupBy } from '../sql/ir.ts';

/** One element of a GROUP BY list, before the multiplication. */
export type GroupingElement =
  | { readonly kind: 'expr'; readonly expr: Expr }
  | { readonly kind: 'rollup' | 'cube'; readonly groups: readonly (readonly Expr[])[] }
  | { readonly kind: 'sets'; readonly sets: readonly (readonly GroupingElement[])[] };

type ExprSet = readonly Expr[];

/** Above this many sets the statement is not worth reading exactly. */
const MAX_SETS = 1024;

/**
 * Multiplies ROLLUP, CUBE and GROUPING SETS out, as the standard says: the sets of each element,
 * combined with those of every other. Undefined when that makes more than 1024 sets.
 */
export function multiplyGrouping(elements: readonly GroupingElement[]): GroupBy | undefined {
  if (elements.every((element) => element.kind === 'expr')) {
    return { kind: 'exprs', exprs: elements.map((element) => element.expr) };
  }
  const sets = setsOfAll(elements);
  return sets && { kind: 'sets', ...indexed(sets) };
}

function setsOfAll(elements: readonly GroupingElement[]): readonly ExprSet[] | undefined {
  let product: readonly ExprSet[] = [[]];
  for (const element of elements) {
    const sets = setsOf(element);
    if (sets === undefined || product.length * sets.length > MAX_SETS) {
      return undefined;
    }
    product = product.flatMap((left) => sets.map((right) => [...left, ...right]));
  }
  return product;
}

function setsOf(element: GroupingElement): readonly ExprSet[] | undefined {
  switch (element.kind) {
    case 'expr':
      return [[element.expr]];
    case 'rollup':
      return Array.from({ length: element.groups.length + 1 }, (_, dropped) =>
        element.groups.slice(0, element.groups.length - dropped).flat(),
      );
    case 'cube':
      return subsets(element.groups);
    case 'sets': {
      const sets: ExprSet[] = [];
      for (const set of element.sets) {
        const expanded = setsOfAll(set);
        if (expanded === undefined || sets.length + expanded.length > MAX_SETS) {
          return undefined;
        }
        sets.push(...expanded);
      }
      return sets;
    }
  }
}

function subsets(groups: readonly ExprSet[]): readonly ExprSet[] | undefined {
  if (2 ** groups.length > MAX_SETS) {
    return undefined;
  }
  const all = 2 ** groups.length;
  return Array.from({ length: all }, (_, index) =>
    groups.filter((_group, bit) => ((all - 1 - index) >> (groups.length - 1 - bit)) & 1).flat(),
  );
}

function indexed(sets: readonly ExprSet[]) {
  const exprs: Expr[] = [];
  const known = new Map<string, number>();
  const indexes = sets.map((set) => {
    const members = set.map((expr) => {
      const key = JSON.stringify(expr);
      const index = known.get(key) ?? exprs.length;
      if (index === exprs.length) {
        known.set(key, index);
        exprs.push(expr);
      }
      return index;
    });
    return [...new Set(members)];
  });
  return { exprs, sets: indexes };
}
