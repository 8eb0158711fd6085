import type { Cap } from '../cap.ts';

/** What stands already, hidden versions included, plus what the build may take at most. */
export const maxStorage: Cap = {
  id: 'max-storage',

  refuses({ action, caps, marts }) {
    if (action.kind !== 'build-version' && action.kind !== 'fill-version') {
      return undefined;
    }
    const taken = marts
      .flatMap(({ current, hidden }) => [current, ...hidden.map(({ version }) => version)])
      .reduce((sum, version) => sum + (version?.bytes ?? 0), 0);
    const wanted = action.budget.bytes;
    return taken + wanted > caps.maxStorageBytes
      ? {
          because: `marts take ${taken} bytes, this build may take ${wanted} more, and ${caps.maxStorageBytes} are allowed; raise caps.maxStorageBytes`,
          evidence: { taken, wanted, allowed: caps.maxStorageBytes },
        }
      : undefined;
  },
};
