import type { CertificateEntry } from '../../marts/certificate.ts';
import type { Facts } from '../../marts/facts.ts';
import type { BoundExpr } from '../bound.ts';
import type { DialectName } from '../dialect.ts';
import type { Block, JoinTree } from '../normal-query.ts';
import { exprKey } from '../normalize/expr-key.ts';
import type { Call } from '../normalize/walk.ts';
import { someExpr } from '../normalize/walk.ts';
import type { TypeScope } from './column-types.ts';
import { familyOf, typeOf } from './column-types.ts';
import { coverWith } from './cover.ts';
import type { Premises } from './implies.ts';
import type { Outputs } from './mart-output.ts';
import { Miss } from './miss.ts';
import { columnOf, overGrouped } from './over-grouped.ts';
import type { PreparedBlock } from './prepared.ts';

/** What is settled once the mart's rows are filtered to the query's: what remains is to compute its outputs. */
export interface TopParts {
  readonly query: PreparedBlock;
  /** Its HAVING over the query's sources. */
  readonly martBlock: PreparedBlock;
  readonly martKeys: readonly BoundExpr[] | undefined;
  readonly outputs: Outputs;
  /** What holds on the rows that are left. */
  readonly premises: Premises;
  readonly scope: TypeScope;
  readonly facts: Facts;
  readonly covered: ReadonlySet<number>;
  readonly from: JoinTree;
  readonly where: readonly BoundExpr[];
  readonly orderBy: readonly BoundExpr[];
  readonly dialect: DialectName;
  readonly joinsBack: boolean;
  /** False inside a larger query, or under a limit, where a last digit may decide what is kept. */
  readonly mayApproximate: boolean;
}

export interface Top {
  readonly block: Block;
  readonly orderBy: readonly BoundExpr[];
  readonly effort: 0 | 1 | 2;
  readonly entries: readonly CertificateEntry[];
}

/** The query over a mart that keeps single rows: all of it on the mart's columns. */
export function projectOver(parts: TopParts): Top {
  const { query, outputs, premises, scope, covered } = parts;
  const cover = coverWith({
    outputs: outputs.rows,
    nameOf: premises.equalities.nameOf,
    scope,
    covered,
  });
  const overRows = (expr: BoundExpr): BoundExpr => columnOf(cover.expr(expr));
  const { block } = query;
  const groupBy = query.groupBy?.map(overRows);
  const ofRows = (call: Call): BoundExpr => overRows(call);
  const over =
    groupBy === undefined ? overRows : overGrouped(parts, { groupBy, aggregate: ofRows });
  checkGroupingSets(query, groupBy ?? []);
  return {
    block: {
      from: parts.from,
      where: parts.where,
      having: block.having.map(over),
      items: block.items.map((item) => ({ ...item, expr: over(item.expr) })),
      distinct: query.distinct,
      barriers: [],
      ...(groupBy === undefined ? {} : { groupBy }),
      ...(block.groupingSets === undefined ? {} : { groupingSets: block.groupingSets }),
    },
    orderBy: parts.orderBy.map(over),
    effort: groupBy === undefined ? 0 : 2,
    entries: [
      {
        step: 'exact-rows',
        because:
          'each row of the query’s join is one row of the mart, and all outputs are computed from its columns',
        facts: [],
      },
      ...(addsFloats(block, scope) ? [FLOATS_IN_ANOTHER_ORDER] : []),
    ],
  };
}

const FLOATS_IN_ANOTHER_ORDER: CertificateEntry = {
  step: 'approximate',
  because:
    'floating-point numbers are added in another order, so the last digits may differ, as they may between two runs',
  facts: [],
};

const ADDING = /^(sum|avg|mean|stddev.*|var.*|covar.*|corr|regr.*|skewness|kurtosis.*|product)$/;

function addsFloats(block: Block, scope: TypeScope): boolean {
  const isFloat = (expr: BoundExpr): boolean =>
    ['float', 'unknown'].includes(familyOf(typeOf(expr, scope)));
  return [...block.items.map((item) => item.expr), ...block.having].some((expr) =>
    someExpr(
      expr,
      (part) => part.kind === 'call' && ADDING.test(part.name) && part.args.some(isFloat),
    ),
  );
}

/** Equal columns are still two grouping keys: a set that has one of them leaves the other NULL. */
export function checkGroupingSets({ block }: PreparedBlock, groupBy: readonly BoundExpr[]): void {
  const keys = groupBy.map((expr) => exprKey(expr));
  if (block.groupingSets !== undefined && new Set(keys).size < keys.length) {
    throw new Miss(6, {
      code: 'GROUPING_KEYS_FALL_TOGETHER',
      text: 'two keys of the query’s grouping sets are one column in the mart, and cannot be NULL apart',
    });
  }
}
