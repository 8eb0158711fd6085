import type { DecisionRule } from './decision-rule.ts';
import { canBeProved } from './rules/can-be-proved.ts';
import { didNotFailLately } from './rules/did-not-fail-lately.ts';
import { gainsEnough } from './rules/gains-enough.ts';
import { hasARoad } from './rules/has-a-road.ts';
import { hasWaitedLongEnough } from './rules/has-waited-long-enough.ts';
import { isAskedOftenEnough } from './rules/is-asked-often-enough.ts';
import { isUnderstoodWellEnough } from './rules/is-understood-well-enough.ts';
import { joinsLoseNothing } from './rules/joins-lose-nothing.ts';
import { keepsItsStalenessBound } from './rules/keeps-its-staleness-bound.ts';
import { paysBackInTime } from './rules/pays-back-in-time.ts';
import { restsOnSoundSources } from './rules/rests-on-sound-sources.ts';
import { savesMoreThanUpkeep } from './rules/saves-more-than-upkeep.ts';
import { staysSmall } from './rules/stays-small.ts';
import { wasNotDeclined } from './rules/was-not-declined.ts';
import { wasNotPublishedInVain } from './rules/was-not-published-in-vain.ts';

/** What makes a mart impossible or unwanted, then what it is worth: the first refusal wins. */
export const RULES: readonly DecisionRule[] = [
  canBeProved,
  wasNotDeclined,
  didNotFailLately,
  restsOnSoundSources,
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

/**
 * Whether a view is worth publishing for people to adopt, with every road taken for open: it costs nothing to keep,
 * so nothing is asked of freshness, payback and waiting.
 */
export const PUBLISHING_RULES: readonly DecisionRule[] = [
  canBeProved,
  wasNotDeclined,
  staysSmall,
  hasARoad,
  isAskedOftenEnough,
  gainsEnough,
  savesMoreThanUpkeep,
  joinsLoseNothing,
];

/** Asked last, of a view that is worth publishing and is not published. */
export const NEW_VIEW_RULES: readonly DecisionRule[] = [wasNotPublishedInVain];

/**
 * Whether a table the operator listed is taken over. Money is not asked: it is a table already, and what its owner's job cost
 * every day is the upkeep it has; being refreshed on change and pruned can only take from that.
 */
export const ADOPTING_RULES: readonly DecisionRule[] = [
  canBeProved,
  wasNotDeclined,
  didNotFailLately,
  keepsItsStalenessBound,
  isUnderstoodWellEnough,
];

/** What must hold before anything rests on unmeasured facts: the rest of the list waits for the measuring. */
export const RULES_BEFORE_FACTS: readonly DecisionRule[] = RULES.slice(
  0,
  RULES.indexOf(joinsLoseNothing),
);
