import { dayNumber, type EpochMs } from '../base/clock.ts';
import {
  forecastTemplate,
  HORIZON_DAYS,
  PATH_DAYS,
  type TemplateForecast,
} from './forecast/forecast-template.ts';
import { Z } from './forecast/own-errors.ts';
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
  /** How it was asked for beyond the evidence window; absent where nothing is remembered. */
  readonly lasting?: Lasting | undefined;
}

/** Demand over the last quarter, and since when there was any. */
export interface Lasting {
  readonly runs: number;
  readonly readers: number;
  /** Distinct days with runs. */
  readonly days: number;
  /** Days since the first run that is remembered, silent ones included. */
  readonly spanDays: number;
}

/** Evidence is what came within the last quarter. */
export const LASTING_DAYS = 95;

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
    lasting: lastingOf(past, now),
  };
}

function lastingOf(past: readonly TemplatePast[], now: EpochMs): Lasting | undefined {
  const today = dayNumber(now);
  const active = new Set<number>();
  let [runs, first] = [0, today];
  for (const template of past) {
    const since = firstDayOf(template);
    for (const [i, count] of template.runs.entries()) {
      const day = since + i;
      if (count > 0 && day < today) {
        first = Math.min(first, day);
        if (day >= today - LASTING_DAYS) {
          runs += count;
          active.add(day);
        }
      }
    }
  }
  return first === today
    ? undefined
    : {
        runs: Math.round(runs),
        readers: past.reduce((most, { readers }) => Math.max(most, readers), 0),
        days: active.size,
        spanDays: today - first,
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
