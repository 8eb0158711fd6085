import type { SkipRule } from '../skip-rule.ts';

/** Definitions read no rows, and views none until they are asked. CREATE TABLE AS is a write, and stays. */
export const ddl: SkipRule = {
  id: 'ddl',

  skips({ reading: { statementClass } }) {
    return statementClass.kind === 'ddl' || statementClass.kind === 'view';
  },
};
