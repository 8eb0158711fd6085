import type { SkipRule } from '../skip-rule.ts';

/** A statement somebody stopped answered nobody. */
export const cancelledStatements: SkipRule = {
  id: 'cancelled-statements',

  skips({ row }) {
    return row.status === 'cancelled';
  },
};
