import { addUsd, type NanoUsd } from '../base/usd.ts';
import type { PriceEntry } from './price-list.ts';
import { priceCpuMs, priceStorage } from './price-work.ts';

/** What building and keeping a mart is expected to cost, and what it rests on. */
export interface MartEstimate {
  readonly rows: number;
  /** Of one version, as the catalog measures it. */
  readonly bytes: number;
  /** Thread time of computing the logical definition once. */
  readonly definitionCpuMs: number;
  readonly buildCpuMs: number;
  readonly refreshCpuMs: number;
  readonly upkeepCpuMsPerDay: number;
  readonly refreshesPerDay: number;
  readonly buildCost: NanoUsd;
  readonly upkeepPerDay: NanoUsd;
  /** `measured`: from work done for this mart; `modelled`: from the parts below. */
  readonly basis: 'measured' | 'modelled';
}

export interface EstimateInput {
  readonly rows: number;
  readonly columns: number;
  /** Of a version, as the catalog will measure it and storage caps count it. */
  readonly bytes: number;
  readonly definitionCpuMs: number;
  /** Mean base cost of the statements to replay at a promotion, dearest demand first. */
  readonly replayedCpuMs: readonly number[];
  readonly refreshesPerDay: number;
  /** Thread time of one refresh by the policy chosen for it; absent: everything is computed again. */
  readonly refreshCpuMs?: number | undefined;
  readonly cyclesPerDay: number;
  /** Base statements a day run only to measure what the mart saves. */
  readonly measuringCpuMsPerDay: number;
  /** Thread time really spent, where it was: overrides the model. */
  readonly measured: {
    readonly buildCpuMs?: number | undefined;
    readonly refreshCpuMs?: number | undefined;
    readonly upkeepCpuMsPerDay?: number | undefined;
  };
  readonly price: PriceEntry;
}

/** Computing and writing, as a multiple of computing. */
export const WRITE_FACTOR = 1.3;
/** Comparing rows and checksums of definition and table on one snapshot: the definition once more. */
export const COMPARE_FACTOR = 1.1;
/** Keys, orphans and source states: scans of a few columns, as a share of the definition. */
export const FACTS_FACTOR = 0.4;
/** A replay runs each statement on base once to compare and twice to measure (A, B, B, A). */
export const BASE_RUNS_PER_REPLAY = 3;
/** A source's checksum at every cycle, as a share of the definition. */
const FRESHNESS_FACTOR = 0.2;
export const REPLAYED_AT_REFRESH = 1;

/** How many versions stand at a time: a superseded one is kept hidden for about a day. */
export function versionsKept(refreshesPerDay: number): number {
  return 1 + Math.min(1, refreshesPerDay);
}

/** What is paid for: compressed, measured on grouped sales rows in DuckDB 1.5: 1.4. */
const BYTES_PER_CELL = 1.5;

/**
 * Build, upkeep and storage of a mart. A refresh is a build of the next version with fewer replays; upkeep is the
 * refreshes of a day, the freshness checks of a day, what is run to measure savings, and storage with hidden versions.
 */
export function estimateMart(input: EstimateInput): MartEstimate {
  const { rows, columns, bytes, definitionCpuMs, replayedCpuMs, refreshesPerDay } = input;
  const { price, measured } = input;
  const proved = definitionCpuMs * (WRITE_FACTOR + COMPARE_FACTOR + FACTS_FACTOR);
  const replay = (cpuMs: readonly number[]) =>
    BASE_RUNS_PER_REPLAY * cpuMs.reduce((sum, each) => sum + each, 0);

  const buildCpuMs = measured.buildCpuMs ?? proved + replay(replayedCpuMs);
  const refreshCpuMs =
    measured.refreshCpuMs ??
    input.refreshCpuMs ??
    proved + replay(replayedCpuMs.slice(0, REPLAYED_AT_REFRESH));
  const upkeepCpuMsPerDay =
    measured.upkeepCpuMsPerDay ??
    refreshesPerDay * refreshCpuMs +
      input.cyclesPerDay * definitionCpuMs * FRESHNESS_FACTOR +
      input.measuringCpuMsPerDay;
  const storedBytes = Math.ceil(rows * columns * BYTES_PER_CELL);
  const versions = versionsKept(refreshesPerDay);

  return {
    rows,
    bytes,
    definitionCpuMs,
    buildCpuMs,
    refreshCpuMs,
    upkeepCpuMsPerDay,
    refreshesPerDay,
    buildCost: priceCpuMs(buildCpuMs, price),
    upkeepPerDay: addUsd(
      priceCpuMs(upkeepCpuMsPerDay, price),
      priceStorage({ bytes: versions * storedBytes, days: 1 }, price),
    ),
    basis: Object.values(measured).every((each) => each === undefined) ? 'modelled' : 'measured',
  };
}
