import { dayOf } from '../../base/clock.ts';
import { formatDuration } from '../../base/duration.ts';
import type { DecisionRule } from '../decision-rule.ts';
import { pass, refuse } from '../verdict.ts';

/** A build that failed, or did not pass its checks, is not tried again at once: failed builds cost money too. */
export const didNotFailLately: DecisionRule = {
  id: 'did-not-fail-lately',

  judge({ lastFailureAt, lastFailure, now, policy }) {
    if (lastFailureAt === undefined || now - lastFailureAt >= policy.retryFailedAfter) {
      return pass;
    }
    const again = dayOf(lastFailureAt + policy.retryFailedAfter);
    const why = lastFailure === undefined ? '' : ` (${lastFailure})`;
    return refuse(
      `its last build failed on ${dayOf(lastFailureAt)}${why}, and is tried again after ${formatDuration(policy.retryFailedAfter)}`,
      {
        evidence: { failedOn: dayOf(lastFailureAt), againOn: again },
        flip: { what: 'the day', now: dayOf(now), needed: again },
      },
    );
  },
};
