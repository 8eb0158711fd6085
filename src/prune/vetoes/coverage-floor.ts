import type { Veto } from '../veto.ts';

/** What we did not understand may have read it (law 11). */
export const coverageFloor: Veto = {
  id: 'coverage-floor',

  objects({ coverage, settings }) {
    const percent = (share: number) => `${Math.floor(share * 1000) / 10} %`;
    return coverage < settings.coverageFloor
      ? {
          because: `${percent(coverage)} of the statements are resolved to columns, and ${percent(settings.coverageFloor)} are needed before anything is hidden`,
          evidence: { coverage, needed: settings.coverageFloor },
        }
      : undefined;
  },
};
