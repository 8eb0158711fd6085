import type { CallOptions, Session } from '../connectors/connector.ts';
import { compareResults, type ResultComparison } from './compare-results.ts';
import { sidesOf } from './content-fingerprint.ts';
import { median } from './median.ts';
import { meterSession } from './metered.ts';

export interface PairedRequest extends CallOptions {
  readonly base: string;
  readonly served: string;
  readonly approximate?: boolean | undefined;
  /** `false` compares only. */
  readonly timed?: boolean | undefined;
  /** What serves is kept by the warehouse itself, and must not answer the other side, too. */
  readonly keptOnServed?: boolean | undefined;
}

/** Both versions of one statement on one snapshot: whether they agree, and what each cost. */
export interface PairedRuns {
  readonly comparison: ResultComparison;
  /** Medians over the runs; 0 when the answers differ, or nothing was to be timed. */
  readonly baseCpuMs: number;
  readonly servedCpuMs: number;
  readonly baseMs: number;
  readonly servedMs: number;
  /** Everything this measurement cost, the comparison included: it goes on the debit side. */
  readonly spentCpuMs: number;
}

/**
 * Compares first, which also warms both sides, then runs base, served, served, base: a drift in load hits both alike.
 * The session must be one (read-only) transaction.
 */
export async function pairedRuns(
  plainSession: Session,
  { base, served, approximate, timed = true, keptOnServed, ...options }: PairedRequest,
): Promise<PairedRuns> {
  let spentCpuMs = 0;
  const session = meterSession(plainSession, (_purpose, { cpuMs }) => {
    spentCpuMs += cpuMs;
  });
  const comparison = await compareResults(session, {
    left: base,
    right: served,
    approximate,
    keptOnRight: keptOnServed,
    ...options,
  });
  if (comparison.kind === 'different' || !timed) {
    return { comparison, baseCpuMs: 0, servedCpuMs: 0, baseMs: 0, servedMs: 0, spentCpuMs };
  }
  const { left, right } = sidesOf([base, served], keptOnServed);
  const run = ({ sql, ...how }: { readonly sql: string; readonly readsKept?: boolean }) =>
    session.execute(sql, { ...options, ...how });
  const first = await run(left);
  const second = await run(right);
  const third = await run(right);
  const fourth = await run(left);
  return {
    comparison,
    baseCpuMs: median([first.cpuMs, fourth.cpuMs]),
    servedCpuMs: median([second.cpuMs, third.cpuMs]),
    baseMs: median([first.durationMs, fourth.durationMs]),
    servedMs: median([second.durationMs, third.durationMs]),
    spentCpuMs,
  };
}
