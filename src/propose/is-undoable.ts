import type { EpochMs } from '../base/clock.ts';
import type { Proposal } from './proposal.ts';

/** Whether what was applied is shown with a way to take it back: a mart that was given up is not, nor what was applied long ago. */
export function isUndoable(
  { kind, state, steps, moves }: Proposal,
  { now, undoFor }: { readonly now: EpochMs; readonly undoFor: number },
): boolean {
  const appliedAt = moves.findLast(({ to }) => to === 'applied')?.at;
  return (
    state === 'applied' &&
    appliedAt !== undefined &&
    now - appliedAt < undoFor &&
    kind !== 'edit' &&
    kind !== 'follow' &&
    !steps.some(({ action }) => action.kind === 'release-mart')
  );
}
