import type { EpochMs } from '../base/clock.ts';
import { nanoUsd, toDollars } from '../base/usd.ts';
import type { Mart } from '../marts/mart.ts';
import type { Receipt } from '../marts/receipt.ts';
import type { Metrics } from '../metrics/registry.ts';
import { shortName } from './cycle-report.ts';

/** The state of every mart: stage, age, size, and where its attributes stand. A mart that is gone is no longer exported. */
export function recordMarts(
  metrics: Metrics,
  { marts, now }: { readonly marts: readonly Mart[]; readonly now: EpochMs },
): void {
  for (const name of [
    'goldsmith_mart_state',
    'goldsmith_mart_attributes',
    'goldsmith_mart_staleness_seconds',
    'goldsmith_mart_bytes',
  ] as const) {
    metrics.clear(name);
  }
  for (const stage of STAGES) {
    metrics.set('goldsmith_marts', marts.filter((mart) => mart.stage === stage).length, { stage });
  }
  for (const { definition, current, stage, pruned = [] } of marts) {
    const mart = shortName(definition.relation);
    for (const one of STAGES) {
      metrics.set('goldsmith_mart_state', one === stage ? 1 : 0, { mart, stage: one });
    }
    const kept = definition.columns.length - pruned.length;
    metrics.set('goldsmith_mart_attributes', kept, { mart, stage: 'kept' });
    for (const one of ['announced', 'hidden', 'tombstoned'] as const) {
      const count = pruned.filter((attribute) => attribute.stage === one).length;
      metrics.set('goldsmith_mart_attributes', count, { mart, stage: one });
    }
    if (stage === 'physical' && current !== undefined) {
      const age = Math.max(0, now - current.verifiedFreshAt) / 1000;
      metrics.set('goldsmith_mart_staleness_seconds', age, { mart });
      metrics.set('goldsmith_mart_bytes', current.bytes, { mart });
    }
  }
}

const STAGES = ['logical', 'physical', 'quarantined'] as const;

/** What all decisions saved, by line; lines are never summed. */
export function recordSavings(metrics: Metrics, receipts: readonly Receipt[]): void {
  metrics.clear('goldsmith_mart_net_usd');
  metrics.clear('goldsmith_mart_debits_usd');
  for (const line of ['cash', 'capacity'] as const) {
    const all = receipts.filter((receipt) => receipt.line === line);
    for (const [stage, of] of [
      ['predicted', 'predicted'],
      ['gross', 'realizedGross'],
      ['debits', 'debits'],
      ['net', 'net'],
    ] as const) {
      metrics.set('goldsmith_saving_usd', dollars(all, of), { line, stage });
    }
    for (const [relation, own] of Map.groupBy(all, (receipt) => receipt.relation)) {
      const mart = shortName(relation);
      metrics.set('goldsmith_mart_net_usd', dollars(own, 'net'), { mart, line });
      metrics.set('goldsmith_mart_debits_usd', dollars(own, 'debits'), { mart, line });
    }
  }
  const savedMs = receipts
    .filter(({ line }) => line === 'time')
    .reduce((sum, { net }) => sum + net, 0n);
  metrics.set('goldsmith_saved_seconds', Number(savedMs) / 1000);

  const money = receipts.filter(({ line }) => line !== 'time');
  const count = (is: (receipt: Receipt) => boolean) => money.filter(is).length;
  for (const [state, is] of [
    ['matured', ({ matured, rolledBack }: Receipt) => matured && !rolledBack],
    ['young', ({ matured, rolledBack }: Receipt) => !matured && !rolledBack],
    ['rolled-back', ({ rolledBack }: Receipt) => rolledBack],
  ] as const) {
    metrics.set('goldsmith_receipts', count(is), { state });
  }
}

function dollars(
  receipts: readonly Receipt[],
  of: 'predicted' | 'realizedGross' | 'debits' | 'net',
): number {
  return toDollars(nanoUsd(receipts.reduce((sum, receipt) => sum + receipt[of], 0n)));
}
