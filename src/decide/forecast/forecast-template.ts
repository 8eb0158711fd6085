import { DemandForecaster } from './demand-forecaster.ts';
import type { Expected } from './own-errors.ts';
import { findSchedule, isScheduled } from './schedule.ts';

/** What is expected of one template. */
export interface TemplateForecast {
  /** Expected runs on each day to come, today first. */
  readonly path: readonly number[];
  /** Runs over the horizon. */
  readonly total: Expected;
  /** `every day`, `around the end of the month`, `by schedule, every 7 days`. */
  readonly pattern: string;
  /** Where quiet weeks lie between the seasons: how many were seen. */
  readonly seasonsSeen: number | undefined;
  readonly activeDays: number;
}

export interface RunsByDay {
  readonly fingerprint: string;
  /** Whole UTC days since the epoch of the first number. */
  readonly firstDay: number;
  readonly runs: readonly number[];
}

/** Days over which low and high are told. */
export const HORIZON_DAYS = 28;
/** Days looked ahead for a season: a quarter. */
export const PATH_DAYS = 95;
/** A schedule's 20th percentile is taken as 0.9 of it. */
const SCHEDULE_SD = 0.1 / 0.84;

/** Forecasts the runs of one template from the day after its last number on. */
export function forecastTemplate(series: RunsByDay): TemplateForecast {
  const known = LEARNED.get(series.fingerprint);
  const isMore = known !== undefined && continues(series, known.series);
  if (isMore && series.runs.length === known.series.runs.length) {
    return known.forecast;
  }
  // A day more than last time is learned on top; anything else from the beginning: the answer is the same.
  const forecaster = isMore ? known.forecaster : new DemandForecaster();
  for (let i = isMore ? known.series.runs.length : 0; i < series.runs.length; i++) {
    forecaster.observe(series.firstDay + i, series.runs[i] ?? 0);
  }
  if (LEARNED.size >= MOST_LEARNED && !LEARNED.has(series.fingerprint)) {
    LEARNED.clear();
  }
  const forecast = forecastBy(forecaster, series);
  LEARNED.set(series.fingerprint, { series, forecaster, forecast });
  return forecast;
}

function forecastBy(forecaster: DemandForecaster, { runs, firstDay }: RunsByDay): TemplateForecast {
  const from = firstDay + runs.length;
  const { activeDays, profile, seasonsSeen } = forecaster;
  const schedule = findSchedule(runs);
  if (schedule !== undefined) {
    const path = Array.from({ length: PATH_DAYS }, (_, i) =>
      isScheduled(schedule, runs.length + i) ? schedule.runsEach : 0,
    );
    const mean = path.slice(0, HORIZON_DAYS).reduce((sum, each) => sum + each, 0);
    return {
      path,
      total: { mean, sd: SCHEDULE_SD * mean },
      pattern: `by schedule, every ${everyOf(schedule.everyDays)}`,
      seasonsSeen: undefined,
      activeDays,
    };
  }
  return {
    path: forecaster.path(from, PATH_DAYS),
    total: forecaster.total(from, HORIZON_DAYS),
    pattern: profile?.says ?? 'never',
    seasonsSeen: profile?.quietClasses === undefined ? undefined : seasonsSeen,
    activeDays,
  };
}

interface Learned {
  readonly series: RunsByDay;
  readonly forecaster: DemandForecaster;
  readonly forecast: TemplateForecast;
}

function continues(series: RunsByDay, before: RunsByDay): boolean {
  return (
    series.firstDay === before.firstDay &&
    series.runs.length >= before.runs.length &&
    before.runs.every((each, i) => each === series.runs[i])
  );
}

const MOST_LEARNED = 5000;
const LEARNED = new Map<string, Learned>();

/** `every day`, `every 2.5 days`. */
function everyOf(days: number): string {
  const rounded = Math.round(days * 10) / 10;
  return rounded === 1 ? 'day' : `${rounded} days`;
}
