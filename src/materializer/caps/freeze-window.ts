import { type Cap, keepsReadersFresh } from '../cap.ts';

export const freezeWindow: Cap = {
  id: 'freeze-window',

  refuses({ action, caps, now }) {
    const window = caps.freezeWindows.find(
      ({ from, until }) => now >= Date.parse(from) && now < Date.parse(until),
    );
    if (window === undefined || keepsReadersFresh(action)) {
      return undefined;
    }
    return {
      because: `a freeze window runs from ${window.from}; changes are allowed again from ${window.until}`,
      evidence: { from: window.from, until: window.until },
    };
  },
};
