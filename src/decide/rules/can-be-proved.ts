import type { DecisionRule } from '../decision-rule.ts';
import { pass, refuse } from '../verdict.ts';

/** Only a definition whose answer its sources determine may be kept as a table. */
export const canBeProved: DecisionRule = {
  id: 'can-be-proved',

  judge({ candidate: { objections } }) {
    const [first] = objections;
    return first === undefined
      ? pass
      : refuse(first, {
          evidence: { objections: objections.length },
          flip: { what: 'objections to the definition', now: objections.length, needed: 0 },
        });
  },
};
