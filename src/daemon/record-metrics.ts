import { nanoUsd, toDollars } from '../base/usd.ts';
import type { CycleResult } from './cycle.ts';
import { shortName } from './cycle-report.ts';
import type { Engine } from './engine.ts';

/** A cycle's outcome to metrics. */
export function recordMetrics(
  { metrics, clock }: Engine,
  { result, seconds }: { readonly result: CycleResult; readonly seconds: number },
): void {
  const { ingest, input, decision, marts, receipts } = result;
  const now = clock.now();
  metrics.add('goldsmith_cycles_total', { outcome: 'done' });
  metrics.observe('goldsmith_cycle_duration_seconds', seconds);
  metrics.set('goldsmith_last_cycle_timestamp_seconds', now / 1000);
  metrics.add('goldsmith_history_rows_total', { outcome: 'used' }, ingest.counted);
  metrics.add('goldsmith_history_rows_total', { outcome: 'duplicate' }, ingest.duplicates);
  metrics.add('goldsmith_history_rows_total', { outcome: 'bad' }, ingest.badRows);
  metrics.add(
    'goldsmith_history_rows_total',
    { outcome: 'skipped' },
    Object.values(ingest.skipped).reduce((sum, count) => sum + count, 0),
  );

  const newest = input.usage.facts.reduce((latest, fact) => Math.max(latest, fact.lastEndedAt), 0);
  if (newest > 0) {
    metrics.set('goldsmith_history_lag_seconds', Math.max(0, now - newest) / 1000);
  }
  const { coverage } = input.usage;
  for (const [stage, statements, cost] of [
    ['parsed', coverage.parsedShare, coverage.parsedCostShare],
    ['resolved', coverage.resolvedShare, coverage.resolvedCostShare],
    ['attributed', coverage.attributedShare, coverage.attributedCostShare],
  ] as const) {
    metrics.set('goldsmith_coverage_ratio', statements, { stage, weight: 'statements' });
    metrics.set('goldsmith_coverage_ratio', cost, { stage, weight: 'cost' });
  }
  metrics.set('goldsmith_templates', input.usage.templates.length);

  metrics.clear('goldsmith_mart_staleness_seconds');
  metrics.clear('goldsmith_mart_bytes');
  for (const stage of ['logical', 'physical', 'quarantined'] as const) {
    metrics.set('goldsmith_marts', marts.filter((mart) => mart.stage === stage).length, { stage });
  }
  for (const { definition, current, stage } of marts) {
    if (stage === 'physical' && current !== undefined) {
      const mart = shortName(definition.relation);
      metrics.set('goldsmith_mart_staleness_seconds', (now - current.verifiedFreshAt) / 1000, {
        mart,
      });
      metrics.set('goldsmith_mart_bytes', current.bytes, { mart });
    }
  }
  metrics.clear('goldsmith_candidates');
  const verdicts = new Map<string, number>();
  for (const { outcome, rule } of decision.verdicts) {
    const verdict = rule ?? outcome;
    verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
  }
  for (const [verdict, count] of verdicts) {
    metrics.set('goldsmith_candidates', count, { verdict });
  }
  for (const line of ['cash', 'capacity'] as const) {
    const all = receipts.filter((receipt) => receipt.line === line);
    for (const [stage, of] of [
      ['predicted', 'predicted'],
      ['gross', 'realizedGross'],
      ['debits', 'debits'],
      ['net', 'net'],
    ] as const) {
      metrics.set(
        'goldsmith_saving_usd',
        toDollars(nanoUsd(all.reduce((sum, receipt) => sum + receipt[of], 0n))),
        { line, stage },
      );
    }
  }
  const savedMs = receipts
    .filter(({ line }) => line === 'time')
    .reduce((sum, { net }) => sum + net, 0n);
  metrics.set('goldsmith_saved_seconds', Number(savedMs) / 1000);
}
