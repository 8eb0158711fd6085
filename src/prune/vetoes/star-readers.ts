import { DAY_MS, dayOf } from '../../base/clock.ts';
import { counted } from '../../base/counted.ts';
import { lastDay } from '../attribute.ts';
import type { Veto } from '../veto.ts';

/** A `SELECT *` whose columns leave the statement takes whatever is there: nobody can tell what is needed of it. */
export const starReaders: Veto = {
  id: 'star-readers',

  objects({ attribute, today, settings }) {
    const last = lastDay(attribute.starDays);
    const days = Math.round(settings.watchFor / DAY_MS);
    if (last === undefined || today - last >= days) {
      return undefined;
    }
    return {
      because: `a statement took it with SELECT * ${counted(today - last, 'day')} ago (${dayOf(last * DAY_MS)}); with a list of columns instead, it may go`,
      evidence: { daysSince: today - last, daysNeeded: days },
    };
  },
};
