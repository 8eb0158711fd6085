import type { Cap } from '../cap.ts';

/** What somebody else wrote is taken over only where the operator lists it, whatever a plan says (law 6). */
export const adoptableOnly: Cap = {
  id: 'adoptable-only',

  refuses({ action, adoptable }) {
    const takesOver = action.kind === 'adopt-view' || action.kind === 'adopt-table';
    return takesOver && !adoptable.has(action.mart)
      ? {
          because: `${action.mart} is not listed under marts.adoptable; list it there to have it taken over`,
          evidence: { listed: adoptable.size },
        }
      : undefined;
  },
};
