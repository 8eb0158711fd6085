import type { CycleResult } from '../src/daemon/cycle.ts';
import { shortName } from '../src/daemon/cycle-report.ts';
import { median } from './median.ts';

/** What one night brought, a line each; notes which marts were built in it. */
export function newsOf(
  { applied, decision }: CycleResult,
  { builtOnDay, index }: { readonly builtOnDay: Map<string, number>; readonly index: number },
): readonly string[] {
  return (applied?.steps ?? []).flatMap(({ action, outcome, detail }, at) => {
    const name = shortName(action.mart);
    if (outcome !== 'done') {
      return [`${action.kind} ${name} was ${outcome}: ${detail}`];
    }
    if (action.kind === 'build-version' && action.reason === 'promote') {
      builtOnDay.set(action.mart, index);
      return [`built and proved ${name}: ${decision.plan.steps[at]?.because ?? ''}`];
    }
    return action.kind === 'create-mart' ||
      action.kind === 'adopt-view' ||
      action.kind === 'adopt-table' ||
      action.kind === 'mark-attributes' ||
      (action.kind === 'repoint-view' && action.to.kind === 'logical')
      ? [`${action.kind} ${name}: ${decision.plan.steps[at]?.because ?? ''}`]
      : [];
  });
}

/** How much faster the day's reached statements were than on base. */
export function speedOf(
  reached: readonly { readonly baseMs: number; readonly servedMs: number }[],
): string {
  const times = median(reached.map(({ baseMs, servedMs }) => baseMs / servedMs));
  return reached.length === 0 ? '' : `, ${times.toFixed(times < 10 ? 1 : 0)}x as fast as base`;
}

export function weekday(at: number): string {
  return new Date(at).toLocaleDateString('en-GB', { weekday: 'short', timeZone: 'UTC' });
}
