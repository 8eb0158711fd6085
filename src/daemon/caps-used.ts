import { DAY_MS, dayNumber, dayOf, type EpochMs } from '../base/clock.ts';
import { formatUsd, type NanoUsd, toDollars, usd } from '../base/usd.ts';
import type { Mart } from '../marts/mart.ts';
import type { WorkDone } from '../marts/receipt.ts';
import { buildsSince } from '../materializer/builds-since.ts';
import { reasonOf } from '../materializer/cap.ts';
import type { JournalEntry } from '../materializer/journal.ts';
import type { CapsSettings } from '../materializer/settings.ts';
import { moneyOfBuilds } from '../materializer/work-done.ts';
import type { Engine } from './engine.ts';

/** One cap with a limit, and how much of it is used. */
export interface CapUse {
  readonly cap:
    | 'builds-per-day'
    | 'build-money-per-day'
    | 'refreshes-per-day'
    | 'marts'
    | 'storage';
  /** Of the limit, 0..1 and beyond; 1 where the limit is 0. */
  readonly share: number;
  /** `3 of 10 builds were begun today`. */
  readonly said: string;
  /** The setting that raises it. */
  readonly setting: string;
  /** A new UTC day starts it anew. */
  readonly isPerDay: boolean;
  /** The limit is 0: it allows nothing, today or tomorrow. */
  readonly isZero: boolean;
}

export interface CapsUsedParts {
  readonly caps: CapsSettings;
  readonly marts: readonly Mart[];
  /** Builds and refreshes the journal says were begun this UTC day. */
  readonly buildsToday: readonly JournalEntry[];
  readonly spentToday: NanoUsd;
}

/** What is used of every cap with a limit, as the executor counts it. */
export function capsUsed({
  caps,
  marts,
  buildsToday,
  spentToday,
}: CapsUsedParts): readonly CapUse[] {
  const begun = (reason: 'promote' | 'refresh') =>
    buildsToday.filter(({ action }) => reasonOf(action) === reason).length;
  const bytes = marts
    .flatMap(({ current, hidden }) => [current, ...hidden.map(({ version }) => version)])
    .reduce((sum, version) => sum + (version?.bytes ?? 0), 0);
  const builds = begun('promote');
  const refreshes = begun('refresh');
  return [
    {
      cap: 'builds-per-day',
      ...shareOf(builds, caps.buildsPerDay),
      said: `${builds} of ${caps.buildsPerDay} builds were begun today`,
      setting: 'caps.buildsPerDay',
      isPerDay: true,
    },
    {
      cap: 'build-money-per-day',
      ...shareOf(toDollars(spentToday), caps.maxBuildUsdPerDay),
      said: `${formatUsd(spentToday)} of ${formatUsd(usd(caps.maxBuildUsdPerDay))} were spent on builds today`,
      setting: 'caps.maxBuildUsdPerDay',
      isPerDay: true,
    },
    {
      cap: 'refreshes-per-day',
      ...shareOf(refreshes, caps.refreshesPerDay),
      said: `${refreshes} of ${caps.refreshesPerDay} refreshes were begun today`,
      setting: 'caps.refreshesPerDay',
      isPerDay: true,
    },
    {
      cap: 'marts',
      ...shareOf(marts.length, caps.maxMarts),
      said: `${marts.length} of ${caps.maxMarts} marts stand`,
      setting: 'caps.maxMarts',
      isPerDay: false,
    },
    {
      cap: 'storage',
      ...shareOf(bytes, caps.maxStorageBytes),
      said: `${bytes} of ${caps.maxStorageBytes} bytes are taken by versions`,
      setting: 'caps.maxStorageBytes',
      isPerDay: false,
    },
  ];
}

/** What is used now, asked of the ledger and of what builds were seen to cost. */
export async function readCapsUsed(
  engine: Pick<Engine, 'ledger' | 'memory' | 'clock' | 'config'>,
  marts: readonly Mart[],
): Promise<readonly CapUse[]> {
  const { ledger, memory, clock, config } = engine;
  const now = clock.now();
  return capsUsed({
    caps: config.caps,
    marts,
    buildsToday: await buildsSince(startOfDay(now), ledger),
    spentToday: moneyOfBuilds(memory.work.list().filter(({ at }) => isSameDay(at, now))),
  });
}

function startOfDay(now: EpochMs): EpochMs {
  return dayNumber(now) * DAY_MS;
}

function isSameDay(at: WorkDone['at'], now: EpochMs): boolean {
  return dayOf(at) === dayOf(now);
}

function shareOf(used: number, allowed: number): Pick<CapUse, 'share' | 'isZero'> {
  return { share: allowed === 0 ? 1 : used / allowed, isZero: allowed === 0 };
}
