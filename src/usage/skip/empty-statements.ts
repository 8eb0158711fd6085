import type { SkipRule } from '../skip-rule.ts';

/** Nothing but blanks and comments. */
export const emptyStatements: SkipRule = {
  id: 'empty-statements',

  skips({ reading }) {
    return reading.isEmpty;
  },
};
