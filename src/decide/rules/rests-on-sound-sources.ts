import type { DecisionRule } from '../decision-rule.ts';
import { pass, refuse } from '../verdict.ts';

/** Nothing is built from a source that an incident is open on: what it holds now may not be what it is meant to hold. */
export const restsOnSoundSources: DecisionRule = {
  id: 'rests-on-sound-sources',

  judge({ doubt }) {
    return doubt === undefined
      ? pass
      : refuse(`${doubt.because}: nothing is built from it as long as that lasts`, {
          evidence: { source: doubt.relation },
          flip: { what: `the incident on ${doubt.relation}`, now: 'open', needed: 'over' },
        });
  },
};
