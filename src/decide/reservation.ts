import { DAY_MS, dayNumber, dayOf, type EpochMs } from '../base/clock.ts';
import { type NanoUsd, nanoUsd, noMoney } from '../base/usd.ts';

/** What the calendar says of a mart whose demand comes in seasons with quiet weeks between. */
export type Reservation =
  | { readonly kind: 'none' }
  /** Not physical: build it today, the season pays for it. */
  | Reserved<'build'>
  /** Physical: keep it over the quiet days, building it again costs more. */
  | Reserved<'keep'>
  /** Physical: let it go until the season, keeping it costs more. */
  | Reserved<'let-go'>;

export interface Reserved<Kind extends string> {
  readonly kind: Kind;
  /** Against the opposite, over the days looked ahead. */
  readonly saves: NanoUsd;
  /** UTC days of the next season. */
  readonly from: string;
  readonly until: string;
  /** Expected saving of that season. */
  readonly seasonSaves: NanoUsd;
}

export interface ReserveParts {
  /** Expected saving of each day to come in money, today first. */
  readonly path: readonly NanoUsd[];
  readonly upkeepPerDay: NanoUsd;
  readonly buildCost: NanoUsd;
  readonly isPhysical: boolean;
  /** Seasons of the calendar seen; absent where the demand has no quiet weeks. */
  readonly seasonsSeen: number | undefined;
  readonly now: EpochMs;
}

/** One may be chance. */
const LEAST_SEASONS = 2;
/** Building or letting go must be better than not doing it by this share of a build. */
const CALM = 0.1;
/** What a standing mart is worth at the end of the days looked ahead, as a share of a build. */
const LEFT_OVER = 0.5;
const PART_OF_SEASON = 4n;

/**
 * The best course over the days to come, by the two-state recurrence that also gives the offline optimum, on the
 * forecast in place of the future: build just before a season, keep over the quiet weeks, or let go until the next.
 */
export function reserve(parts: ReserveParts): Reservation {
  const { path, isPhysical, seasonsSeen } = parts;
  const next = nextSeason(parts);
  if (next === undefined || seasonsSeen === undefined || seasonsSeen < LEAST_SEASONS) {
    return { kind: 'none' };
  }
  const { season, quietDays } = next;
  const build = Number(parts.buildCost);
  const upkeep = Number(parts.upkeepPerDay);
  const later = cheapest(path.slice(1), {
    build,
    upkeep,
    leftOver: isPhysical ? LEFT_OVER * build : 0,
  });
  const without = Number(path[0] ?? 0n) + later.without;
  const having = upkeep + later.having + (isPhysical ? 0 : build);
  const gain = without - having;
  const saves = nanoUsd(BigInt(Math.round(Math.abs(gain))));
  if (!isPhysical) {
    return gain > CALM * build ? { kind: 'build', saves, ...season } : { kind: 'none' };
  }
  if (gain > 0) {
    return { kind: 'keep', saves, ...season };
  }
  // Beside keeping it all the way: letting go tomorrow is always nearly as good as today, and would be put off day by day.
  const keeping = path.slice(0, quietDays).reduce((sum, saved) => sum + upkeep - Number(saved), 0);
  return keeping > (1 + CALM) * build
    ? { kind: 'let-go', saves: nanoUsd(BigInt(Math.round(keeping - build))), ...season }
    : { kind: 'none' };
}

/** Cost of the days to come, from either state, when every day is lived in the cheaper one. */
function cheapest(
  path: readonly NanoUsd[],
  costs: { readonly build: number; readonly upkeep: number; readonly leftOver: number },
): { readonly without: number; readonly having: number } {
  let without = 0;
  let having = -costs.leftOver;
  for (const saved of path.toReversed()) {
    const stay = Number(saved) + without;
    without = Math.min(stay, costs.build + costs.upkeep + having);
    having = Math.min(costs.upkeep + having, stay);
  }
  return { without, having };
}

interface NextSeason {
  /** Days to come before it. */
  readonly quietDays: number;
  readonly season: Pick<Reserved<'keep'>, 'from' | 'until' | 'seasonSaves'>;
}

/** The next days in a row that each save more than their upkeep, and a quarter of the best day or more. */
function nextSeason({ path, upkeepPerDay, now }: ReserveParts): NextSeason | undefined {
  const peak = path.reduce((most, saved) => (saved > most ? saved : most), noMoney);
  const belongs = (saved: bigint) => saved > upkeepPerDay && saved * PART_OF_SEASON >= peak;
  const start = path.findIndex(belongs);
  if (start === -1) {
    return undefined;
  }
  const length = path.slice(start).findIndex((saved) => !belongs(saved));
  const days = path.slice(start, length === -1 ? path.length : start + length);
  const first = dayNumber(now) + start;
  return {
    quietDays: start,
    season: {
      from: dayOf(first * DAY_MS),
      until: dayOf((first + days.length - 1) * DAY_MS),
      seasonSaves: nanoUsd(days.reduce((sum, saved) => sum + saved, 0n)),
    },
  };
}
