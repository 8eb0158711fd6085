import { type Cap, reasonOf } from '../cap.ts';

/** Counts what the journal says was begun today, failed attempts included. */
export const buildsPerDay: Cap = {
  id: 'builds-per-day',

  refuses({ action, caps, buildsToday }) {
    const reason = reasonOf(action);
    if (reason === undefined) {
      return undefined;
    }
    const begun = buildsToday.filter((entry) => reasonOf(entry.action) === reason).length;
    const isRefresh = reason === 'refresh';
    const allowed = isRefresh ? caps.refreshesPerDay : caps.buildsPerDay;
    if (begun < allowed) {
      return undefined;
    }
    const what = isRefresh ? 'refreshes' : 'builds';
    return {
      because: `${begun} ${what} were begun today and ${allowed} a day are allowed; it can go on tomorrow (UTC)`,
      evidence: { begun, allowed },
    };
  },
};
