import { obligationKey } from '../../candidates/join-star.ts';
import type { DecisionRule } from '../decision-rule.ts';
import { pass, refuse } from '../verdict.ts';

/** Joins that were not verified to neither multiply nor lose rows make no mart. */
export const joinsLoseNothing: DecisionRule = {
  id: 'joins-lose-nothing',

  judge({ candidate: { failed, unverified } }) {
    const [broken] = failed;
    if (broken !== undefined) {
      return refuse(
        `its joins would multiply or lose rows: ${obligationKey(broken)} does not hold`,
        {
          evidence: { failed: failed.map(obligationKey).join('; ') },
          flip: { what: 'obligations that do not hold', now: failed.length, needed: 0 },
        },
      );
    }
    const [open] = unverified;
    return open === undefined
      ? pass
      : refuse(`not verified yet: ${obligationKey(open)}`, {
          evidence: { unverified: unverified.map(obligationKey).join('; ') },
          flip: { what: 'obligations not verified yet', now: unverified.length, needed: 0 },
        });
  },
};
