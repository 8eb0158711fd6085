import type { RelationId } from '../base/relation.ts';

/** Mean cost of one execution on one side, and over how many measured executions. */
export interface SideCost {
  readonly runs: number;
  readonly cpuMs: number;
  readonly durationMs: number;
}

/** Both sides of one template against one mart, measured on the same demand or the same snapshot. */
export interface TemplateMeasure {
  readonly fingerprint: string;
  readonly mart: RelationId;
  readonly method: 'hold-out' | 'paired-runs';
  /** Means per execution. */
  readonly base: SideCost;
  readonly served: SideCost;
}

/** One A/B/B/A measurement on one snapshot: medians per side over its runs. */
export interface PairedMeasure {
  readonly at: number;
  readonly fingerprint: string;
  readonly mart: RelationId;
  readonly runsPerSide: number;
  readonly baseCpuMs: number;
  readonly servedCpuMs: number;
  readonly baseDurationMs: number;
  readonly servedDurationMs: number;
}

/** Folds paired measures of one template and mart into mean costs per side. */
export function pairedBaseline(measures: readonly PairedMeasure[]): TemplateMeasure | undefined {
  const [first] = measures;
  if (first === undefined) {
    return undefined;
  }
  const mean = (of: (measure: PairedMeasure) => number) =>
    measures.reduce((sum, measure) => sum + of(measure), 0) / measures.length;
  const runs = measures.reduce((sum, { runsPerSide }) => sum + runsPerSide, 0);
  return {
    fingerprint: first.fingerprint,
    mart: first.mart,
    method: 'paired-runs',
    base: { runs, cpuMs: mean((m) => m.baseCpuMs), durationMs: mean((m) => m.baseDurationMs) },
    served: {
      runs,
      cpuMs: mean((m) => m.servedCpuMs),
      durationMs: mean((m) => m.servedDurationMs),
    },
  };
}
