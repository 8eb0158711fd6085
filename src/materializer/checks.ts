import type { BuildCheck, ReplayCheck } from './check.ts';
import { answersSamples } from './checks/answers-samples.ts';
import { gainsEnough } from './checks/gains-enough.ts';
import { obligationsHold } from './checks/obligations-hold.ts';
import { packsHold } from './checks/packs-hold.ts';
import { sameChecksums } from './checks/same-checksums.ts';
import { sameColumns } from './checks/same-columns.ts';
import { sameKeptRanges } from './checks/same-kept-ranges.ts';
import { sameRowCount } from './checks/same-row-count.ts';
import { withinBudget } from './checks/within-budget.ts';

/** In the build's transaction, cheapest first: the first failure rolls the table back. */
export const BUILD_CHECKS: readonly BuildCheck[] = [
  sameColumns,
  obligationsHold,
  sameRowCount,
  sameChecksums,
  sameKeptRanges,
  packsHold,
];

/** Of what the warehouse brought up to date in its place, where it is not compared as a whole this time. */
export const REFRESH_CHECKS: readonly BuildCheck[] = [sameColumns, obligationsHold];

/** After it, over a read-only snapshot: a failure drops the hidden table. */
export const REPLAY_CHECKS: readonly ReplayCheck[] = [withinBudget, answersSamples, gainsEnough];
