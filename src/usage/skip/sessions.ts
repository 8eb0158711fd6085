import type { SkipRule } from '../skip-rule.ts';

const METADATA_VERBS = new Set(['show', 'describe', 'desc', 'list', 'ls']);

/** SET, USE, CALL, PREPARE and the like; SHOW and DESCRIBE are metadata queries. */
export const sessions: SkipRule = {
  id: 'sessions',

  skips({ reading: { statementClass } }) {
    return statementClass.kind === 'session' && !METADATA_VERBS.has(statementClass.verb);
  },
};
