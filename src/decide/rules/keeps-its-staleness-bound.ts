import { formatDuration } from '../../base/duration.ts';
import type { DecisionRule } from '../decision-rule.ts';
import { pinnedBound } from '../staleness.ts';
import { pass, refuse } from '../verdict.ts';

/** Where a staleness bound cannot be kept there is no physical mart (law 4). */
export const keepsItsStalenessBound: DecisionRule = {
  id: 'keeps-its-staleness-bound',

  judge({ candidate, cyclePeriodMs }) {
    const { definition } = candidate;
    const problem = pinnedBound(candidate, cyclePeriodMs);
    return problem === undefined
      ? pass
      : refuse(problem.because, {
          evidence: {
            stalenessBound: formatDuration(definition.maxStalenessMs),
            cyclePeriod: formatDuration(cyclePeriodMs),
          },
          flip: {
            what: problem.setting,
            now: formatDuration(definition.maxStalenessMs),
            needed: formatDuration(cyclePeriodMs),
          },
        });
  },
};
