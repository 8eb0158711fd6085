/**
 * What a statement costs before anybody ran it: `fixedMs + nsPerCell * cells`, cells being rows times the columns
 * touched (a columnar engine reads no others).
 */
export interface WorkModel {
  readonly fixedMs: number;
  readonly nsPerCell: number;
  /** Statements it was fitted on; 0 where it is the documented default. */
  readonly fittedOn: number;
}

/** One template's mean cost and the cells of the relations it reads. */
export interface WorkSample {
  readonly cells: number;
  readonly cpuMs: number;
}

/** Measured on DuckDB 1.5, two cores: half a millisecond to plan, 10 ns of thread time a cell in scans with an aggregate. */
export const DEFAULT_WORK_MODEL: WorkModel = { fixedMs: 0.5, nsPerCell: 10, fittedOn: 0 };

const MINIMUM_SAMPLES = 5;
const LARGE_CELLS = 100_000;
const NS_PER_MS = 1e6;

/**
 * Fits the model on what this warehouse showed: the median price of a cell over statements large enough for it to
 * matter. The default's fixed part stays, joins are counted as if they were scans: both make marts look dearer
 * than they are, never cheaper.
 */
export function fitWorkModel(samples: readonly WorkSample[]): WorkModel {
  const large = samples.filter(({ cells, cpuMs }) => cells >= LARGE_CELLS && cpuMs > 0);
  if (large.length < MINIMUM_SAMPLES) {
    return DEFAULT_WORK_MODEL;
  }
  const { fixedMs } = DEFAULT_WORK_MODEL;
  const prices = large
    .map(({ cells, cpuMs }) => (Math.max(0, cpuMs - fixedMs) * NS_PER_MS) / cells)
    .toSorted((a, b) => a - b);
  const median = prices[Math.floor((prices.length - 1) / 2)] ?? DEFAULT_WORK_MODEL.nsPerCell;
  return { fixedMs, nsPerCell: clamp(median, 0.1, 10_000), fittedOn: large.length };
}

/** Thread time, in milliseconds, of a statement that touches these cells. */
export function workOf(model: WorkModel, cells: number): number {
  return model.fixedMs + (model.nsPerCell * Math.max(0, cells)) / NS_PER_MS;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
