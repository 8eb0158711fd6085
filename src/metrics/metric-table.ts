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
    name: 'goldsmith_info',
    kind: 'gauge',
    help: 'Always 1; tells the mode and the warehouse this Goldsmith stands beside.',
    labels: ['mode', 'warehouse'],
  },
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
    name: 'goldsmith_held_back',
    kind: 'gauge',
    help: '1 while nothing, or no build, may be begun, by what holds it back: kill-switch, freeze-window, quiet-hours or observe.',
    labels: ['by'],
  },
  {
    name: 'goldsmith_cap_used_ratio',
    kind: 'gauge',
    help: 'Share of a cap that is used up, 0 to 1: builds and build money of this UTC day, refreshes, marts, storage.',
    labels: ['cap'],
  },
  {
    name: 'goldsmith_proposals',
    kind: 'gauge',
    help: 'Proposals in the book, by state: drafted ones wait for their turn, open ones for people, approved ones to be applied.',
    labels: ['state'],
  },
  {
    name: 'goldsmith_proposal_answers_total',
    kind: 'counter',
    help: 'What people said of proposals, by outcome: approve, decline, snooze, undo, ignored where it did not count, refused where it was not signed as Slack signs.',
    labels: ['outcome'],
  },
  {
    name: 'goldsmith_proposals_shown_total',
    kind: 'counter',
    help: 'Proposals shown or updated where people look, by channel and outcome: shown or failed.',
    labels: ['channel', 'outcome'],
  },
  {
    name: 'goldsmith_config_reloads_total',
    kind: 'counter',
    help: 'Times the config file changed while running, by outcome: taken or refused.',
    labels: ['outcome'],
  },
  {
    name: 'goldsmith_config_in_force',
    kind: 'gauge',
    help: '1 while the settings in force are those of the config file, 0 while the file was changed and refused.',
    labels: [],
  },
  {
    name: 'goldsmith_history_rows_total',
    kind: 'counter',
    help: 'History rows read, by what became of them: used, duplicate, skipped, late or bad.',
    labels: ['outcome'],
  },
  {
    name: 'goldsmith_history_skipped_total',
    kind: 'counter',
    help: 'History rows left out, by the skip rule.',
    labels: ['rule'],
  },
  {
    name: 'goldsmith_schema_changes_total',
    kind: 'counter',
    help: 'Changes of the schema seen, by kind and by how bad they are for who reads: breaking, latent, notice or none.',
    labels: ['kind', 'severity'],
  },
  {
    name: 'goldsmith_incidents_open',
    kind: 'gauge',
    help: 'Incidents on marts that have not ended, by kind: a definition that cannot be computed, a source that is empty, lost rows or is late, broken keys, nulls, orphans.',
    labels: ['kind'],
  },
  {
    name: 'goldsmith_incidents_total',
    kind: 'counter',
    help: 'Incidents on marts that began, by kind.',
    labels: ['kind'],
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
  {
    name: 'goldsmith_unreachable_demand',
    kind: 'gauge',
    help: 'Kinds of demand a mart would answer but that have no road to it; nothing is booked for them.',
    labels: [],
  },
  { name: 'goldsmith_marts', kind: 'gauge', help: 'Marts by stage.', labels: ['stage'] },
  {
    name: 'goldsmith_mart_state',
    kind: 'gauge',
    help: '1 for the stage each mart is in: logical, physical or quarantined.',
    labels: ['mart', 'stage'],
  },
  {
    name: 'goldsmith_mart_attributes',
    kind: 'gauge',
    help: "A mart's attributes by where they stand on the pruning ladder: kept, announced, hidden or tombstoned.",
    labels: ['mart', 'stage'],
  },
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
    name: 'goldsmith_decisions_total',
    kind: 'counter',
    help: 'Verdicts on candidates and marts, one a cycle each, by outcome and the rule that refused (`none` where none did).',
    labels: ['outcome', 'rule'],
  },
  {
    name: 'goldsmith_actions_total',
    kind: 'counter',
    help: 'Actions by kind and outcome.',
    labels: ['kind', 'outcome'],
  },
  {
    name: 'goldsmith_action_refusals_total',
    kind: 'counter',
    help: 'Actions that were not done, by kind and the cap, check or fault that stopped them.',
    labels: ['kind', 'reason'],
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
    name: 'goldsmith_mart_net_usd',
    kind: 'gauge',
    help: 'Net savings of a mart over all its decisions in dollars, by line; below zero it costs more than it saved.',
    labels: ['mart', 'line'],
  },
  {
    name: 'goldsmith_mart_debits_usd',
    kind: 'gauge',
    help: 'What a mart cost over all its decisions in dollars, by line: builds, refreshes, storage, proofs and its share of running Goldsmith.',
    labels: ['mart', 'line'],
  },
  {
    name: 'goldsmith_saved_seconds',
    kind: 'gauge',
    help: 'Reader time saved, measured, in seconds.',
    labels: [],
  },
  {
    name: 'goldsmith_receipts',
    kind: 'gauge',
    help: 'Receipts by state: matured (enough measured runs and days to be relied on), young or rolled-back.',
    labels: ['state'],
  },
  {
    name: 'goldsmith_own_cpu_seconds_total',
    kind: 'counter',
    help: "Warehouse cpu time of Goldsmith's own statements, by purpose.",
    labels: ['purpose'],
  },
  {
    name: 'goldsmith_own_cost_usd_total',
    kind: 'counter',
    help: "Price of Goldsmith's own statements in dollars, by purpose.",
    labels: ['purpose'],
  },
  {
    name: 'goldsmith_notifications_total',
    kind: 'counter',
    help: 'Notices by outcome: sent, held (for the next digest) or failed.',
    labels: ['outcome'],
  },
  {
    name: 'goldsmith_open_lineage_events_total',
    kind: 'counter',
    help: 'OpenLineage run events by outcome: sent, failed (an attempt; the event waits), refused by the receiver, or forgotten for want of room.',
    labels: ['outcome'],
  },
  {
    name: 'goldsmith_open_lineage_events_waiting',
    kind: 'gauge',
    help: 'OpenLineage run events that wait for their receiver.',
    labels: [],
  },
] as const satisfies readonly MetricRow[];

export type MetricName = (typeof METRICS)[number]['name'];
