import type { RelationId } from '../base/relation.ts';
import type { BoundExpr } from '../sql/bound.ts';
import type { Block, JoinTree, NormalQuery } from '../sql/normal-query.ts';
import { toBound } from '../sql/normalize/to-bound.ts';
import { expressionsOf, queryIn, refsIn, someExpr, sourcesOf } from '../sql/normalize/walk.ts';

/** The rows and columns of one source that a definition's answer depends on: while they stay, so does the answer. */
export interface MartRegion {
  readonly relation: RelationId;
  /** The columns it reads, in order of name. */
  readonly columns: readonly string[];
  readonly query: NormalQuery;
}

/**
 * One region a source, or nothing where it reads what is no table. Where the definition joins a table once, and not on the side an outer join may leave empty, its own
 * conditions on that table say which rows can matter; of every other table all rows do.
 */
export function regionsOf(definition: NormalQuery): readonly MartRegion[] | undefined {
  const bound = toBound(definition);
  const sources = sourcesOf(bound);
  if (sources.some(({ kind }) => kind !== 'table' && kind !== 'derived')) {
    return undefined;
  }
  const tables = sources.flatMap((from) => (from.kind === 'table' ? [from] : []));
  const refs = expressionsOf(bound).flatMap(refsIn);
  const relations = [...new Set(tables.map(({ relation }) => relation))].toSorted();
  return relations.map((relation) => {
    const occs = [
      ...new Set(tables.flatMap((table) => (table.relation === relation ? [table.occ] : []))),
    ];
    const read = refs.flatMap(({ occ, column }) => (occs.includes(occ) ? [column] : []));
    const columns = [...new Set(read)].toSorted();
    const [occ = 0, ...more] = occs;
    const where = more.length > 0 ? [] : ownConditions(definition, occ);
    return { relation, columns, query: selectOf({ relation, occ, columns, where }) };
  });
}

function selectOf({
  relation,
  occ,
  columns,
  where,
}: {
  readonly relation: RelationId;
  readonly occ: number;
  readonly columns: readonly string[];
  readonly where: readonly BoundExpr[];
}): NormalQuery {
  const one: BoundExpr = { kind: 'literal', type: 'number', text: '1' };
  const items =
    columns.length === 0
      ? [{ name: 'one', expr: one }]
      : columns.map((column) => ({ name: column, expr: { kind: 'ref' as const, occ, column } }));
  const block: Block = {
    from: { kind: 'table', occ, relation },
    where,
    having: [],
    items,
    distinct: false,
    barriers: [],
  };
  return { body: { kind: 'block', block }, outputs: items.map(({ name }) => name), orderBy: [] };
}

/** Conditions a row of this source must satisfy to reach the definition's answer at all. */
function ownConditions({ body }: NormalQuery, occ: number): readonly BoundExpr[] {
  if (body.kind !== 'block' || !isKept(body.block.from, occ)) {
    return [];
  }
  return body.block.where.filter((condition) => {
    const refs = refsIn(condition);
    return (
      refs.length > 0 &&
      refs.every((ref) => ref.occ === occ) &&
      !someExpr(condition, (part) => queryIn(part) !== undefined)
    );
  });
}

/** True where each row of the join carries a row of this source: it is never the side that may be missing. */
function isKept(tree: JoinTree, occ: number): boolean {
  switch (tree.kind) {
    case 'none':
    case 'query':
      return false;
    case 'table':
      return tree.occ === occ;
    case 'inner':
      return tree.members.some((member) => isKept(member, occ));
    case 'outer':
      return tree.join !== 'full' && isKept(tree.left, occ);
  }
}
