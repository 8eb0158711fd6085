/** Saved thread time a day, as the evidence window showed it, with a cautious and a hopeful bound. */
export interface Forecast {
  readonly days: number;
  readonly runsPerDay: number;
  readonly savedCpuMsPerDay: number;
  /** The 20th percentile of the mean: builds rest on it. */
  readonly lowCpuMsPerDay: number;
  /** The 80th: drops rest on it. */
  readonly highCpuMsPerDay: number;
}

/** z of the 20th and 80th percentile. */
const Z = 0.84;

/**
 * Mean and bounds over whole days, silent ones included. The spread is the larger of what the days show and what
 * runs that come by chance would show (Poisson), so that a few equal days do not look certain.
 */
export function forecastOf(parts: {
  readonly savedCpuMsByDay: ReadonlyMap<string, number>;
  readonly days: readonly string[];
  readonly runs: number;
}): Forecast {
  const { savedCpuMsByDay, days, runs } = parts;
  const n = Math.max(1, days.length);
  const series = days.map((day) => savedCpuMsByDay.get(day) ?? 0);
  const total = series.reduce((sum, saved) => sum + saved, 0);
  const mean = total / n;
  const variance =
    n < 2 ? 0 : series.reduce((sum, saved) => sum + (saved - mean) ** 2, 0) / (n - 1);
  const perRun = runs === 0 ? 0 : total / runs;
  const byChance = perRun * Math.sqrt(runs / n);
  const spread = (Z * Math.max(Math.sqrt(variance), byChance)) / Math.sqrt(n);
  return {
    days: days.length,
    runsPerDay: runs / n,
    savedCpuMsPerDay: mean,
    lowCpuMsPerDay: Math.max(0, mean - spread),
    highCpuMsPerDay: mean + spread,
  };
}
