import type { DecisionRule } from './decision-rule.ts';
import { canBeProved } from './rules/can-be-proved.ts';
import { gainsEnough } from './rules/gains-enough.ts';
import { hasARoad } from './rules/has-a-road.ts';
import { hasWaitedLongEnough } from './rules/has-waited-long-enough.ts';
import { isAskedOftenEnough } from './rules/is-asked-often-enough.ts';
import { isUnderstoodWellEnough } from './rules/is-understood-well-enough.ts';
import { joinsLoseNothing } from './rules/joins-lose-nothing.ts';
import { keepsItsStalenessBound } from './rules/keeps-its-staleness-bound.ts';
import { paysBackInTime } from './rules/pays-back-in-time.ts';
import { savesMoreThanUpkeep } from './rules/saves-more-than-upkeep.ts';
import { staysSmall } from './rules/stays-small.ts';
import { wasNotDeclined } from './rules/was-not-declined.ts';

/** What makes a mart impossible or unwanted, then what it is worth: the first refusal wins. */
export const RULES: readonly DecisionRule[] = [
  canBeProved,
  wasNotDeclined,
  keepsItsStalenessBound,
  staysSmall,
  hasARoad,
  isAskedOftenEnough,
  gainsEnough,
  isUnderstoodWellEnough,
  savesMoreThanUpkeep,
  paysBackInTime,
  joinsLoseNothing,
  hasWaitedLongEnough,
];

/** What must hold before anything rests on unmeasured facts: the rest of the list waits for the measuring. */
export const RULES_BEFORE_FACTS: readonly DecisionRule[] = RULES.slice(
  0,
  RULES.indexOf(joinsLoseNothing),
);
