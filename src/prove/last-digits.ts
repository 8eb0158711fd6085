import type { CallOptions, Session } from '../connectors/connector.ts';
import type { Wording } from '../connectors/wording.ts';
import type { MartColumn } from '../marts/mart.ts';
import { numberCell, onlyRow } from './cells.ts';
import { isFloat } from './content-fingerprint.ts';

export interface LastDigitsRequest extends CallOptions {
  readonly left: string;
  readonly right: string;
  readonly columns: readonly MartColumn[];
}

/** Relative: what adding the same numbers in another order may change. */
const TOLERANCE = 1e-9;

/**
 * Counts the groups of rows (rows equal in all but floating-point columns) whose floating-point values differ by more than
 * a relative 1e-9 between two SELECTs. Sums over the whole result would hide a small change in a large total.
 */
export async function groupsBeyondTolerance(
  session: Session,
  { left, right, columns, ...options }: LastDigitsRequest,
): Promise<number> {
  const aliases = columns.map((_, position) => `c${position}`);
  const floats = aliases.filter((_, position) => isFloat(columns[position]?.type ?? ''));
  const exact = aliases.filter((alias) => !floats.includes(alias));
  const { wording } = session;
  const { names } = wording;
  const side = (sql: string, sign: 1 | -1) =>
    `select ${[...exact, ...floats.map((alias) => asKey(alias, wording)), ...floats.map((alias) => asFinite(alias, wording)), `${sign} as side`].join(', ')}
    from ${names.renamed({ sql, alias: 'content', columns, as: aliases })}`;
  const keys = [...exact, ...floats.map((alias) => `${alias}_odd`)];
  const result = await session.query(
    `select count(*)
from (
  select 1
  from (
    ${side(left, 1)}
    union all
    ${side(right, -1)}
  ) as both_sides
  group by ${keys.join(', ')}
  having sum(side) <> 0
    or ${floats.map(differs).join('\n    or ') || 'false'}
) as beyond`,
    options,
  );
  return numberCell(onlyRow(result)[0]);
}

/** Not-a-number and the infinities compare by name. */
function asKey(alias: string, { content, types }: Wording): string {
  return `case when ${content.isFinite(alias)} then null else cast(${alias} as ${types.text}) end as ${alias}_odd`;
}

function asFinite(alias: string, { content }: Wording): string {
  return `case when ${content.isFinite(alias)} then cast(${alias} as ${content.double}) end as ${alias}_finite`;
}

function differs(alias: string): string {
  const value = `${alias}_finite`;
  return `sum(case when ${value} is null then 0 else side end) <> 0
    or abs(coalesce(sum(side * ${value}), 0)) > ${TOLERANCE} * coalesce(sum(abs(${value})), 0) / 2`;
}
