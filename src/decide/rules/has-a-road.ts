import { counted } from '../../base/counted.ts';
import type { DecisionRule } from '../decision-rule.ts';
import { pass, refuse } from '../verdict.ts';

/** Demand that cannot reach the mart saves nothing (law 2). */
export const hasARoad: DecisionRule = {
  id: 'has-a-road',

  judge({ demand: { reachable, unreachable, clientsWithoutRoad }, policy }) {
    if (reachable.runs > 0) {
      return pass;
    }
    if (unreachable.runs === 0) {
      return refuse(
        `no statement of the last ${policy.evidenceDays} days with a known cost could be answered from it`,
        {
          evidence: { runs: 0 },
          flip: { what: 'runs it could answer', now: 0, needed: policy.minimumRuns },
        },
      );
    }
    const clients = clientsWithoutRoad.slice(0, 3).join(', ');
    return refuse(
      `none of its ${counted(unreachable.runs, 'run')} has a road to it: ${clients} neither names a view of it nor asks \`route\``,
      {
        evidence: { unreachableRuns: unreachable.runs, readers: unreachable.readers, clients },
        flip: {
          what: 'runs with a road',
          now: 0,
          needed: Math.min(policy.minimumRuns, unreachable.runs),
        },
      },
    );
  },
};
