import type { DecisionRule } from '../decision-rule.ts';
import { percent } from '../numbers.ts';
import { pass, refuse } from '../verdict.ts';

/** Nothing of somebody else's is taken over while too much of the history is not understood (law 11). */
export const isUnderstoodWellEnough: DecisionRule = {
  id: 'is-understood-well-enough',

  judge({ candidate, coverage, policy }) {
    return candidate.definition.origin !== 'adopted' || coverage >= policy.coverageFloor
      ? pass
      : refuse(
          `only ${percent(coverage)} of the cost of the history was understood, less than the ${percent(policy.coverageFloor)} a takeover needs`,
          {
            evidence: { coverage: percent(coverage) },
            flip: {
              what: 'coverage by cost',
              now: percent(coverage),
              needed: percent(policy.coverageFloor),
            },
          },
        );
  },
};
