import type { BuildCheck } from '../check.ts';

/** Numbered again on the same snapshot, each pack comes out the same: positions mean what they meant. */
export const packsHold: BuildCheck = {
  id: 'packs-hold',

  async check({ action, packsHold: firstThatFails }) {
    const failed = await firstThatFails();
    return failed === undefined
      ? { kind: 'pass', evidence: { packs: action.slim?.packs.length ?? 0 } }
      : {
          kind: 'fail',
          because: `${failed} does not come out the same twice, so positions in it mean nothing`,
          evidence: {},
        };
  },
};
