import type { EpochMs } from '../base/clock.ts';
import type { DialectName } from '../sql/dialect.ts';
import { type PriceList, pricesAt } from './price-list.ts';

/** What the account itself says work costs. What it does not tell stays as the list says. */
export interface AccountPrices {
  readonly kind: 'told';
  /** First day it holds, `YYYY-MM-DD`. */
  readonly from: string;
  /** Dollars for one core for one hour, in the unit in which the connector tells work. */
  readonly usdPerCoreHour?: number;
  /** Dollars for 1,000,000,000 bytes kept for 30 days. */
  readonly usdPerGbMonth?: number;
  /** Where it stands, for people who check it. */
  readonly source: string;
}

/** Why an account that could tell does not, and what would let it. */
export interface NoAccountPrices {
  readonly kind: 'untold';
  readonly because: string;
  /** Statements an administrator can run as they stand. */
  readonly remedy: readonly string[];
}

/** The list with what the account tells, which holds from today on. Which line it stands on only a person knows. */
export function withAccountPrices(
  list: PriceList,
  {
    told,
    warehouse,
    at,
  }: { readonly told: AccountPrices; readonly warehouse: DialectName; readonly at: EpochMs },
): PriceList {
  const listed = pricesAt(list, { warehouse, at });
  const { kind: _told, from: since, source, ...prices } = told;
  const from = since > listed.from ? since : listed.from;
  const rest = list.filter((price) => price.warehouse !== warehouse || price.from !== from);
  return [...rest, { ...listed, ...prices, from, source }];
}
