import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../base/clock.ts';

/** The real time. */
export const systemClock: Clock = {
  kind: 'system',
  now: () => Date.now(),
  async sleep(ms, signal) {
    await wait(ms, undefined, signal === undefined ? {} : { signal });
  },
};
