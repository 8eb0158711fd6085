import { type EpochMs, HOUR_MS } from '../../base/clock.ts';
import { digestOf } from '../../base/digest.ts';
import { cellText } from '../cell-text.ts';
import type { Cell } from '../connector.ts';
import type { Rates } from '../history/hourly-position.ts';
import type { HourlyGroup } from '../history/hourly-statements.ts';
import type { HistoryRow } from '../history-row.ts';
import { creditsPerHour } from './credits.ts';
import { tagsOf } from './query-tag.ts';

/** Where the client is told, where it is; behind it `attributedSql` tells credits, and the work of the runs that have none. */
const CLIENT = 20;

/** Runs of one hash by one asker, with one outcome, in one hour; columns as `groupsSql` orders them. */
export function readGroup(
  row: readonly Cell[],
  { rates, tellsClients }: { readonly rates: Rates; readonly tellsClients: boolean },
): HourlyGroup {
  const text = (at: number) => cellText(row[at]);
  const number = (at: number) => Number(row[at] ?? 0);
  const [database, schema, user, role, warehouse, size] = [3, 4, 5, 6, 7, 8].map(text);
  const credits = creditsPerHour(size ?? '') * (rates[warehouse ?? ''] ?? 1);
  // Of runs whose own credits were attributed these are the cost, and of the others an estimate.
  const attributed = CLIENT + (tellsClients ? 1 : 0);
  const isTold = row.length > attributed;
  const cost = isTold
    ? number(attributed) * HOUR_MS + number(attributed + 1) * credits
    : number(14) * credits;
  const outcome = text(10);
  const isCached = row[11] === true;
  const sample = text(18);
  const client = tellsClients ? text(CLIENT) : '';
  return {
    hour: number(0),
    key: digestOf([...row.slice(1, 12).map(cellText), ...(client === '' ? [] : [client])]).slice(
      0,
      16,
    ),
    // The native hash with its version: texts of one are alike but for literals in predicates.
    hash: row[1] === null ? undefined : `${text(1)} ${text(2)}`,
    ...(row[1] === null ? { unreadable: 'they have no hash' } : {}),
    sample,
    counts: [number(12), cost, number(13), number(15), number(16)],
    row: {
      endedAt: number(17),
      status: outcome === 'success' || outcome === 'cancelled' ? outcome : 'failed',
      ...(isCached ? { cached: true } : {}),
      ...named({ database, schema, user, role, client }),
      ...tagsOf(text(9)),
    },
  };
}

/** Runs of each hour that none of its groups tells: those of its rarest kinds. `hourRuns` as `groupsSql` tells them last. */
export function restsOf(
  groups: readonly HourlyGroup[],
  hourRuns: ReadonlyMap<EpochMs, number>,
): readonly HourlyGroup[] {
  return [...Map.groupBy(groups, ({ hour }) => hour)].flatMap(([hour, own]) => {
    const rest = (hourRuns.get(hour) ?? 0) - own.reduce((sum, { counts }) => sum + counts[0], 0);
    return rest <= 0
      ? []
      : [
          {
            hour,
            key: 'rest',
            hash: undefined,
            unreadable: 'they are of the rarest kinds of their hour',
            sample: '',
            counts: [rest, 0, 0, 0],
            row: { endedAt: hour, status: 'unknown' },
          } as const,
        ];
  });
}

function named(parts: Readonly<Record<string, string | undefined>>): Partial<HistoryRow> {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== ''));
}
