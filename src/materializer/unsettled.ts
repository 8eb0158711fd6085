import type { GoldsmithError } from '../base/goldsmith-error.ts';
import { isUnwilling } from './shape-refused.ts';
import { StepRefused } from './step-refused.ts';

/** Why something of before is not settled yet on a mart: nothing is begun on it, and the next cycle looks again. */
export interface Unsettled {
  /** Stable, as that of the error it comes of. */
  readonly code: string;
  readonly because: string;
}

/**
 * What stands in the way of one mart alone, or nothing where the work was done. Whatever concerns all of them (a warehouse that cannot be
 * reached, a lease that was lost, an abort) rejects: one mart must not end the look at the others.
 */
export async function unsettledBy(work: () => Promise<void>): Promise<Unsettled | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (concernsOneMart(error)) {
      return { code: error.code, because: error.message };
    }
    throw error;
  }
}

/** Whether an error is of the mart it was met on, and not of the warehouse. */
export function concernsOneMart(error: unknown): error is GoldsmithError {
  return error instanceof StepRefused || isUnwilling(error);
}
