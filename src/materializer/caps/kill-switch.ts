import type { Cap } from '../cap.ts';

export const killSwitch: Cap = {
  id: 'kill-switch',

  refuses({ killSwitch: isOn, caps }) {
    if (!isOn) {
      return undefined;
    }
    const file = caps.killSwitchFile;
    return {
      because: `the kill switch is on${file === undefined ? '' : ` (file ${file} exists)`}; take it off to go on`,
      evidence: {},
    };
  },
};
