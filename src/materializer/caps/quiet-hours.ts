import type { Action } from '../../plan/action.ts';
import type { Cap } from '../cap.ts';

export const quietHours: Cap = {
  id: 'quiet-hours',

  refuses({ action, caps, now }) {
    const isBuild = BUILDS.has(action.kind);
    if (caps.quietHours === undefined || !isBuild) {
      return undefined;
    }
    const { from, until } = caps.quietHours;
    const time = new Date(now).toISOString().slice(11, 16);
    const isQuiet = from <= until ? time >= from && time < until : time >= from || time < until;
    return isQuiet
      ? {
          because: `builds are not begun between ${from} and ${until} UTC, and it is ${time}`,
          evidence: { from, until, time },
        }
      : undefined;
  },
};

const BUILDS: ReadonlySet<Action['kind']> = new Set([
  'build-version',
  'fill-version',
  'refresh-version',
]);
