import type { Cap, CapInput, CapRefusal } from './cap.ts';
import { adoptableOnly } from './caps/adoptable-only.ts';
import { buildMoneyPerDay } from './caps/build-money-per-day.ts';
import { buildsPerDay } from './caps/builds-per-day.ts';
import { freezeWindow } from './caps/freeze-window.ts';
import { killSwitch } from './caps/kill-switch.ts';
import { maxMarts } from './caps/max-marts.ts';
import { maxStorage } from './caps/max-storage.ts';
import { quietHours } from './caps/quiet-hours.ts';

/** In this order; the first that refuses is told. */
export const CAPS: readonly Cap[] = [
  killSwitch,
  freezeWindow,
  quietHours,
  adoptableOnly,
  buildsPerDay,
  buildMoneyPerDay,
  maxMarts,
  maxStorage,
];

export function refusedByCaps(
  input: CapInput,
): (CapRefusal & { readonly cap: string }) | undefined {
  for (const cap of CAPS) {
    const refusal = cap.refuses(input);
    if (refusal !== undefined) {
      return { cap: cap.id, ...refusal };
    }
  }
  return undefined;
}
