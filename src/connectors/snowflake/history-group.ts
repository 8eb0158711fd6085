import type { EpochMs } from '../../base/clock.ts';
import { cellText } from '../cell-text.ts';
import type { Cell } from '../connector.ts';
import type { HistoryRow } from '../history-row.ts';
import { creditsPerHour } from './credits.ts';
import type { Told } from './history-position.ts';

/** Runs of one hash by one asker, with one outcome, in one hour. */
export interface HistoryGroup {
  readonly hour: EpochMs;
  readonly hourRuns: number;
  /** The native hash with its version: texts of one are alike but for literals in predicates. Absent: nothing holds them together. */
  readonly hash: string | undefined;
  /** Tells the group from the others of its hour. */
  readonly key: readonly string[];
  readonly sample: string;
  readonly told: Told;
  readonly row: Omit<HistoryRow, 'id' | 'text'>;
}

/** Columns as `groupsSql` orders them. */
export function readGroup(
  row: readonly Cell[],
  shares: Readonly<Record<string, number>>,
): HistoryGroup {
  const text = (at: number) => cellText(row[at]);
  const number = (at: number) => Number(row[at] ?? 0);
  const [database, schema, user, role, warehouse, size] = [3, 4, 5, 6, 7, 8].map(text);
  const credits = creditsPerHour(size ?? '') * (shares[warehouse ?? ''] ?? 1);
  const sample = text(18);
  const hash = row[1] === null ? undefined : `${text(1)} ${text(2)}`;
  const outcome = text(10);
  const isCached = row[11] === true;
  return {
    hour: number(0),
    hourRuns: number(19),
    hash,
    key: row.slice(1, 12).map(cellText),
    sample,
    told: [number(12), number(13), number(14) * credits, number(15), number(16)],
    row: {
      endedAt: number(17),
      status: outcome === 'success' || outcome === 'cancelled' ? outcome : 'failed',
      ...(isCached ? { cached: true } : {}),
      ...named({ database, schema, user, role }),
      ...tagsOf(text(9)),
    },
  };
}

function named(parts: Readonly<Record<string, string | undefined>>): Partial<HistoryRow> {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== ''));
}

/** Tags by name where the tag is a JSON object, as dbt and others write it; else the text alone. */
function tagsOf(tag: string): Partial<HistoryRow> {
  if (tag === '') {
    return {};
  }
  try {
    const parsed: unknown = JSON.parse(tag);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
      const tags = Object.entries(parsed).filter(([, value]) => typeof value === 'string');
      return { tags: Object.fromEntries(tags) as Record<string, string> };
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) {
      throw error;
    }
  }
  return { tags: { query_tag: tag } };
}
