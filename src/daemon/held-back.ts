import type { EpochMs } from '../base/clock.ts';
import type { Config } from '../config/config.ts';
import { isQuiet } from '../decide/days.ts';

/** What may hold a change back whatever a plan says, strongest first. `quiet-hours` holds builds only. */
export type Brake = 'observe' | 'kill-switch' | 'freeze-window' | 'quiet-hours';

export const BRAKES: readonly Brake[] = ['observe', 'kill-switch', 'freeze-window', 'quiet-hours'];

export interface HeldBackParts {
  readonly config: Pick<Config, 'mode' | 'caps'>;
  readonly isKilled: boolean;
  readonly now: EpochMs;
}

/** Everything that holds back at this moment, with a sentence each; empty where builds may be begun. */
export function heldBackBy({
  config,
  isKilled,
  now,
}: HeldBackParts): readonly { readonly by: Brake; readonly because: string }[] {
  const { mode, caps } = config;
  const held: { readonly by: Brake; readonly because: string }[] = [];
  if (mode === 'observe') {
    held.push({ by: 'observe', because: 'mode observe: Goldsmith looks and changes nothing' });
  }
  if (isKilled) {
    held.push({
      by: 'kill-switch',
      because: `the kill switch is on (file ${caps.killSwitchFile ?? ''} exists): nothing is changed until it is removed`,
    });
  }
  const frozen = caps.freezeWindows.find(
    ({ from, until }) => now >= Date.parse(from) && now < Date.parse(until),
  );
  if (frozen !== undefined) {
    held.push({
      by: 'freeze-window',
      because: `a freeze window runs until ${frozen.until}: nothing is changed before`,
    });
  }
  if (isQuiet(now, caps.quietHours)) {
    const { from = '', until = '' } = caps.quietHours ?? {};
    held.push({
      by: 'quiet-hours',
      because: `quiet hours run from ${from} to ${until} UTC: no build or refresh is begun`,
    });
  }
  return held;
}
