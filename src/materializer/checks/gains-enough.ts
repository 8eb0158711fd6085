import type { ReplayCheck } from '../check.ts';

/** A mart that is hardly faster than base is not worth being wrong about. */
export const gainsEnough: ReplayCheck = {
  id: 'gains-enough',

  check({ action: { minimumGain }, replayed: { gain, baseCpuMs, servedCpuMs, equal } }) {
    const evidence = {
      gain: round(gain),
      minimumGain,
      baseCpuMs: round(baseCpuMs),
      servedCpuMs: round(servedCpuMs),
    };
    if (minimumGain <= 0 || (equal > 0 && gain >= minimumGain)) {
      return { kind: 'pass', evidence };
    }
    return {
      kind: 'fail',
      because: `replayed statements took ${round(servedCpuMs)} ms of cpu time instead of ${round(baseCpuMs)} ms: a cut of ${percent(gain)}, at least ${percent(minimumGain)} is asked for`,
      evidence,
    };
  },
};

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
