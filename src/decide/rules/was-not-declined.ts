import { DAY_MS, dayOf } from '../../base/clock.ts';
import { formatDuration } from '../../base/duration.ts';
import type { DecisionRule } from '../decision-rule.ts';
import { pass, refuse } from '../verdict.ts';

/** After a person said no, or a mart was rolled back, there is no second attempt for a long while. */
export const wasNotDeclined: DecisionRule = {
  id: 'was-not-declined',

  judge({ lastNo, now, policy }) {
    if (lastNo === undefined) {
      return pass;
    }
    const { at, why, until = at + policy.declinedFor } = lastNo;
    const days = Math.floor((now - at) / DAY_MS);
    const evidence = { noOn: dayOf(at), daysSince: days };
    if (until === 'for-good') {
      return refuse(
        `it ${why} for good on ${dayOf(at)}, and is not tried until a person takes that back`,
        {
          evidence,
          flip: { what: 'a word of a person', now: 'no', needed: 'goldsmith reconsider' },
        },
      );
    }
    if (now >= until) {
      return pass;
    }
    const again = dayOf(until);
    return refuse(
      `it ${why} on ${dayOf(at)}, and there is no second attempt for ${formatDuration(until - at)}`,
      {
        evidence: { ...evidence, againOn: again },
        flip: { what: 'the day', now: dayOf(now), needed: again },
      },
    );
  },
};
