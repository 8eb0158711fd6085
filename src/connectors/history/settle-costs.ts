import { type EpochMs, HOUR_MS } from '../../base/clock.ts';
import { counted } from '../../base/counted.ts';
import type { BadHistoryRow, HistoryBatch, HistoryRow } from '../history-row.ts';
import { runsOf } from './hourly-beyond.ts';
import { type HourlyPosition, type Told, withTold } from './hourly-position.ts';
import { correctionOf } from './hourly-rows.ts';
import type { HourlyGroup, HourlyStatements, Hours, ReadOptions } from './hourly-statements.ts';
import type { HourlyTexts } from './hourly-texts.ts';

export interface Settled {
  readonly at: HourlyPosition;
  readonly batch: HistoryBatch;
}

export interface SettleParts {
  readonly statements: HourlyStatements;
  readonly texts: HourlyTexts;
  /** The hours whose runs tell by now what each cost. */
  readonly complete: Hours;
  readonly options: ReadOptions;
  /** Rows that are handed over at a time (each holds a text), and hours asked for, as many as hold so many groups. */
  readonly mostAtOnce: { readonly rows: number; readonly hours: number; readonly groups: number };
  /** Tells what came late to an hour. */
  readonly tell: (hours: Hours, at: HourlyPosition) => AsyncIterable<Settled>;
}

/** Whether what the runs of these hours cost can be told as it is: it arrived, and nothing of them was told by an estimate. */
export function areSettled(
  { from, to }: Hours,
  { at, complete }: Pick<SettleParts, 'complete'> & { readonly at: HourlyPosition },
): boolean {
  if (from < complete.from || to > complete.to) {
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

/** Up to where hours from here on are told alike: by estimates, or at what each run cost. */
export function alikeUntil(from: EpochMs, complete: Hours): EpochMs {
  const edges = [complete.from, complete.to].filter((edge) => edge > from);
  return Math.min(...edges, Number.POSITIVE_INFINITY);
}

/**
 * Sets right what was told of runs by estimates, once what each cost has arrived: a row for each group whose cost is another, hour by
 * hour. Of how many hours the costs stay as they were told, since nobody knows any more what that was or no bill tells it, is said once.
 */
export async function* settleCosts(
  position: HourlyPosition,
  parts: SettleParts,
): AsyncGenerator<Settled> {
  const { complete } = parts;
  const due = Object.keys(position.hours)
    .map(Number)
    .filter((hour) => hour + HOUR_MS <= complete.to && position.hours[hour]?.isSettled !== true)
    .toSorted((a, b) => a - b);
  const ran = due.filter((hour) => position.hours[hour]?.runs !== 0);
  const known = ran.filter(
    (hour) => hour >= complete.from && position.hours[hour]?.groups !== undefined,
  );
  let at = position;
  for (const hours of spansOf(known, { ...parts, at })) {
    for await (const part of settleHours(hours, { ...parts, at })) {
      at = part.at;
      yield part;
    }
    at = settled(at, hours);
  }
  if (due.length > 0) {
    const left = ran.filter((hour) => !known.includes(hour));
    const isForgotten = (hour: EpochMs) => position.hours[hour]?.groups === undefined;
    at = due.reduce((all, hour) => settled(all, { from: hour, to: hour + HOUR_MS }), at);
    const bad = [
      ...leftAsTold(left.filter(isForgotten), FORGOTTEN),
      ...leftAsTold(
        left.filter((hour) => !isForgotten(hour)),
        'the bill that was read begins after them',
      ),
    ];
    yield { at, batch: { rows: [], bad, position: JSON.stringify(at) } };
  }
}

/** Hours that follow each other, as many as may be asked for at a time. */
function spansOf(
  hours: readonly EpochMs[],
  { at, mostAtOnce }: Pick<SettleParts, 'mostAtOnce'> & { readonly at: HourlyPosition },
): readonly Hours[] {
  const spans: { from: EpochMs; to: EpochMs; groups: number }[] = [];
  for (const hour of hours) {
    const groups = Object.keys(at.hours[hour]?.groups ?? {}).length;
    const last = spans.at(-1);
    if (
      last?.to === hour &&
      hour - last.from < mostAtOnce.hours * HOUR_MS &&
      last.groups + groups <= mostAtOnce.groups
    ) {
      last.to = hour + HOUR_MS;
      last.groups += groups;
    } else {
      spans.push({ from: hour, to: hour + HOUR_MS, groups });
    }
  }
  return spans.map(({ from, to }) => ({ from, to }));
}

async function* settleHours(
  hours: Hours,
  parts: SettleParts & { readonly at: HourlyPosition },
): AsyncGenerator<Settled> {
  const { statements, texts, options, mostAtOnce, tell } = parts;
  let { at } = parts;
  const rates = at.rates ?? {};
  const groups = await statements.groups(hours, { ...options, rates, isSettled: true });
  for (const [hour, some] of Map.groupBy(groups, (group) => group.hour)) {
    if (runsOf(some) > (at.hours[hour]?.runs ?? 0)) {
      for await (const part of tell({ from: hour, to: hour + HOUR_MS }, at)) {
        at = part.at;
        yield part;
      }
    }
  }
  const before = at;
  const toldOf = ({ hour, key }: HourlyGroup) => before.hours[hour]?.groups?.[key];
  const other = groups.filter((group) => isOther(group, toldOf(group)));
  for (let from = 0; from < other.length; from += mostAtOnce.rows) {
    options.signal?.throwIfAborted();
    const some = other.slice(from, from + mostAtOnce.rows);
    const found = await texts.ofGroups(some, { hours, options });
    const rows = some.flatMap((group): readonly HistoryRow[] => {
      const row = correctionOf(group, {
        text: found.get(group.hash ?? ''),
        was: toldOf(group),
      });
      return row === undefined ? [] : [row];
    });
    at = withTold(at, some);
    yield { at, batch: { rows, bad: [], position: JSON.stringify(at) } };
  }
}

/** Of the same runs as were told; less than a millisecond of work is none. */
function isOther({ counts }: HourlyGroup, told: Told | undefined): boolean {
  return told?.[0] === counts[0] && Math.abs(counts[1] - told[1]) >= 1;
}

function settled(at: HourlyPosition, { from, to }: Hours): HourlyPosition {
  const hours = { ...at.hours };
  for (let hour = from; hour < to; hour += HOUR_MS) {
    const told = hours[hour];
    if (told !== undefined) {
      hours[hour] = { ...told, isSettled: true };
    }
  }
  return { ...at, hours };
}

const FORGOTTEN = 'what was told of them was forgotten before their costs were complete';

function leftAsTold(hours: readonly EpochMs[], because: string): readonly BadHistoryRow[] {
  const [last] = hours.slice(-1);
  return last === undefined
    ? []
    : [
        {
          where: `costs of statements that ended until ${new Date(last).toISOString().slice(0, 13)}h`,
          because: `those of ${counted(hours.length, 'hour')} stay estimates: ${because}`,
        },
      ];
}
