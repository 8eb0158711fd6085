import { DAY_MS } from '../base/clock.ts';
import { durationToMs } from '../base/duration.ts';
import { GoldsmithError } from '../base/goldsmith-error.ts';
import type { Config } from '../config/config.ts';
import { loadPrices } from '../config/load-prices.ts';
import type { PriceEntry } from '../cost/price-list.ts';
import { decisionSettings, type Policy } from '../decide/policy.ts';
import { type MartSettings, martSettings } from '../marts/settings.ts';
import { type CapsSettings, capsSettings } from '../materializer/settings.ts';
import { type PruneSettings, pruneSettings } from '../prune/settings.ts';
import { DIALECT_NAMES, type DialectName } from '../sql/dialect.ts';
import { dialectOf } from '../sql/dialects.ts';
import type { ReaderRule } from '../usage/reader-settings.ts';

/** What a person may say beside the history itself. */
export interface ReplayOptions {
  readonly dialect?: string | undefined;
  /** The SQL the export's own columns tell; what a person says goes before it. */
  readonly exportedFrom?: DialectName | undefined;
  /** What the runs of an export that tells both are billed by; absent: bytes. */
  readonly billedBy?: 'bytes' | 'slots' | undefined;
  readonly routeClients?: readonly string[] | undefined;
  /** `26h`: how old answers of marts may be. */
  readonly maxStaleness?: string | undefined;
  /** Dollars for one hour of one core, or of whatever the history's times count. */
  readonly pricePerHour?: number | undefined;
  readonly assumeKeys?: boolean | undefined;
}

/** All a replay decides by; everything that was not told is an assumption, in words. */
export interface ReplaySettings {
  readonly dialect: DialectName;
  readonly policy: Policy;
  readonly caps: CapsSettings;
  readonly prune: PruneSettings;
  readonly marts: MartSettings;
  readonly readerRules: readonly ReaderRule[];
  readonly cyclePeriodMs: number;
  /** Absent: every view whose definition is known counts as adoptable. */
  readonly adoptable:
    | readonly { readonly view: string; readonly maxStalenessMs: number }[]
    | undefined;
  readonly price: PriceEntry;
  readonly assumeKeys: boolean;
  readonly assumptions: readonly string[];
}

const STALENESS = '26h';
/** Earlier than any history: a replay has one price for all of it. */
const ALWAYS = '1970-01-01';

/**
 * Joins what was told with the defaults of the daemon.
 *
 * @throws {GoldsmithError} `CONFIG_REPLAY` where the dialect is not told or not known, a number is none, or slots have no price.
 */
export function replaySettings(options: ReplayOptions, config: Config | undefined): ReplaySettings {
  const dialect = dialectNamed(options.dialect ?? config?.warehouse.kind ?? options.exportedFrom);
  const policy = config?.decide ?? decisionSettings.parse(undefined);
  const marts = config?.marts ?? martSettings.parse(undefined);
  const staleness = options.maxStaleness ?? (config === undefined ? STALENESS : undefined);
  if (staleness !== undefined && durationToMs(staleness) <= 0) {
    throw new GoldsmithError(
      'CONFIG_REPLAY',
      `--max-staleness ${staleness} is no duration; write a number and a unit, such as 26h or 15m`,
    );
  }
  const maxStalenessMs = staleness === undefined ? marts.maxStaleness : durationToMs(staleness);
  const priced = priceFor(dialect, { options, config });
  return {
    dialect,
    policy: { ...policy, routeClients: [...policy.routeClients, ...(options.routeClients ?? [])] },
    caps: config?.caps ?? capsSettings.parse(undefined),
    prune: { ...(config?.prune ?? pruneSettings.parse(undefined)), enabled: true },
    marts: { ...marts, maxStaleness: maxStalenessMs },
    readerRules: config?.readers.rules ?? [],
    cyclePeriodMs: config?.schedule.period ?? DAY_MS,
    adoptable:
      config === undefined
        ? undefined
        : config.marts.adoptable.flatMap(({ view, maxStaleness }) =>
            view === undefined
              ? []
              : [
                  {
                    view,
                    maxStalenessMs: staleness === undefined ? maxStaleness : maxStalenessMs,
                  },
                ],
          ),
    price: priced.price,
    assumeKeys: options.assumeKeys ?? false,
    assumptions: [
      ...(options.maxStaleness === undefined && config === undefined
        ? [`answers of marts may be ${STALENESS} old (--max-staleness)`]
        : []),
      ...(config === undefined ? ['one cycle a night, with the default policy (--config)'] : []),
      ...priced.assumptions,
    ],
  };
}

function dialectNamed(name: string | undefined): DialectName {
  if (name === undefined) {
    throw new GoldsmithError(
      'CONFIG_REPLAY',
      `say which SQL the history is in with --dialect: ${DIALECT_NAMES.join(', ')}`,
    );
  }
  const { name: found } = dialectOf(name);
  if (found === 'generic' && !['generic', 'ansi'].includes(name.toLowerCase())) {
    throw new GoldsmithError(
      'CONFIG_REPLAY',
      `no SQL dialect is called ${name}; known are ${DIALECT_NAMES.join(', ')}`,
    );
  }
  return found;
}

interface Priced {
  readonly price: PriceEntry;
  readonly assumptions: readonly string[];
}

function priceFor(
  dialect: DialectName,
  { options, config }: { readonly options: ReplayOptions; readonly config: Config | undefined },
): Priced {
  // Of entries of the same day the one that stands first: another warehouse's entry below changes nothing.
  const list = loadPrices(config?.prices.file).toSorted((a, b) => b.from.localeCompare(a.from));
  const own = list.find(({ warehouse }) => warehouse === dialect);
  const [any] = list;
  const entry = own ?? any;
  if (entry === undefined) {
    throw new GoldsmithError('CONFIG_REPLAY', 'the price list is empty; add one price to it');
  }
  const { pricePerHour } = options;
  if (options.billedBy === 'slots' && pricePerHour === undefined && config === undefined) {
    throw new GoldsmithError(
      'CONFIG_REPLAY',
      'say what an hour of a slot costs you with --price-per-hour (0.04, 0.06 or 0.10 by edition in the US): the price list has the price of bytes',
    );
  }
  if (pricePerHour !== undefined) {
    const price = {
      ...entry,
      from: ALWAYS,
      usdPerCoreHour: pricePerHour,
      source: '--price-per-hour',
    };
    return { price, assumptions: [] };
  }
  const perHour = `$${entry.usdPerCoreHour} an hour of compute`;
  return {
    price: { ...entry, from: ALWAYS },
    assumptions: [
      own === undefined
        ? `the price list has no price for ${dialect}: a core hour is taken at ${perHour}, the price of ${entry.warehouse}; your own bill will differ (--price-per-hour)`
        : `one price for all days: ${perHour} (${entry.source})`,
    ],
  };
}
