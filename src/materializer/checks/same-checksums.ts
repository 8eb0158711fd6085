import { contentDifference } from '../../prove/content-fingerprint.ts';
import type { BuildCheck } from '../check.ts';

/**
 * Order-free checksums of every column and of whole rows agree. Floating-point sums may differ in their last digits
 * (relative 1e-9): the definition itself does not add in the same order twice.
 */
export const sameChecksums: BuildCheck = {
  id: 'same-checksums',

  async check({ contents, beyondTolerance }) {
    const { logical, table } = await contents();
    const difference = contentDifference(logical, table);
    if (difference === undefined) {
      return { kind: 'pass', evidence: { rows: table.rows } };
    }
    return difference.onlyLastDigits && (await beyondTolerance()) === 0
      ? { kind: 'pass', evidence: { ...difference.evidence, relativeTolerance: 1e-9 } }
      : {
          kind: 'fail',
          because: `the table does not hold what the definition returns: ${difference.because}`,
          evidence: difference.evidence,
        };
  },
};
