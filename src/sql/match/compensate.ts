import type { CertificateEntry } from '../../marts/certificate.ts';
import type { Facts } from '../../marts/facts.ts';
import type { BoundExpr } from '../bound.ts';
import { columnsRejectedBy } from '../normalize/null-rejecting.ts';
import type { Cluster, Satellite } from './cluster.ts';
import type { TypeScope } from './column-types.ts';
import type { Cover } from './cover.ts';
import { notNullColumns } from './extras.ts';
import type { Premises } from './implies.ts';
import { implies } from './implies.ts';
import type { MartOutput } from './mart-output.ts';
import { Miss } from './miss.ts';

/** A left join of the mart that the query makes an inner one, over the query's sources. */
export interface PromotedJoin {
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
  readonly covered: ReadonlySet<number>;
  readonly promoted: readonly PromotedJoin[];
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
  const open = parts.conditions.filter((condition) => !implies(parts.held, condition));
  const markers = parts.promoted.flatMap((join) => markerOf(join, parts));
  const where = [
    ...markers.map((marker) => marker.condition),
    ...open.map((condition) => covered(condition, parts)),
  ];
  return {
    where,
    missing: {
      leaves: parts.missing.leaves,
      satellites: parts.missing.satellites.map(
        (satellite): Satellite => ({
          ...satellite,
          on: satellite.on.map((condition) => covered(condition, parts)),
        }),
      ),
    },
    entries: [
      ...markers.map((marker) => marker.entry),
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

function covered(condition: BoundExpr, { cover }: CompensationParts): BoundExpr {
  const result = cover.expr(condition);
  if (result.kind === 'missing') {
    throw new Miss(5, {
      code: 'FILTER_COLUMN_NOT_IN_MART',
      text: `the query filters or joins on ${result.column}, which the mart does not give for each of its rows; with that column it may match`,
    });
  }
  return result.expr;
}

interface Marker {
  readonly condition: BoundExpr;
  readonly entry: CertificateEntry;
}

/** A condition that is true just on the rows where a left join found something. */
function markerOf(join: PromotedJoin, { rows, facts }: CompensationParts): readonly Marker[] {
  const present = new Set([
    ...join.on.flatMap((condition) => [...columnsRejectedBy(condition)]),
    ...notNullColumns(join.cluster, facts),
  ]);
  const marker = rows.find(
    ({ expr }) =>
      expr.kind === 'ref' && join.right.has(expr.occ) && present.has(`${expr.occ}.${expr.column}`),
  );
  if (marker === undefined || marker.expr.kind !== 'ref') {
    throw new Miss(3, {
      code: 'NO_MATCH_MARKER',
      text: 'the mart left-joins what the query inner-joins, and holds no column that is NULL just where nothing was found; with the joined key it may match',
    });
  }
  return [
    {
      condition: { kind: 'is', operand: marker.column, test: 'null', negated: true },
      entry: {
        step: 'unmatched-removed',
        because: `rows where the left join found nothing are told by ${marker.expr.column} being NULL`,
        facts: [],
      },
    },
  ];
}
