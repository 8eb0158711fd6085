import type { DecisionRule } from '../decision-rule.ts';
import { percent } from '../numbers.ts';
import { pass, refuse } from '../verdict.ts';

/** An aggregate that keeps most of the rows it groups saves too little for what it costs. */
export const staysSmall: DecisionRule = {
  id: 'stays-small',

  judge({ candidate, estimate, anchorRows, policy }) {
    if (candidate.grain === undefined || anchorRows === 0) {
      return pass;
    }
    const most = Math.floor(anchorRows * policy.maxRowsShare);
    const rows = Math.round(estimate.rows);
    return rows <= most
      ? pass
      : refuse(
          `it would keep about ${rows} of ${anchorRows} rows (${percent(rows / anchorRows)}), more than ${percent(policy.maxRowsShare)}`,
          {
            evidence: { rows, anchorRows, share: percent(rows / anchorRows) },
            flip: { what: 'rows of the mart', now: rows, needed: most },
          },
        );
  },
};
