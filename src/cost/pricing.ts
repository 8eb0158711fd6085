import type { NanoUsd } from '../base/usd.ts';
import type { PriceEntry } from './price-list.ts';

/** How one warehouse turns work and storage into money. */
export interface Pricing {
  readonly work: (work: { readonly cpuMs: number }, price: PriceEntry) => NanoUsd;
  readonly storage: (
    kept: { readonly bytes: number; readonly days: number },
    price: PriceEntry,
  ) => NanoUsd;
}
