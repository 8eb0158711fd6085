import { z } from 'zod';
import { dayOf, type EpochMs } from '../base/clock.ts';
import { GoldsmithError } from '../base/goldsmith-error.ts';
import { DIALECT_NAMES, type DialectName } from '../sql/dialect.ts';

const day = z
  .union([z.iso.date(), z.date().transform((date) => dayOf(date.getTime()))])
  .describe('First day the price holds, `YYYY-MM-DD`.');

/** One dated price. */
export const priceEntry = z.strictObject({
  warehouse: z.enum(DIALECT_NAMES).describe('The warehouse this price is for, e.g. `duckdb`.'),
  from: day,
  usdPerCoreHour: z.number().min(0).describe('Dollars for one core for one hour.'),
  usdPerGbMonth: z.number().min(0).describe('Dollars for 1,000,000,000 bytes kept for 30 days.'),
  line: z
    .enum(['cash', 'capacity'])
    .default('capacity')
    .describe('`cash` where less work means a smaller bill, `capacity` where it is paid anyway.'),
  source: z.string().min(1).describe('Where the price comes from, for people who check it.'),
});

/** The whole of `config/prices.yaml`: dated prices, in any order. */
export const priceListSchema = z.array(priceEntry);

export type PriceEntry = z.infer<typeof priceEntry>;
export type PriceList = readonly PriceEntry[];

/**
 * The price that holds at a moment: the newest entry of this warehouse that does not start after its UTC day.
 *
 * @throws {GoldsmithError} `PRICES_MISSING` where none holds: work without a price cannot be judged.
 */
export function pricesAt(
  prices: PriceList,
  { warehouse, at }: { readonly warehouse: DialectName; readonly at: EpochMs },
): PriceEntry {
  const today = dayOf(at);
  const [newest] = prices
    .filter((price) => price.warehouse === warehouse && price.from <= today)
    .toSorted((a, b) => (a.from < b.from ? 1 : -1));
  if (newest === undefined) {
    throw new GoldsmithError(
      'PRICES_MISSING',
      `the price list has no entry for ${warehouse} that holds on ${today}; add one with \`from: ${today}\` or earlier`,
    );
  }
  return newest;
}
