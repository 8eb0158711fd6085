import type { SkipRule } from '../skip-rule.ts';

/** BEGIN, COMMIT, ROLLBACK and savepoints. */
export const transactions: SkipRule = {
  id: 'transactions',

  skips({ reading }) {
    return reading.statementClass.kind === 'transaction';
  },
};
