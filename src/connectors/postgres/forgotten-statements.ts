import { counted } from '../../base/counted.ts';
import { digestOf } from '../../base/digest.ts';
import { type BadHistoryRow, type HistoryRow, TEXT_UNKNOWN } from '../history-row.ts';
import { type CountersPosition, fell } from './counters-position.ts';

/** Each time it makes room the server forgets a twentieth of its entries, and ten at least: those that ran least. */
const SHARE = 0.05;
const LEAST = 10;

export interface Forgetting {
  /** How often since the last look. */
  readonly times: number;
  /** Entries the server holds (`pg_stat_statements.max`). */
  readonly most: number;
  /** Which share of its entries is told: those of other databases, of ours and within functions are forgotten, too. */
  readonly toldShare: number;
}

/**
 * About how many statements came and went between two looks, each of which ran once at least: what was forgotten, but for what had
 * been told at the last look. Those may have run again, so it is rather less than more.
 */
export function forgottenStatements(
  { times, most, toldShare }: Forgetting,
  {
    before,
    now,
  }: { readonly before?: CountersPosition | undefined; readonly now: CountersPosition },
): number {
  const forgotten = times * Math.max(LEAST, Math.floor(most * SHARE)) * toldShare;
  const known = Object.entries(before?.counters ?? {}).filter(([key, was]) => {
    const is = now.counters[key];
    return is === undefined || fell(is, was);
  });
  return Math.max(0, Math.round(forgotten) - known.length);
}

/**
 * Told as a row that no parser reads, so that coverage counts them (law 11), and each cost what the average of what is told did: nobody
 * knows more. And in words.
 */
export function tellForgotten(
  statements: number,
  {
    forgetting: { times, most },
    rows,
    at,
  }: {
    readonly forgetting: Forgetting;
    readonly rows: readonly HistoryRow[];
    readonly at: number;
  },
): { readonly row: HistoryRow; readonly bad: BadHistoryRow } {
  const runs = sum(rows, ({ runs: each = 1 }) => each);
  const average = (of: (row: HistoryRow) => number | undefined) =>
    (sum(rows, (row) => of(row) ?? 0) / runs) * statements;
  return {
    row: {
      id: digestOf({ forgotten: statements, at }).slice(0, 32),
      text: TEXT_UNKNOWN,
      endedAt: at,
      status: 'success',
      runs: statements,
      ...(runs === 0
        ? {}
        : {
            durationMs: average(({ durationMs }) => durationMs),
            cpuMs: average(({ cpuMs, durationMs }) => cpuMs ?? durationMs),
          }),
    },
    bad: {
      where: 'pg_stat_statements',
      because: `it made room ${counted(times, 'time')} since the last look, and about ${counted(statements, 'statement')} ran and ${statements === 1 ? 'was' : 'were'} forgotten unseen: raise pg_stat_statements.max (now ${most})`,
    },
  };
}

function sum(rows: readonly HistoryRow[], of: (row: HistoryRow) => number): number {
  return rows.reduce((total, row) => total + of(row), 0);
}
