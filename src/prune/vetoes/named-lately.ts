import { DAY_MS, dayOf } from '../../base/clock.ts';
import { counted } from '../../base/counted.ts';
import { lastDay } from '../attribute.ts';
import type { Veto } from '../veto.ts';

/** Somebody names it. */
export const namedLately: Veto = {
  id: 'named-lately',

  objects({ attribute, today, settings }) {
    const last = lastDay(attribute.namedDays);
    const days = Math.round(settings.watchFor / DAY_MS);
    if (last === undefined || today - last >= days) {
      return undefined;
    }
    return {
      because: `it was named ${counted(today - last, 'day')} ago (${dayOf(last * DAY_MS)}); it may go after ${days} days without`,
      evidence: { daysSince: today - last, daysNeeded: days, readers: attribute.namedBy.length },
    };
  },
};
