import type { RelationId } from '../base/relation.ts';
import type { RangedBy } from '../marts/ranges.ts';
import type { BoundExpr } from '../sql/bound.ts';
import type { DialectName } from '../sql/dialect.ts';
import { dialectOf } from '../sql/dialects.ts';
import { printExpr } from '../sql/print/print-expr.ts';
import { quoteName } from '../sql/print/quote-name.ts';
import { Unprintable } from '../sql/print/unprintable.ts';
import type { Candidate } from './candidate.ts';
import { drivingSource, type WholeOnly, wholeBecause } from './driving-source.ts';
import { aggregatesOf, exprKey, refsOf } from './expressions.ts';

export type Rangeable = { readonly kind: 'ranged'; readonly by: RangedBy } | WholeOnly;

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
  const driving = drivingSource({ definition, query }, rowsOf);
  if (driving.kind === 'whole') {
    return driving;
  }
  const { block, occ, relation } = driving;
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
    ? wholeBecause(`none of its columns is a date, a moment or a whole number of ${relation}`)
    : { kind: 'ranged', by };
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
  if (/^(timestamp(_s|_ms|_ns|_ntz)?(\(\d\))?( without time zone)?|datetime)$/.test(name)) {
    return 1;
  }
  return /^(smallint|integer|int|bigint|int64|number\(\d+, ?0\))$/.test(name) ? 2 : undefined;
}

/** Plain columns first: the warehouse can skip what lies outside a range of them. */
function order(a: RangedBy, b: RangedBy): number {
  return a.onSource.length - b.onSource.length || (a.onSource < b.onSource ? -1 : 1);
}
