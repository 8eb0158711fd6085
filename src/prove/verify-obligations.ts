import type { EpochMs } from '../base/clock.ts';
import type { CallOptions, Session } from '../connectors/connector.ts';
import type { Facts } from '../marts/facts.ts';
import type { Obligation } from '../marts/mart.ts';
import { numberCell, onlyRow } from './cells.ts';
import { quoteName, quoteRelation } from './quote.ts';

export interface VerifyRequest extends CallOptions {
  readonly obligations: readonly Obligation[];
  /** What certificates will cite: `build of gold.sales v3`. */
  readonly source: string;
  readonly at: EpochMs;
}

/** What holds became facts; what does not is listed with numbers, and never becomes one. */
export interface Verified {
  readonly facts: Facts;
  readonly broken: readonly BrokenObligation[];
}

export interface BrokenObligation {
  readonly obligation: Obligation;
  /** Rows that break it. */
  readonly rows: number;
  readonly because: string;
}

/** Checks each obligation with one statement on the session's snapshot. */
export async function verifyObligations(
  session: Session,
  { obligations, source, at, ...options }: VerifyRequest,
): Promise<Verified> {
  const held: Obligation[] = [];
  const broken: BrokenObligation[] = [];
  const rowCounts = new Map<string, Facts['rowCounts'][number]>();
  for (const obligation of obligations) {
    const [total, violations] = onlyRow(await session.query(violationsOf(obligation), options));
    const relation = obligation.kind === 'inclusion' ? obligation.from : obligation.relation;
    rowCounts.set(relation, { relation, rows: numberCell(total) });
    const rows = numberCell(violations);
    if (rows === 0) {
      held.push(obligation);
    } else {
      broken.push({ obligation, rows, because: sayBroken(obligation, rows) });
    }
  }
  const ofKind = <Kind extends Obligation['kind']>(kind: Kind) =>
    held.filter((one): one is Extract<Obligation, { kind: Kind }> => one.kind === kind);
  const facts: Facts = {
    source,
    verifiedAt: at,
    uniqueKeys: ofKind('unique-key').map(({ relation, columns }) => ({ relation, columns })),
    inclusions: ofKind('inclusion').map(({ from, fromColumns, to, toColumns }) => ({
      from,
      fromColumns,
      to,
      toColumns,
    })),
    notNull: ofKind('not-null').map(({ relation, column }) => ({ relation, column })),
    rowCounts: [...rowCounts.values()],
  };
  return { facts, broken };
}

/** One row: all rows of the relation, and those that break the obligation. */
function violationsOf(obligation: Obligation): string {
  switch (obligation.kind) {
    case 'not-null': {
      const column = quoteName(obligation.column);
      return `select count(*), count(*) - count(${column})\nfrom ${quoteRelation(obligation.relation)}`;
    }
    case 'unique-key': {
      const columns = obligation.columns.map(quoteName);
      const complete = columns.map((column) => `${column} is not null`).join(' and ');
      return `select (select count(*) from ${quoteRelation(obligation.relation)}),
  coalesce(sum(copies - 1), 0)
from (
  select count(*) as copies
  from ${quoteRelation(obligation.relation)}
  where ${complete}
  group by ${columns.join(', ')}
) as keys`;
    }
    case 'inclusion': {
      const matches = obligation.fromColumns.map((column, position) => {
        const other = obligation.toColumns[position] ?? column;
        return `target.${quoteName(other)} = origin.${quoteName(column)}`;
      });
      const complete = obligation.fromColumns.map(
        (column) => `origin.${quoteName(column)} is not null`,
      );
      return `select (select count(*) from ${quoteRelation(obligation.from)}), count(*)
from ${quoteRelation(obligation.from)} as origin
where ${complete.join(' and ')}
  and not exists (
    select 1 from ${quoteRelation(obligation.to)} as target where ${matches.join(' and ')}
  )`;
    }
  }
}

function sayBroken(obligation: Obligation, rows: number): string {
  switch (obligation.kind) {
    case 'not-null':
      return `${obligation.relation}.${obligation.column} should never be NULL, and is in ${rows} rows`;
    case 'unique-key':
      return `(${obligation.columns.join(', ')}) should be unique in ${obligation.relation}, and ${rows} rows repeat a key`;
    case 'inclusion':
      return `every (${obligation.fromColumns.join(', ')}) of ${obligation.from} should exist in ${obligation.to}, and ${rows} rows find none`;
  }
}
