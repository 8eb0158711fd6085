import { DAY_MS } from '../../base/clock.ts';
import { counted } from '../../base/counted.ts';
import type { Veto } from '../veto.ts';

/**
 * Chances to read it are days on which the relation was read at all. By the rule of three, no use in n chances bounds the
 * rate of use by 3/n with 95 % confidence: few chances say next to nothing.
 */
export const fewChances: Veto = {
  id: 'few-chances',

  objects({ of, today, settings }) {
    const from = today - Math.round(settings.watchFor / DAY_MS);
    const chances = of.readDays.filter((day) => day >= from && day <= today).length;
    const { minimumReadDays } = settings;
    return chances < minimumReadDays
      ? {
          because: `${of.relation} was read on ${counted(chances, 'day')} of the watch, and ${minimumReadDays} are needed to tell an attribute nobody wants from one whose turn has not come`,
          evidence: { readDays: chances, readDaysNeeded: minimumReadDays },
        }
      : undefined;
  },
};
