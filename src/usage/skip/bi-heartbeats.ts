import type { SkipRule } from '../skip-rule.ts';

/** `select 1`, `select version()`: a tool asks whether the warehouse is there. It reads no relation. */
export const biHeartbeats: SkipRule = {
  id: 'bi-heartbeats',

  skips({ reading }) {
    const { kind, verb } = reading.statementClass;
    return kind === 'query' && (verb === 'select' || verb === 'values') && !reading.hasFrom;
  },
};
