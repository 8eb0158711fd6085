/** Every metric Goldsmith exports, in one table: from it come the registry, docs/metrics.md and the dashboards' names. */
export interface MetricRow {
  readonly name: string;
  readonly kind: 'gauge' | 'counter' | 'histogram';
  readonly help: string;
  /** Bounded: a label never holds a statement, a user or a fingerprint. */
  readonly labels: readonly string[];
  /** Upper bounds of a histogram's buckets, in the metric's unit. */
  readonly buckets?: readonly number[];
}

export const METRICS = [
  {
    name: 'goldsmith_cycles_total',
    kind: 'counter',
    help: 'Cycles by outcome.',
    labels: ['outcome'],
  },
  {
    name: 'goldsmith_cycle_duration_seconds',
    kind: 'histogram',
    help: 'Wall time of a cycle.',
    labels: [],
    buckets: [0.1, 0.5, 1, 2, 5, 10, 30, 60, 300],
  },
  {
    name: 'goldsmith_last_cycle_timestamp_seconds',
    kind: 'gauge',
    help: 'End of the last finished cycle, seconds since the epoch.',
    labels: [],
  },
  {
    name: 'goldsmith_history_rows_total',
    kind: 'counter',
    help: 'History rows read, by what became of them: used, duplicate, skipped or bad.',
    labels: ['outcome'],
  },
  {
    name: 'goldsmith_history_lag_seconds',
    kind: 'gauge',
    help: 'Age of the newest statement read.',
    labels: [],
  },
  {
    name: 'goldsmith_coverage_ratio',
    kind: 'gauge',
    help: 'Share of the history understood, 0 to 1, by stage and weight.',
    labels: ['stage', 'weight'],
  },
  {
    name: 'goldsmith_templates',
    kind: 'gauge',
    help: 'Templates with use in the evidence window.',
    labels: [],
  },
  { name: 'goldsmith_marts', kind: 'gauge', help: 'Marts by stage.', labels: ['stage'] },
  {
    name: 'goldsmith_mart_staleness_seconds',
    kind: 'gauge',
    help: 'Age of the oldest freshness proof of a physical mart.',
    labels: ['mart'],
  },
  {
    name: 'goldsmith_mart_bytes',
    kind: 'gauge',
    help: "Bytes of a mart's current version.",
    labels: ['mart'],
  },
  {
    name: 'goldsmith_candidates',
    kind: 'gauge',
    help: 'Candidates of the last cycle by verdict: pass, or the rule that refused.',
    labels: ['verdict'],
  },
  {
    name: 'goldsmith_actions_total',
    kind: 'counter',
    help: 'Actions by kind and outcome.',
    labels: ['kind', 'outcome'],
  },
  {
    name: 'goldsmith_route_requests_total',
    kind: 'counter',
    help: 'Route requests by answer: mart, hold-out or base.',
    labels: ['answer'],
  },
  {
    name: 'goldsmith_route_duration_seconds',
    kind: 'histogram',
    help: 'Time to answer a route request.',
    labels: [],
    buckets: [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2],
  },
  {
    name: 'goldsmith_saving_usd',
    kind: 'gauge',
    help: 'Savings of all receipts in dollars, by line and stage: predicted, gross, debits or net.',
    labels: ['line', 'stage'],
  },
  {
    name: 'goldsmith_saved_seconds',
    kind: 'gauge',
    help: 'Reader time saved, measured, in seconds.',
    labels: [],
  },
  {
    name: 'goldsmith_own_cpu_seconds_total',
    kind: 'counter',
    help: "Warehouse cpu time of Goldsmith's own statements, by purpose.",
    labels: ['purpose'],
  },
  {
    name: 'goldsmith_notifications_total',
    kind: 'counter',
    help: 'Notices by outcome: sent or failed.',
    labels: ['outcome'],
  },
] as const satisfies readonly MetricRow[];

export type MetricName = (typeof METRICS)[number]['name'];
