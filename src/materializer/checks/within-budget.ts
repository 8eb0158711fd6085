import type { ReplayCheck } from '../check.ts';

/** What was decided on was a price; a build that costs more is not what was decided. */
export const withinBudget: ReplayCheck = {
  id: 'within-budget',

  check({ action: { budget }, bytes, cpuMs }) {
    const evidence = {
      cpuMs: Math.round(cpuMs),
      cpuMsAllowed: budget.cpuMs,
      bytes,
      bytesAllowed: budget.bytes,
    };
    if (cpuMs > budget.cpuMs) {
      const because = `building and proving took ${Math.round(cpuMs)} ms of cpu time, ${budget.cpuMs} ms were allowed`;
      return { kind: 'fail', because, evidence };
    }
    if (bytes > budget.bytes) {
      const because = `the table takes ${bytes} bytes, ${budget.bytes} were allowed`;
      return { kind: 'fail', because, evidence };
    }
    return { kind: 'pass', evidence };
  },
};
