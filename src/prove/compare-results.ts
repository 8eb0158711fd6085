import { counted } from '../base/counted.ts';
import type { CallOptions, Session } from '../connectors/connector.ts';
import type { MartColumn } from '../marts/mart.ts';
import { numberCell, onlyRow } from './cells.ts';
import { contentDifference, fingerprintContent, sidesOf } from './content-fingerprint.ts';
import { columnsDiffer, describeQuery } from './describe-query.ts';
import { groupsBeyondTolerance } from './last-digits.ts';

export interface CompareRequest extends CallOptions {
  readonly left: string;
  readonly right: string;
  /** Floating-point columns may differ by a relative 1e-9: the caller knows they are summed in another order. */
  readonly approximate?: boolean | undefined;
  /** The right side reads what the warehouse itself keeps, which must not answer the left. */
  readonly keptOnRight?: boolean | undefined;
}

/** `different` names columns and counts; the rows themselves hold literals and stay in the warehouse. */
export type ResultComparison =
  | { readonly kind: 'equal'; readonly rows: number; readonly columns: readonly MartColumn[] }
  | {
      readonly kind: 'different';
      readonly because: string;
      /** Nothing but the last digits of floating-point numbers: two runs of one statement may differ like that. */
      readonly onlyLastDigits: boolean;
      readonly evidence: Readonly<Record<string, string | number>>;
    };

/** Compares two SELECTs as multisets on the session's snapshot: names and types, then fingerprints, then the groups that differ. */
export async function compareResults(
  session: Session,
  { left, right, approximate = false, keptOnRight, ...options }: CompareRequest,
): Promise<ResultComparison> {
  const sides = sidesOf([left, right], keptOnRight);
  const columns = await describeQuery(session, { sql: left, ...options });
  const shapeDiffers = columnsDiffer(
    columns,
    await describeQuery(session, { sql: right, ...options }),
  );
  if (shapeDiffers !== undefined) {
    return {
      kind: 'different',
      because: shapeDiffers,
      onlyLastDigits: false,
      evidence: { columns: columns.length },
    };
  }
  const ours = await fingerprintContent(session, { ...sides.left, columns, ...options });
  const theirs = await fingerprintContent(session, { ...sides.right, columns, ...options });
  const difference = contentDifference(ours, theirs);
  if (difference === undefined) {
    return { kind: 'equal', rows: ours.rows, columns };
  }
  const lastDigits =
    difference.onlyLastDigits &&
    (await groupsBeyondTolerance(session, { left, right, columns, ...options })) === 0;
  if (lastDigits && approximate) {
    return { kind: 'equal', rows: ours.rows, columns };
  }
  if (lastDigits) {
    return {
      kind: 'different',
      because: `${difference.because} in the last digits of floating-point numbers only (relative 1e-9)`,
      onlyLastDigits: true,
      evidence: difference.evidence,
    };
  }
  if (keptOnRight === true) {
    // One statement over both sides would read both in one way.
    const { because, evidence } = difference;
    return { kind: 'different', because, onlyLastDigits: false, evidence };
  }
  const groups = await differingGroups(session, { left, right, columns, ...options });
  return {
    kind: 'different',
    because: `${difference.because}; ${counted(groups.onlyLeft, 'row')} ${groups.onlyLeft === 1 ? 'stands' : 'stand'} only on the left, ${groups.onlyRight} only on the right`,
    onlyLastDigits: false,
    evidence: { ...difference.evidence, ...groups },
  };
}

/** Counts each distinct row as +1 on the left and -1 on the right; NULL-safe, one pass over both. */
async function differingGroups(
  session: Session,
  {
    left,
    right,
    columns,
    ...options
  }: CallOptions & { left: string; right: string; columns: readonly MartColumn[] },
): Promise<{ readonly onlyLeft: number; readonly onlyRight: number }> {
  const as = columns.map((_, position) => `c${position}`);
  const aliases = as.join(', ');
  const { names } = session.wording;
  const side = (sql: string, alias: string) => names.renamed({ sql, alias, columns, as });
  const result = await session.query(
    `select
  sum(case when surplus > 0 then surplus else 0 end),
  sum(case when surplus < 0 then -surplus else 0 end)
from (
  select sum(side) as surplus
  from (
    select ${aliases}, 1 as side from ${side(left, 'ours')}
    union all
    select ${aliases}, -1 as side from ${side(right, 'theirs')}
  ) as both_sides
  group by ${aliases}
) as differing_rows`,
    options,
  );
  const [onlyLeft, onlyRight] = onlyRow(result).map(numberCell);
  return { onlyLeft: onlyLeft ?? 0, onlyRight: onlyRight ?? 0 };
}
