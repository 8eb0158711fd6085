import type { Cap } from '../cap.ts';

export const maxMarts: Cap = {
  id: 'max-marts',

  refuses({ action, caps, marts }) {
    const addsOne = action.kind === 'create-mart' || action.kind === 'adopt-view';
    return addsOne && marts.length >= caps.maxMarts
      ? {
          because: `there are ${marts.length} marts and ${caps.maxMarts} are allowed; release one or raise caps.maxMarts`,
          evidence: { marts: marts.length, allowed: caps.maxMarts },
        }
      : undefined;
  },
};
