import { DAY_MS, dayOf } from '../../base/clock.ts';
import { calendarRead } from '../calendar.ts';
import type { Veto } from '../veto.ts';

/** The quarterly report: silent for months, and then it must work. */
export const calendarReads: Veto = {
  id: 'calendar-reads',

  objects({ attribute, today }) {
    const read = calendarRead(attribute.namedDays, { today });
    if (read === undefined) {
      return undefined;
    }
    const last = dayOf(read.lastDay * DAY_MS);
    const next = dayOf(read.nextDay * DAY_MS);
    return {
      because: `it is read by the ${read.rhythm}: last on ${last}, ${read.nextDay < today ? 'due since' : 'expected again'} about ${next}`,
      evidence: { rhythm: read.rhythm, last, next },
    };
  },
};
