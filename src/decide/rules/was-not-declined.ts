import { DAY_MS, dayOf } from '../../base/clock.ts';
import { formatDuration } from '../../base/duration.ts';
import type { DecisionRule } from '../decision-rule.ts';
import { pass, refuse } from '../verdict.ts';

/** After a person said no, or a mart was rolled back, there is no second attempt for a long while. */
export const wasNotDeclined: DecisionRule = {
  id: 'was-not-declined',

  judge({ lastNo, now, policy }) {
    if (lastNo === undefined || now - lastNo.at >= policy.declinedFor) {
      return pass;
    }
    const again = dayOf(lastNo.at + policy.declinedFor);
    const days = Math.floor((now - lastNo.at) / DAY_MS);
    return refuse(
      `it ${lastNo.why} on ${dayOf(lastNo.at)}, and there is no second attempt for ${formatDuration(policy.declinedFor)}`,
      {
        evidence: { noOn: dayOf(lastNo.at), daysSince: days, againOn: again },
        flip: { what: 'the day', now: dayOf(now), needed: again },
      },
    );
  },
};
