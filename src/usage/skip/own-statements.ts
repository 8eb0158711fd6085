import type { SkipRule } from '../skip-rule.ts';

/** What we send ourselves is debit, not demand. Statements our route service answered are not ours. */
export const ownStatements: SkipRule = {
  id: 'own-statements',

  skips({ reader, reading }) {
    return reader.kind === 'goldsmith' && reading.tags.served === undefined;
  },
};
