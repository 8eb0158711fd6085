import type { CertificateEntry } from '../../marts/certificate.ts';
import type { Facts } from '../../marts/facts.ts';
import type { BoundExpr } from '../bound.ts';
import { exprKey } from '../normalize/expr-key.ts';
import { columnsRejectedBy } from '../normalize/null-rejecting.ts';
import type { Cluster, Satellite } from './cluster.ts';
import type { TypeScope } from './column-types.ts';
import { typeOf } from './column-types.ts';
import type { Cover } from './cover.ts';
import { comparesByIdentity } from './equalities.ts';
import { notNullColumns } from './extras.ts';
import type { Premises } from './implies.ts';
import { implies } from './implies.ts';
import type { MartOutput } from './mart-output.ts';
import { Miss } from './miss.ts';

/** A side of an outer join of the mart that the query always has, over the query's sources. */
export interface PromotedSide {
  /** What is true where the side found its partner; empty where it need only be there. */
  readonly on: readonly BoundExpr[];
  readonly right: ReadonlySet<number>;
  readonly cluster: Cluster;
}

export interface CompensationParts {
  readonly conditions: readonly BoundExpr[];
  /** What holds on the mart's rows once unmatched rows of promoted joins are gone. */
  readonly held: Premises;
  /** Covers by what holds on all of the mart's rows. */
  readonly cover: Cover;
  /** Covers by what holds once unmatched rows of promoted joins are gone. */
  readonly coverMatched: Cover;
  readonly covered: ReadonlySet<number>;
  readonly promoted: readonly PromotedSide[];
  /** Right sides of the mart's left joins that the query's rows must not have found. */
  readonly absent: readonly PromotedSide[];
  readonly missing: Cluster;
  readonly facts: Facts;
  readonly rows: readonly MartOutput[];
  readonly scope: TypeScope;
}

export interface Compensation {
  readonly where: readonly BoundExpr[];
  /** The joined-back sources, their conditions over the mart's columns. */
  readonly missing: Cluster;
  readonly entries: readonly CertificateEntry[];
}

/** The conditions to put on the mart's rows so that just the query's rows are left. */
export function compensate(parts: CompensationParts): Compensation {
  const open = parts.conditions
    .filter((condition) => !implies(parts.held, condition))
    .map((condition) => ({ condition, ...settled(condition, parts) }));
  const markers = innermost(parts.promoted).map((side) => markerOf(side, { open, parts }));
  const absences = parts.absent.map((side) => absenceOf(side, parts));
  const where = new Map(
    [
      ...absences.flatMap((marker) => marker.conditions),
      ...markers.flatMap((marker) => marker.conditions),
      ...open.map((condition) => condition.expr),
    ].map((expr) => [exprKey(expr), expr]),
  );
  return {
    where: [...where.values()],
    missing: {
      leaves: parts.missing.leaves,
      satellites: parts.missing.satellites.map(
        (satellite): Satellite => ({
          ...satellite,
          on: satellite.on.map((condition) => covered(condition, parts).expr),
        }),
      ),
    },
    entries: [
      ...[...absences, ...markers].map((marker) => marker.entry),
      ...(open.length === 0
        ? []
        : [
            {
              step: 'filters-compensated',
              because: `${open.length} of the query’s conditions are put on the mart’s columns; the mart’s rows satisfy the others`,
              facts: [],
            },
          ]),
    ],
  };
}

/** Where a part of a side is there, the side is. */
function innermost(sides: readonly PromotedSide[]): readonly PromotedSide[] {
  return sides.filter(
    ({ right }) => !sides.some((other) => other.right.size < right.size && isWithin(other, right)),
  );
}

function isWithin({ right }: PromotedSide, whole: ReadonlySet<number>): boolean {
  return [...right].every((occ) => whole.has(occ));
}

/** A condition of the query over the mart's columns. */
interface CoveredCondition {
  readonly expr: BoundExpr;
  /** True when it means the same on all of the mart's rows, unmatched ones included. */
  readonly onAllRows: boolean;
}

