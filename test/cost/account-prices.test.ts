import { describe, expect, it } from 'vitest';
import { type AccountPrices, withAccountPrices } from '../../src/cost/account-prices.ts';
import { type PriceList, pricesAt } from '../../src/cost/price-list.ts';

const AT = Date.UTC(2026, 10, 22);
const LISTED: PriceList = ['duckdb', 'snowflake'].map((warehouse) => ({
  warehouse: warehouse as 'duckdb' | 'snowflake',
  from: '2026-01-01',
  usdPerCoreHour: 3,
  usdPerGbMonth: 0.023,
  line: 'cash',
  source: 'a list',
}));
const TOLD: AccountPrices = {
  kind: 'told',
  from: '2026-11-21',
  usdPerCoreHour: 2.2,
  source: 'the contract',
};

describe('prices of a list with what the account tells', () => {
  it.for(['2026-11-21', '2026-01-01', '2019-05-01'])(
    'are the account’s where it tells, since %s, and the list’s where not',
    (from) => {
      const prices = withAccountPrices(LISTED, {
        told: { ...TOLD, from },
        warehouse: 'snowflake',
        at: AT,
      });

      expect(pricesAt(prices, { warehouse: 'snowflake', at: AT })).toEqual({
        warehouse: 'snowflake',
        from: from > '2026-01-01' ? from : '2026-01-01',
        usdPerCoreHour: 2.2,
        usdPerGbMonth: 0.023,
        line: 'cash',
        source: 'the contract',
      });
      expect(pricesAt(prices, { warehouse: 'duckdb', at: AT }).source).toBe('a list');
    },
  );
});
