import { canonicalJson } from '../../base/digest.ts';
import type { MartColumn } from '../../marts/mart.ts';
import type { Expr, GroupBy, Query, SelectItem } from '../../sql/ir.ts';
import { holdsAggregate, isAggregateCall, nodesOf } from '../../sql/resolve/walk-expr.ts';

/**
 * Columns no two rows of a grouping statement agree on, whatever the sources hold: its groups, where each of them is an output. Undefined where that is
 * not certain from the text alone: a group that is not put out or only named by its alias, grouping sets, a function that may
 * make several rows of one.
 */
export function groupingKey(
  { body }: Pick<Query, 'body'>,
  columns: readonly MartColumn[],
): readonly string[] | undefined {
  if (
    body.kind !== 'select' ||
    body.groupBy === undefined ||
    body.opaqueClauses.length > 0 ||
    body.items.length !== columns.length ||
    !body.items.every(({ expr }) => isOneValue(expr))
  ) {
    return undefined;
  }
  const places = placesOf(body.groupBy, body.items);
  const names = places?.flatMap((place) => columns[place]?.name ?? []);
  return places === undefined || names === undefined || names.length !== places.length
    ? undefined
    : [...new Set(names)];
}

/** The output each group stands in. */
function placesOf(groupBy: GroupBy, items: readonly SelectItem[]): readonly number[] | undefined {
  switch (groupBy.kind) {
    case 'all':
      return items.flatMap(({ expr }, place) => (holdsAggregate(expr) ? [] : [place]));
    case 'exprs': {
      const places = groupBy.exprs.map((group) => placeOf(group, items));
      return places.every((place) => place >= 0 && place < items.length) ? places : undefined;
    }
    case 'sets':
      return undefined;
  }
}

function placeOf(group: Expr, items: readonly SelectItem[]): number {
  if (group.kind === 'literal') {
    return group.type === 'number' ? Number(group.text) - 1 : -1;
  }
  const text = canonicalJson(group);
  const same = items.findIndex(({ expr }) => canonicalJson(expr) === text);
  return same === -1 ? items.findIndex(({ expr }) => isSameColumn(expr, group)) : same;
}

/** `region` and `s.region` are one column, or the statement would be refused as ambiguous. */
function isSameColumn(left: Expr, right: Expr): boolean {
  return (
    left.kind === 'column' &&
    right.kind === 'column' &&
    Math.min(left.path.length, right.path.length) === 1 &&
    left.path.at(-1)?.name.toLowerCase() === right.path.at(-1)?.name.toLowerCase()
  );
}

/** Functions that are known to give one value; of others nobody knows whether they make several rows. */
const ONE_VALUE = new Set(
  `coalesce nullif ifnull nvl round floor ceil ceiling abs sign greatest least lower upper trim substr substring concat
  date_trunc date_part year quarter month week day hour strftime to_char cast try_cast`.split(
    /\s+/,
  ),
);

function isOneValue(expr: Expr): boolean {
  for (const node of nodesOf(expr, isAggregateCall)) {
    const isKnown =
      node.kind !== 'call' ||
      isAggregateCall(node) ||
      node.over !== undefined ||
      ONE_VALUE.has(node.name);
    if (!isKnown || node.kind === 'opaque' || node.kind === 'star') {
      return false;
    }
  }
  return true;
}
