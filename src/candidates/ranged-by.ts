import type { RelationId } from '../base/relation.ts';
import type { RangedBy } from '../marts/ranges.ts';
import type { BoundExpr } from '../sql/bound.ts';
import type { DialectName } from '../sql/dialect.ts';
import { dialectOf } from '../sql/dialects.ts';
import { clusterOf } from '../sql/match/cluster.ts';
import type { Block, JoinTree } from '../sql/normal-query.ts';
import { printExpr } from '../sql/print/print-expr.ts';
import { quoteName } from '../sql/print/quote-name.ts';
import { Unprintable } from '../sql/print/unprintable.ts';
import type { Candidate } from './candidate.ts';
import { aggregatesOf, exprKey, isBeyondMarts, refsOf, someNode } from './expressions.ts';

export type Rangeable =
  | { readonly kind: 'ranged'; readonly by: RangedBy }
  /** One clause, for people. */
  | { readonly kind: 'whole'; readonly because: string };

export interface RangeableParts {
  readonly dialect: DialectName;
  readonly rowsOf: (relation: RelationId) => number;
}

/**
 * Whether a definition can be computed range by range without loss: a range of one of its columns is a range of rows of its largest
 * source, because the definition groups by that column or passes it through, and no other row of that source is looked at.
 */
export function rangeableBy(
  { definition, query }: Pick<Candidate, 'definition' | 'query'>,
  { dialect, rowsOf }: RangeableParts,
): Rangeable {
  const { body } = query;
  if (body.kind !== 'block' || query.limit !== undefined || query.offset !== undefined) {
    return whole('it is more than one block of joins and one grouping');
  }
  const { block } = body;
  const because = whyNotApart(block);
  if (because !== undefined) {
    return whole(because);
  }
  const relation = largest(definition.sources, rowsOf);
  if (relation === undefined) {
    return whole('it reads no table');
  }
  const occurrences: number[] = [];
  someNode(block, (node) => {
    if (node.kind === 'table' && node['relation'] === relation && typeof node['occ'] === 'number') {
      occurrences.push(node['occ']);
    }
    return false;
  });
  const [occ, ...more] = occurrences;
  if (occ === undefined || more.length > 0) {
    return whole(`it reads ${relation} more than once, so a range of it says nothing of the rest`);
  }
  if (!preservedLeaves(block.from).has(occ)) {
    return whole(`rows of ${relation}, its largest source, are looked up by those of another`);
  }
  const keys = new Set(block.groupBy?.map(exprKey));
  const found = block.items
    .flatMap(({ expr }, at): readonly RangedBy[] => {
      const column = definition.columns[at];
      const isApart = block.groupBy === undefined ? isPlain(expr) : keys.has(exprKey(expr));
      const onSource = isApart ? onSourceOf(expr, { occ, dialect }) : undefined;
      return column === undefined || onSource === undefined || rankOf(column.type) === undefined
        ? []
        : [{ column: column.name, type: column.type, source: relation, onSource }];
    })
    .toSorted((a, b) => (rankOf(a.type) ?? 0) - (rankOf(b.type) ?? 0) || order(a, b));
  const [by] = found;
  return by === undefined
    ? whole(`none of its columns is a date, a moment or a whole number of ${relation}`)
    : { kind: 'ranged', by };
}

function whole(because: string): Rangeable {
  return { kind: 'whole', because };
}

function whyNotApart(block: Block): string | undefined {
  if (block.barriers.length > 0) {
    return `it has ${block.barriers[0] ?? ''}`;
  }
  if (block.groupingSets !== undefined) {
    return 'it groups in several ways at once';
  }
  if (block.groupBy?.length === 0) {
    return 'it is one row of totals';
  }
  return isBeyondMarts(block)
    ? 'it holds a query within an expression, a window, or what no reader understood'
    : undefined;
}

/** The largest is what a range saves reading of. */
function largest(
  sources: readonly RelationId[],
  rowsOf: (relation: RelationId) => number,
): RelationId | undefined {
  return sources.toSorted((a, b) => rowsOf(b) - rowsOf(a) || (a < b ? -1 : 1))[0];
}

/** Sources whose rows a join never makes up: a condition on one of them may be asked before all joins. */
function preservedLeaves(tree: JoinTree): ReadonlySet<number> {
  return new Set(
    clusterOf(tree).leaves.flatMap((leaf) => (leaf.kind === 'table' ? [leaf.occ] : [])),
  );
}

function isPlain(expr: BoundExpr): boolean {
  return aggregatesOf(expr).length === 0;
}

/** The text of an expression over one source alone, its columns unqualified. */
function onSourceOf(
  expr: BoundExpr,
  { occ, dialect }: { readonly occ: number; readonly dialect: DialectName },
): string | undefined {
  const refs = refsOf(expr);
  if (refs.length === 0 || refs.some((ref) => ref.occ !== occ)) {
    return undefined;
  }
  try {
    return printExpr(expr, {
      dialect: dialectOf(dialect),
      printRef: ({ column }) => quoteName(column, dialect),
      printNested() {
        throw new Unprintable('a query within an expression');
      },
    });
  } catch (error) {
    if (error instanceof Unprintable) {
      return undefined;
    }
    throw error;
  }
}

/** Dates part a history best; a moment with a zone means another day in another session. */
function rankOf(type: string): number | undefined {
  const name = type.trim().toLowerCase();
  if (name === 'date') {
    return 0;
  }
  if (/^timestamp(_s|_ms|_ns)?( without time zone)?$/.test(name)) {
    return 1;
  }
  return /^(smallint|integer|int|bigint)$/.test(name) ? 2 : undefined;
}

/** Plain columns first: the warehouse can skip what lies outside a range of them. */
function order(a: RangedBy, b: RangedBy): number {
  return a.onSource.length - b.onSource.length || (a.onSource < b.onSource ? -1 : 1);
}
