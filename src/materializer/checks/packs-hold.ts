import type { BuildCheck } from '../check.ts';

/** Numbered again on the same snapshot, each pack comes out the same: positions mean what they meant. Keys of side tables are unique. */
export const packsHold: BuildCheck = {
  id: 'packs-hold',

  async check({ action, packsHold: firstThatFails }) {
    const failed = await firstThatFails();
    return failed === undefined
      ? {
          kind: 'pass',
          evidence: {
            packs: action.slim?.packs.length ?? 0,
            sides: action.slim?.sides?.length ?? 0,
          },
        }
      : {
          kind: 'fail',
          because: `${failed.table} ${failed.because}`,
          evidence: {},
        };
  },
};
