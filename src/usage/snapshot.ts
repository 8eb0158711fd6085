import { dayOf, type EpochMs } from '../base/clock.ts';
import { coverageOf } from './coverage.ts';
import type { UsageSnapshot } from './template.ts';
import type { RouteAsks, UsageLog } from './usage-ports.ts';

export interface UsageWindow {
  readonly from: EpochMs;
  /** Not included. Facts are kept by day, so the window is the UTC days it touches. */
  readonly until: EpochMs;
}

/** What was used within the window, as the state tells it: templates by fingerprint, facts by day. */
export function takeUsageSnapshot(
  { from, until }: UsageWindow,
  { log, routeAsks }: { readonly log: UsageLog; readonly routeAsks: RouteAsks },
): UsageSnapshot {
  const rows = log.read({ fromDay: dayOf(from), untilDay: dayOf(until - 1) });
  return {
    from,
    until,
    templates: rows.templates,
    facts: rows.facts,
    coverage: coverageOf(rows),
    routeClients: routeAsks.clientsSince(dayOf(from)),
  };
}
