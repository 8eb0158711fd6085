import type { ActionKind } from '../../plan/action.ts';
import type { Cap } from '../cap.ts';

const ADDING: ReadonlySet<ActionKind> = new Set(['create-mart', 'adopt-view', 'adopt-table']);

export const maxMarts: Cap = {
  id: 'max-marts',

  refuses({ action, caps, marts }) {
    const addsOne = ADDING.has(action.kind);
    return addsOne && marts.length >= caps.maxMarts
      ? {
          because: `${marts.length === 1 ? 'there is 1 mart' : `there are ${marts.length} marts`} and ${caps.maxMarts} ${caps.maxMarts === 1 ? 'is' : 'are'} allowed; release one or raise caps.maxMarts`,
          evidence: { marts: marts.length, allowed: caps.maxMarts },
        }
      : undefined;
  },
};