/** A condition that, over the mart's columns, compares a column with itself says that it is not NULL. */
function settled(condition: BoundExpr, parts: CompensationParts): CoveredCondition {
  const { expr, onAllRows } = covered(condition, parts);
  const isOfOneType =
    condition.kind === 'binary' &&
    condition.op === '=' &&
    comparesByIdentity(typeOf(condition.left, parts.scope), typeOf(condition.right, parts.scope));
  return isOfOneType && expr.kind === 'binary' && exprKey(expr.left) === exprKey(expr.right)
    ? { expr: { kind: 'is', operand: expr.left, test: 'null', negated: true }, onAllRows }
    : { expr, onAllRows };
}

function covered(
  condition: BoundExpr,
  { cover, coverMatched }: CompensationParts,
): CoveredCondition {
  const result = cover.expr(condition);
  if (result.kind === 'covered') {
    return { expr: result.expr, onAllRows: true };
  }
  const onMatched = coverMatched.expr(condition);
  if (onMatched.kind === 'missing') {
    throw new Miss(5, {
      code: 'FILTER_COLUMN_NOT_IN_MART',
      text: `the query filters or joins on ${result.column}, which the mart does not give for each of its rows; with that column it may match`,
    });
  }
  return { expr: onMatched.expr, onAllRows: false };
}

interface Marker {
  /** None where the query's own conditions reject the rows. */
  readonly conditions: readonly BoundExpr[];
  readonly entry: CertificateEntry;
}

interface MarkerScope {
  readonly open: readonly (CoveredCondition & { readonly condition: BoundExpr })[];
  readonly parts: CompensationParts;
}

/** What is true just on the rows where a side of an outer join is there. */
function markerOf(side: PromotedSide, { open, parts }: MarkerScope): Marker {
  const isOfSide = (column: string): boolean =>
    side.right.has(Number(column.slice(0, column.indexOf('.'))));
  const rejecting = open.find(
    ({ condition, onAllRows }) => onAllRows && [...columnsRejectedBy(condition)].some(isOfSide),
  );
  if (rejecting !== undefined) {
    return { conditions: [], entry: removed('a condition of the query rejects their NULLs') };
  }
  const marker = markerColumn(side, parts);
  return {
    conditions: [{ kind: 'is', operand: marker.column, test: 'null', negated: true }],
    entry: removed(`they are told by ${marker.name} being NULL`),
  };
}

/** A column of the mart that is NULL just where a side is not there. */
function markerColumn(
  side: PromotedSide,
  { rows, facts }: CompensationParts,
): { readonly column: BoundExpr; readonly name: string } {
  const present = new Set([
    ...side.on.flatMap((condition) => [...columnsRejectedBy(condition)]),
    ...notNullColumns(side.cluster, facts),
  ]);
  for (const { expr, column } of rows) {
    if (
      expr.kind === 'ref' &&
      side.right.has(expr.occ) &&
      present.has(`${expr.occ}.${expr.column}`)
    ) {
      return { column, name: expr.column };
    }
  }
  throw new Miss(3, {
    code: 'NO_MATCH_MARKER',
    text: 'the mart outer-joins what the query inner-joins, and holds no column that is NULL just where nothing was found; with the joined key it may match',
  });
}

/** What is true just on the rows that found nothing. */
function absenceOf(side: PromotedSide, parts: CompensationParts): Marker {
  const marker = markerColumn(side, parts);
  return {
    conditions: [{ kind: 'is', operand: marker.column, test: 'null', negated: false }],
    entry: {
      step: 'matched-removed',
      because: `rows where a left join of the mart found something are removed: they are told by ${marker.name} not being NULL`,
      facts: [],
    },
  };
}

function removed(how: string): CertificateEntry {
  return {
    step: 'unmatched-removed',
    because: `rows where an outer join of the mart found nothing are removed: ${how}`,
    facts: [],
  };
}
