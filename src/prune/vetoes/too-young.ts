import { DAY_MS } from '../../base/clock.ts';
import { counted } from '../../base/counted.ts';
import type { Veto } from '../veto.ts';

/** What is new has not had its chance, and what was not watched may have been read. */
export const tooYoung: Veto = {
  id: 'too-young',

  objects({ of, today, settings }) {
    const days = Math.round(settings.watchFor / DAY_MS);
    const watched = today - Math.max(of.watchedSince, of.knownSince);
    return watched < days
      ? {
          because: `its use has been watched for ${counted(watched, 'day')}, and ${days} are needed`,
          evidence: { watchedDays: watched, daysNeeded: days },
        }
      : undefined;
  },
};
