import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { GoldsmithError } from '../base/goldsmith-error.ts';
import { type PriceList, priceListSchema } from '../cost/price-list.ts';

/** The list that ships with Goldsmith; the same path from the sources and from the built files. */
const SHIPPED = fileURLToPath(new URL('../../config/prices.yaml', import.meta.url));

/** Reads a price list; `CONFIG_PRICES` says what is wrong with it. */
export function loadPrices(file: string = SHIPPED): PriceList {
  let content: unknown;
  try {
    content = parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new GoldsmithError(
      'CONFIG_PRICES',
      `${file}: the price list cannot be read as YAML; copy config/prices.yaml and change the numbers`,
      { cause },
    );
  }
  const parsed = priceListSchema.safeParse(content);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new GoldsmithError(
      'CONFIG_PRICES',
      `${file}: entry ${issue?.path.join('.') ?? '?'}: ${issue?.message ?? 'not a list of prices'}`,
    );
  }
  return parsed.data;
}
