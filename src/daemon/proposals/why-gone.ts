import type { CycleDecision } from '../../plan/decide-cycle.ts';
import type { Gone } from '../../propose/merge-drafts.ts';
import type { Proposal } from '../../propose/proposal.ts';
import { verdictOn } from './draft-proposals.ts';

/** Why a plan no longer holds what a proposal asks: its turn has not come, or what spoke for it is gone. */
export function whyGone({ kind, relation }: Proposal, decision: CycleDecision): Gone {
  const verdict = verdictOn(relation, decision.verdicts);
  switch (kind) {
    case 'prune':
      return isStillUnread({ relation }, decision)
        ? { kind: 'waits' }
        : gone('its attributes are read again, or the mart is not a table any more');
    case 'build':
    case 'drop':
      if (verdict === undefined) {
        return gone('nobody asks for it any more');
      }
      return verdict.outcome === 'wait' ? { kind: 'waits' } : gone(verdict.because);
    case 'edit':
      // Asked instead of a mart, it waits where the mart would, and goes for the mart's reason.
      return verdict?.outcome === 'wait'
        ? { kind: 'waits' }
        : gone(verdict?.outcome === 'refuse' ? verdict.because : 'what it answered to is gone');
    case 'follow':
      return gone('what it answered to is gone');
  }
}

function gone(because: string): Gone {
  return { kind: 'gone', because };
}

/** Attributes go in a build of their own: a refresh that is due comes first. */
function isStillUnread(
  { relation }: Pick<Proposal, 'relation'>,
  { attributes }: CycleDecision,
): boolean {
  return attributes
    .filter((each) => each.relation === relation)
    .some(({ standings }) =>
      standings.some(({ from, to }) => from !== to && (to === 'hidden' || to === 'tombstoned')),
    );
}
