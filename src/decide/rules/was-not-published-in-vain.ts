import { DAY_MS, dayOf } from '../../base/clock.ts';
import { formatDuration } from '../../base/duration.ts';
import type { DecisionRule } from '../decision-rule.ts';
import { pass, refuse } from '../verdict.ts';

/** A view that stood for a grace period without anybody coming to name it is not offered again for a long while: none comes and goes. */
export const wasNotPublishedInVain: DecisionRule = {
  id: 'was-not-published-in-vain',

  judge({ accumulator: { givenUpAt }, now, policy }) {
    if (givenUpAt === undefined || now - givenUpAt >= policy.declinedFor) {
      return pass;
    }
    const again = dayOf(givenUpAt + policy.declinedFor);
    return refuse(
      `it was a view until ${dayOf(givenUpAt)} and not worth keeping, and is not published again for ${formatDuration(policy.declinedFor)}`,
      {
        evidence: {
          givenUpOn: dayOf(givenUpAt),
          daysSince: Math.floor((now - givenUpAt) / DAY_MS),
          againOn: again,
        },
        flip: { what: 'the day', now: dayOf(now), needed: again },
      },
    );
  },
};
