import type { EpochMs } from '../base/clock.ts';
import { addUsd, type NanoUsd } from '../base/usd.ts';
import type { Purpose, StatementCost } from '../connectors/connector.ts';
import type { WorkDone } from '../marts/receipt.ts';
import type { StepOutcome } from './apply-parts.ts';
import { reasonOf } from './cap.ts';

/** What first builds took, failed ones included. */
export function moneyOfBuilds(work: readonly WorkDone[]): NanoUsd {
  return addUsd(
    ...work
      .filter(({ kind }) => kind === 'build' || kind === 'failed-build')
      .map(({ cost }) => cost),
  );
}

/** What a step's statements cost, one entry a kind, for the debit side of the mart's receipts. */
export function workDoneBy(
  { action, outcome, code, detail }: Pick<StepOutcome, 'action' | 'outcome' | 'code' | 'detail'>,
  parts: {
    readonly costs: readonly { readonly purpose: Purpose; readonly cost: StatementCost }[];
    readonly at: EpochMs;
    readonly priceCpu: (cpuMs: number) => NanoUsd;
  },
): readonly WorkDone[] {
  const isBuild =
    action.kind === 'build-version' ||
    action.kind === 'fill-version' ||
    action.kind === 'refresh-version' ||
    action.kind === 'adopt-table' ||
    // Where each statement commits by itself it was there for a moment: it rests as a build that failed.
    (action.kind === 'create-mart' && code === 'WIDER_EYES');
  const isRefresh = reasonOf(action) === 'refresh';
  const kindOf = (purpose: Purpose): WorkDone['kind'] => {
    if (isBuild && outcome !== 'done') {
      return 'failed-build';
    }
    switch (purpose) {
      case 'build':
        return isRefresh ? 'refresh' : 'build';
      case 'verify':
      case 'replay':
        return 'verification';
      case 'measure':
        return 'paired-run';
      case 'facts':
        return 'facts';
      case 'freshness':
        return 'refresh';
      case 'catalog':
      case 'history':
      case 'ledger':
      case 'publish':
      case 'drop':
        return 'daemon';
    }
  };
  const byKind = Map.groupBy(parts.costs, ({ purpose }) => kindOf(purpose));
  return [...byKind].map(([kind, costs]) => {
    const cpuMs = costs.reduce((sum, { cost }) => sum + cost.cpuMs, 0);
    const tookMs = costs.reduce((sum, { cost }) => sum + cost.durationMs, 0);
    return {
      at: parts.at,
      relation: action.mart,
      kind,
      cpuMs,
      cost: parts.priceCpu(cpuMs),
      ...(kind === 'failed-build' ? { because: detail, tookMs } : {}),
      ...(kind === 'failed-build' && code === 'CANCELLED' ? { isCancelled: true } : {}),
    };
  });
}
