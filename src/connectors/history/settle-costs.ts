import { type EpochMs, HOUR_MS } from '../../base/clock.ts';
import type { HistoryBatch, HistoryRow } from '../history-row.ts';
import { type HourlyPosition, withTold } from './hourly-position.ts';
import { correctionOf } from './hourly-rows.ts';
import type { HourlyGroup, HourlyStatements, Hours, ReadOptions } from './hourly-statements.ts';
import type { HourlyTexts } from './hourly-texts.ts';

export interface SettleParts {
  readonly statements: HourlyStatements;
  readonly texts: HourlyTexts;
  readonly now: EpochMs;
  readonly options: ReadOptions;
  /** Rows handed over at a time: each holds a text. */
  readonly rowsAtOnce: number;
}

/** Whether what the runs of these hours cost can be told as it is: it arrived, and nothing of them was told by an estimate. */
export function areSettled(
  { from, to }: Hours,
  {
    at,
    statements,
    now,
  }: Pick<SettleParts, 'statements' | 'now'> & { readonly at: HourlyPosition },
): boolean {
  const { settledAfterMs } = statements;
  if (settledAfterMs === undefined || to + settledAfterMs > now) {
    return false;
  }
  for (let hour = from; hour < to; hour += HOUR_MS) {
    const told = at.hours[hour];
    if (told !== undefined && told.isSettled !== true) {
      return false;
    }
  }
  return true;
}

/**
 * Sets right what was told of runs by estimates, once what each cost has arrived: a row for each group whose cost is another, hour by
 * hour. Hours whose groups are forgotten stay as they were told.
 */
export async function* settleCosts(
  position: HourlyPosition,
  { statements, texts, now, options, rowsAtOnce }: SettleParts,
): AsyncGenerator<{ readonly at: HourlyPosition; readonly batch: HistoryBatch }> {
  let at = position;
  const { settledAfterMs } = statements;
  for (const hour of Object.keys(position.hours).map(Number)) {
    const told = at.hours[hour];
    const isOver = settledAfterMs !== undefined && hour + HOUR_MS + settledAfterMs <= now;
    if (!isOver || told?.groups === undefined || told.isSettled === true) {
      continue;
    }
    const hours = { from: hour, to: hour + HOUR_MS };
    const rates = at.rates ?? {};
    const groups = await statements.groups(hours, { ...options, rates, isSettled: true });
    const before = told.groups;
    const known = groups.filter(({ key, counts }) => before[key]?.[0] === counts[0]);
    const other = known.filter((group) => isOther(group, before[group.key]?.[1]));
    for (let from = 0; from === 0 || from < other.length; from += rowsAtOnce) {
      options.signal?.throwIfAborted();
      const some = other.slice(from, from + rowsAtOnce);
      const found = await texts.ofGroups(some, { hours, options });
      const rows = some.flatMap((group): readonly HistoryRow[] => {
        const row = correctionOf(group, {
          text: found.get(group.hash ?? ''),
          was: before[group.key],
        });
        return row === undefined ? [] : [row];
      });
      at = withTold(at, some);
      const isLast = from + rowsAtOnce >= other.length;
      at = isLast && known.length === groups.length ? settled(at, hour) : at;
      yield { at, batch: { rows, bad: [], position: JSON.stringify(at) } };
    }
  }
}

/** Less than a millisecond of work is none. */
function isOther({ counts }: HourlyGroup, was: number | undefined): boolean {
  return Math.abs(counts[1] - (was ?? counts[1])) >= 1;
}

function settled(at: HourlyPosition, hour: EpochMs): HourlyPosition {
  const told = at.hours[hour];
  return told === undefined
    ? at
    : { ...at, hours: { ...at.hours, [hour]: { ...told, isSettled: true } } };
}
