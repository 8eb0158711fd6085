import type { Metrics } from '../metrics/registry.ts';
import type { CycleDecision } from '../plan/decide-cycle.ts';
import type { IngestOutcome } from '../usage/ingest-outcome.ts';
import type { UsageSnapshot } from '../usage/template.ts';
import { isKilled } from './apply.ts';
import type { CapUse } from './caps-used.ts';
import type { CycleResult } from './cycle.ts';
import type { Engine } from './engine.ts';
import { BRAKES, heldBackBy } from './held-back.ts';
import { PROPOSAL_STATES } from './proposals/kept-proposal.ts';
import { recordMarts, recordSavings } from './record-mart-metrics.ts';

export interface CycleSeen {
  readonly result: CycleResult;
  /** Wall time of the cycle. */
  readonly seconds: number;
  readonly caps: readonly CapUse[];
}

/** A cycle's outcome to metrics. */
export function recordMetrics(engine: Engine, { result, seconds, caps }: CycleSeen): void {
  const { metrics, clock } = engine;
  const now = clock.now();
  metrics.add('goldsmith_cycles_total', { outcome: 'done' });
  metrics.observe('goldsmith_cycle_duration_seconds', seconds);
  metrics.set('goldsmith_last_cycle_timestamp_seconds', now / 1000);
  recordHistory(metrics, result.ingest);
  recordUsage(metrics, { usage: result.input.usage, now });
  recordDecision(metrics, result.decision);
  for (const { action, outcome, code } of [...result.reacted, ...(result.applied?.steps ?? [])]) {
    if (outcome === 'refused' || outcome === 'failed') {
      metrics.add('goldsmith_action_refusals_total', { kind: action.kind, reason: code });
    }
  }
  recordMarts(metrics, { marts: result.marts, now });
  recordSavings(metrics, result.receipts);
  for (const { cap, share } of caps) {
    metrics.set('goldsmith_cap_used_ratio', share, { cap });
  }
  recordProposals(engine);
  recordBrakes(engine);
}

/** How many proposals there are in each state; zeros too, so that an alert sees them end. */
export function recordProposals({ metrics, memory }: Pick<Engine, 'metrics' | 'memory'>): void {
  const book = memory.proposals.list();
  for (const state of PROPOSAL_STATES) {
    const count = book.filter((one) => one.state === state).length;
    metrics.set('goldsmith_proposals', count, { state });
  }
}

/** What holds changes back now, and the mode; also told where no cycle ran yet. */
export function recordBrakes(engine: Pick<Engine, 'metrics' | 'config' | 'connector' | 'clock'>) {
  const { metrics, config, connector, clock } = engine;
  const held = heldBackBy({ config, isKilled: isKilled(engine), now: clock.now() });
  for (const by of BRAKES) {
    metrics.set('goldsmith_held_back', held.some((one) => one.by === by) ? 1 : 0, { by });
  }
  metrics.clear('goldsmith_info');
  metrics.set('goldsmith_info', 1, { mode: config.mode, warehouse: connector.name });
}

function recordHistory(metrics: Metrics, ingest: IngestOutcome): void {
  const skipped = Object.entries(ingest.skipped);
  for (const [outcome, rows] of [
    ['used', ingest.counted],
    ['duplicate', ingest.duplicates],
    ['skipped', skipped.reduce((sum, [, count]) => sum + count, 0)],
    ['late', ingest.tooOld],
    ['bad', ingest.badRows],
  ] as const) {
    metrics.add('goldsmith_history_rows_total', { outcome }, rows);
  }
  for (const [rule, rows] of skipped) {
    metrics.add('goldsmith_history_skipped_total', { rule }, rows);
  }
}

function recordUsage(
  metrics: Metrics,
  { usage, now }: { readonly usage: UsageSnapshot; readonly now: number },
): void {
  const newest = newestStatement(usage);
  if (newest !== undefined) {
    metrics.set('goldsmith_history_lag_seconds', Math.max(0, now - newest) / 1000);
  }
  const { coverage } = usage;
  for (const [stage, statements, cost] of [
    ['parsed', coverage.parsedShare, coverage.parsedCostShare],
    ['resolved', coverage.resolvedShare, coverage.resolvedCostShare],
    ['attributed', coverage.attributedShare, coverage.attributedCostShare],
  ] as const) {
    metrics.set('goldsmith_coverage_ratio', statements, { stage, weight: 'statements' });
    metrics.set('goldsmith_coverage_ratio', cost, { stage, weight: 'cost' });
  }
  metrics.set('goldsmith_templates', usage.templates.length);
}

/** When the newest statement of the evidence window ended; nothing where it holds none. */
export function newestStatement({ facts }: Pick<UsageSnapshot, 'facts'>): number | undefined {
  return facts.reduce<number | undefined>(
    (latest, { lastEndedAt }) => Math.max(latest ?? lastEndedAt, lastEndedAt),
    undefined,
  );
}

function recordDecision(metrics: Metrics, decision: CycleDecision): void {
  metrics.clear('goldsmith_candidates');
  metrics.set('goldsmith_unreachable_demand', decision.unreachable.length);
  for (const [verdict, all] of Map.groupBy(
    decision.verdicts,
    ({ outcome, rule }) => rule ?? outcome,
  )) {
    metrics.set('goldsmith_candidates', all.length, { verdict });
  }
  for (const { outcome, rule = 'none' } of decision.verdicts) {
    metrics.add('goldsmith_decisions_total', { outcome, rule });
  }
}
