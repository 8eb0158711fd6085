import type { RelationId } from '../src/base/relation.ts';
import type { CycleResult } from '../src/daemon/cycle.ts';

/** A mart that was a table for a while, and why it is a view again. */
export interface Demoted {
  readonly relation: RelationId;
  readonly builtOnDay: number;
  readonly demotedOnDay: number;
  readonly because: string;
  /** As the rules saw it then: dollars as text. */
  readonly savedPerDay: string;
  readonly upkeepPerDay: string;
  readonly netLoss: string;
}

/** What one cycle let go for its money. */
export function demotedIn(
  { applied, decision }: CycleResult,
  {
    builtOnDay,
    index,
  }: { readonly builtOnDay: ReadonlyMap<string, number>; readonly index: number },
): readonly Demoted[] {
  return (applied?.steps ?? []).flatMap(({ action, outcome }, at): readonly Demoted[] => {
    const verdict = decision.verdicts.find(({ relation }) => relation === action.mart);
    const isDemotion =
      outcome === 'done' && action.kind === 'repoint-view' && action.to.kind === 'logical';
    if (!isDemotion || verdict?.outcome !== 'withdraw') {
      return [];
    }
    const { savesPerDay, upkeepPerDay, netLoss } = verdict.numbers;
    return [
      {
        relation: action.mart,
        builtOnDay: builtOnDay.get(action.mart) ?? 0,
        demotedOnDay: index,
        because: decision.plan.steps[at]?.because ?? verdict.because,
        savedPerDay: savesPerDay,
        upkeepPerDay,
        netLoss,
      },
    ];
  });
}
