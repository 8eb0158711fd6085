import { dayNumber, type EpochMs } from '../base/clock.ts';
import {
  forecastTemplate,
  HORIZON_DAYS,
  PATH_DAYS,
  type TemplateForecast,
} from './forecast/forecast-template.ts';
import { firstDayOf, type TemplatePast } from './forecast/past.ts';

/** Saved thread time a day over the next four weeks, with a cautious and a hopeful bound. */
export interface Forecast {
  /** Days of evidence. */
  readonly days: number;
  /** As the evidence window showed them. */
  readonly runsPerDay: number;
  readonly savedCpuMsPerDay: number;
  /** The 20th percentile: builds rest on it. */
  readonly lowCpuMsPerDay: number;
  /** The 80th: drops rest on it. */
  readonly highCpuMsPerDay: number;
  /** Expected saving of each day to come, today first; empty where none was forecast by day. */
  readonly path: readonly number[];
  /** What the demand looks like: `on working days`. */
  readonly pattern: string;
  /** Seasons of the calendar seen, where quiet weeks lie between them. */
  readonly seasonsSeen?: number | undefined;
  /** Days with runs, over all that is remembered. */
  readonly activeDays: number;
}

/** z of the 20th and 80th percentile. */
const Z = 0.84;

/**
 * Adds up the forecasts of the templates. Their errors are taken to be half of one cause (a dashboard that is opened
 * runs all its statements) and half their own.
 */
export function forecastOf(parts: {
  readonly past: readonly TemplatePast[];
  readonly days: readonly string[];
  readonly runs: number;
  readonly now: EpochMs;
}): Forecast {
  const { past, days, runs, now } = parts;
  const templates = past.flatMap((each) => {
    const forecast = forecastTemplate({
      fingerprint: each.fingerprint,
      firstDay: firstDayOf(each),
      runs: upTo(each, now),
    });
    return [{ forecast, savedCpuMs: each.savedCpuMs }];
  });
  const mean = sum(templates, ({ forecast, savedCpuMs }) => savedCpuMs * forecast.total.mean);
  const together = sum(templates, ({ forecast, savedCpuMs }) => savedCpuMs * forecast.total.sd);
  const alone = sum(templates, ({ forecast, savedCpuMs }) => (savedCpuMs * forecast.total.sd) ** 2);
  const spread = Z * Math.sqrt((together ** 2 + alone) / 2);
  const main = templates
    .toSorted((a, b) => worthOf(b) - worthOf(a))
    .map(({ forecast }) => forecast)[0];
  return {
    days: days.length,
    runsPerDay: runs / Math.max(1, days.length),
    savedCpuMsPerDay: mean / HORIZON_DAYS,
    lowCpuMsPerDay: Math.max(0, mean - spread) / HORIZON_DAYS,
    highCpuMsPerDay: (mean + spread) / HORIZON_DAYS,
    path: Array.from({ length: templates.length === 0 ? 0 : PATH_DAYS }, (_, i) =>
      sum(templates, ({ forecast, savedCpuMs }) => savedCpuMs * (forecast.path[i] ?? 0)),
    ),
    pattern: main?.pattern ?? 'never',
    seasonsSeen: main?.seasonsSeen,
    activeDays: templates.reduce((most, { forecast }) => Math.max(most, forecast.activeDays), 0),
  };
}

/** Days since the last one remembered were silent; today is not over. */
function upTo(past: TemplatePast, now: EpochMs): readonly number[] {
  const missing = dayNumber(now) - firstDayOf(past) - past.runs.length;
  return missing <= 0
    ? past.runs.slice(0, past.runs.length + missing)
    : [...past.runs, ...Array.from({ length: missing }, () => 0)];
}

/** What a template would save over the whole path: a quiet month-end is still what a mart is for. */
function worthOf({
  forecast,
  savedCpuMs,
}: {
  readonly forecast: TemplateForecast;
  readonly savedCpuMs: number;
}): number {
  return savedCpuMs * forecast.path.reduce((total, each) => total + each, 0);
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
