import type { SkipRule } from '../skip-rule.ts';

/** A statement that failed answered nobody. */
export const failedStatements: SkipRule = {
  id: 'failed-statements',

  skips({ row }) {
    return row.status === 'failed';
  },
};
