import type { AccountPrices, NoAccountPrices } from '../../cost/account-prices.ts';
import { cellText } from '../cell-text.ts';
import type { QueryResult } from '../connector.ts';
import { quoteName } from '../quote.ts';
import { isHidden } from './hidden.ts';
import { idleWords } from './idle-credits.ts';

/** What the contract makes of a credit and of a terabyte, day by day. */
const RATE_SHEET = 'snowflake.organization_usage.rate_sheet_daily';

/** The sheet is up to a day late; an account that is used has rows for each day. */
const NEWEST = `select r.date as since, lower(r.rating_type) as rated, r.currency, r.effective_rate::varchar as rate
from ${RATE_SHEET} as r
where r.account_locator = current_account() and r.date >= dateadd('day', -7, current_timestamp())
  and lower(r.billing_type) = 'consumption' and not r.is_adjustment
  and (lower(r.service_type) = 'warehouse_metering' or lower(r.rating_type) = 'storage')
order by r.date desc, r.effective_rate desc`;

/** Bytes of a terabyte on the bill, in units of 1,000,000,000. */
const GB_OF_TERABYTE = 1024 ** 4 / 1e9;

/** The price of a credit and of storage by the account's own contract. */
export async function readSnowflakePrices({
  role,
  ask,
}: {
  readonly role: string;
  readonly ask: (sql: string) => Promise<QueryResult>;
}): Promise<AccountPrices | NoAccountPrices> {
  const remedy = [
    `grant database role SNOWFLAKE.ORGANIZATION_BILLING_VIEWER to role ${quoteName(role)};`,
  ];
  try {
    const { rows } = await ask(NEWEST);
    const rates = rows.map(([since, rated, currency, rate]) => ({
      since: cellText(since).slice(0, 10),
      rated: cellText(rated),
      currency: cellText(currency),
      rate: Number(rate),
    }));
    const credit = rates.find(({ rated, rate }) => rated === 'compute' && rate > 0);
    if (credit === undefined) {
      const because = `${RATE_SHEET} has no price of a credit for this account, as for contracts made with a reseller`;
      return { kind: 'untold', because, remedy: [] };
    }
    if (credit.currency !== 'USD') {
      const because = `${RATE_SHEET} tells prices in ${credit.currency}, and ours are in USD: write your own list and name it in prices.file`;
      return { kind: 'untold', because, remedy: [] };
    }
    const storage = rates.find(
      ({ rated, currency, rate }) => rated === 'storage' && currency === 'USD' && rate > 0,
    );
    const idle = await idleWords(ask);
    return {
      kind: 'told',
      from: credit.since,
      usdPerCoreHour: credit.rate,
      ...(storage === undefined ? {} : { usdPerGbMonth: storage.rate / GB_OF_TERABYTE }),
      source: `a credit by ${RATE_SHEET} of ${credit.since}, where an hour of work stands for one credit${idle === undefined ? '' : `; ${idle}`}`,
    };
  } catch (error) {
    if (!isHidden(error)) {
      throw error;
    }
    return { kind: 'untold', because: `${role} may not read ${RATE_SHEET}`, remedy };
  }
}
