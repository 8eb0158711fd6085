import type { DecisionRule } from '../decision-rule.ts';
import { percent, short } from '../numbers.ts';
import { pass, refuse } from '../verdict.ts';

/** A run must get cheaper by a clear share, or the estimate's error is larger than the gain. */
export const gainsEnough: DecisionRule = {
  id: 'gains-enough',

  judge({ demand: { reachable }, policy }) {
    const { runs, baseCpuMs, martCpuMs } = reachable;
    if (runs === 0 || baseCpuMs <= 0) {
      return refuse('its runs cost nothing that could be saved', {
        evidence: { runs, baseCpuMs: short(baseCpuMs) },
        flip: { what: 'thread time of its runs in ms', now: short(baseCpuMs), needed: 1 },
      });
    }
    const gain = 1 - martCpuMs / baseCpuMs;
    if (gain >= policy.minimumGain) {
      return pass;
    }
    const [base, mart] = [baseCpuMs / runs, martCpuMs / runs];
    return refuse(
      `a run would take ${short(mart)} ms of thread time instead of ${short(base)} ms, a gain of ${percent(gain)}, less than ${percent(policy.minimumGain)}`,
      {
        evidence: { basePerRunMs: short(base), martPerRunMs: short(mart), gain: percent(gain) },
        flip: {
          what: 'thread time per run on the mart in ms',
          now: short(mart),
          needed: short(base * (1 - policy.minimumGain)),
        },
      },
    );
  },
};
