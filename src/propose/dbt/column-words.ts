import type { RelationId } from '../../base/relation.ts';
import type { BoundExpr } from '../../sql/bound.ts';
import type { JoinTree, NormalQuery } from '../../sql/normal-query.ts';
import { exprKey } from '../../sql/normalize/expr-key.ts';

/** The tables a tree reads directly, each with the number its columns are named by. */
export function tablesIn(
  tree: JoinTree,
): readonly { readonly occ: number; readonly relation: RelationId }[] {
  switch (tree.kind) {
    case 'none':
    case 'query':
      return [];
    case 'table':
      return [tree];
    case 'inner':
      return tree.members.flatMap(tablesIn);
    case 'outer':
      return [...tablesIn(tree.left), ...tablesIn(tree.right)];
  }
}

/** What each output is, as people say it: `region of silver.stores`, `sum of amount of silver.orders`; nothing of what is more. */
export function columnWords({ body, outputs }: NormalQuery): ReadonlyMap<string, string> {
  if (body.kind !== 'block') {
    return new Map();
  }
  const { items, from } = body.block;
  const relationOf = new Map(tablesIn(from).map(({ occ, relation }) => [occ, relation]));
  const words = (expr: BoundExpr | undefined): string | undefined => {
    const relation = expr?.kind === 'ref' ? relationOf.get(expr.occ) : undefined;
    return expr?.kind === 'ref' && relation !== undefined
      ? `${expr.column} of ${relation}`
      : undefined;
  };
  return new Map(
    items.flatMap(({ expr, name }, at) => {
      const said = words(expr) ?? aggregateWords(expr, words);
      return said === undefined ? [] : [[outputs[at] ?? name, said] as const];
    }),
  );
}

const SAID: Readonly<Record<string, string>> = {
  sum: 'sum of',
  min: 'least',
  max: 'greatest',
  avg: 'average of',
  count: 'number of values of',
};

function aggregateWords(
  expr: BoundExpr,
  words: (expr: BoundExpr | undefined) => string | undefined,
): string | undefined {
  if (expr.kind !== 'call' || expr.over !== undefined || expr.filter !== undefined) {
    return undefined;
  }
  const [argument, ...more] = expr.args;
  if (expr.name === 'count' && (argument === undefined || argument.kind === 'star')) {
    return 'number of rows';
  }
  const said = Object.hasOwn(SAID, expr.name) ? SAID[expr.name] : undefined;
  const of = words(argument);
  return said === undefined || of === undefined || more.length > 0
    ? undefined
    : `${expr.distinct ? `${said} different` : said} ${of}`;
}

/** Outputs no two rows agree on, because they are what it groups by; undefined where it does not group, or not by what it puts out. */
export function groupedBy({ body, outputs }: NormalQuery): readonly string[] | undefined {
  if (body.kind !== 'block' || body.block.barriers.length > 0) {
    return undefined;
  }
  const { groupBy, groupingSets, items } = body.block;
  if (groupBy === undefined || groupBy.length === 0 || groupingSets !== undefined) {
    return undefined;
  }
  const places = groupBy.map((group) =>
    items.findIndex(({ expr }) => exprKey(expr) === exprKey(group)),
  );
  const names = places.flatMap((place) => outputs[place] ?? []);
  return names.length === groupBy.length ? names : undefined;
}

/** Outputs that are never null: counts, and columns of sources that are none, where no outer join makes them so. */
export function neverNull(
  { body, outputs }: NormalQuery,
  isNotNull: (relation: RelationId, column: string) => boolean,
): ReadonlySet<string> {
  if (body.kind !== 'block') {
    return new Set();
  }
  const { items, from } = body.block;
  const kept = new Map(keptTables(from).map(({ occ, relation }) => [occ, relation]));
  return new Set(
    items.flatMap(({ expr, name }, at) => {
      const relation = expr.kind === 'ref' ? kept.get(expr.occ) : undefined;
      const isSure =
        (expr.kind === 'call' && expr.name === 'count' && expr.over === undefined) ||
        (expr.kind === 'ref' && relation !== undefined && isNotNull(relation, expr.column));
      return isSure ? [outputs[at] ?? name] : [];
    }),
  );
}

/** Tables whose rows no outer join fills with nulls. */
function keptTables(tree: JoinTree): ReturnType<typeof tablesIn> {
  if (tree.kind === 'outer') {
    return tree.join === 'full' ? [] : keptTables(tree.left);
  }
  return tree.kind === 'inner' ? tree.members.flatMap(keptTables) : tablesIn(tree);
}
