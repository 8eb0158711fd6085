import type { CycleInput } from './cycle-input.ts';
import { type Survey, survey } from './survey.ts';
import { type Weighing, weigh } from './weigh.ts';

export interface WeighedInput {
  readonly seen: Survey;
  readonly weighing: Weighing;
}

/**
 * Surveys and weighs one input. The last pass that asks which facts are missing and the decision are about the same
 * input, so it is done once for both.
 */
export function weighInput(input: CycleInput): WeighedInput {
  const known = WEIGHED.get(input);
  if (known !== undefined) {
    return known;
  }
  const seen = survey(input);
  const weighed = { seen, weighing: weigh(input, seen) };
  WEIGHED.set(input, weighed);
  return weighed;
}

const WEIGHED = new WeakMap<CycleInput, WeighedInput>();
