import { GoldsmithError } from '../base/goldsmith-error.ts';
import type { NanoUsd } from '../base/usd.ts';
import type { DialectName } from '../sql/dialect.ts';
import type { PriceEntry } from './price-list.ts';
import { coreHours } from './pricing/core-hours.ts';
import type { Pricing } from './pricing.ts';

const PRICINGS: Partial<Readonly<Record<DialectName, Pricing>>> = {
  duckdb: coreHours,
  postgres: coreHours,
  // An hour of a warehouse that costs one credit an hour.
  snowflake: coreHours,
  // An hour of the billed unit: a TiB, or a slot; the connector tells work in it.
  bigquery: coreHours,
  // Time of all tasks over all cores of the warehouse.
  databricks: coreHours,
};

/** Thread time to money; `cpuMs` may be a fraction. */
export function priceCpuMs(cpuMs: number, price: PriceEntry): NanoUsd {
  return pricingOf(price).work({ cpuMs }, price);
}

/** Bytes kept for some days to money. */
export function priceStorage(
  kept: { readonly bytes: number; readonly days: number },
  price: PriceEntry,
): NanoUsd {
  return pricingOf(price).storage(kept, price);
}

function pricingOf({ warehouse }: PriceEntry): Pricing {
  const pricing = PRICINGS[warehouse];
  if (pricing === undefined) {
    throw new GoldsmithError(
      'PRICING_UNKNOWN',
      `work on ${warehouse} cannot be priced in this version; supported: ${Object.keys(PRICINGS).join(', ')}`,
    );
  }
  return pricing;
}
