import { DAY_MS, dayOf, type EpochMs, HOUR_MS } from '../../base/clock.ts';
import type { AccountPrices, NoAccountPrices } from '../../cost/account-prices.ts';
import { cellText } from '../cell-text.ts';
import type { QueryResult } from '../connector.ts';
import { ConnectorError } from '../connector-error.ts';
import { DBU_AN_HOUR, WORKER_CORES } from './dbu.ts';
import { databricksNames } from './names.ts';
import { HIDDEN, readWarehouseUse } from './warehouse-use.ts';

/**
 * What a DBU of this SQL warehouse costs by the account's price list: of the kind it was billed as most in the last month. List
 * prices know no discount of a contract.
 */
export async function readDatabricksPrices({
  user,
  httpPath,
  ask,
  now,
}: {
  readonly user: string;
  /** `/sql/1.0/warehouses/<id>`. */
  readonly httpPath: string;
  readonly ask: (sql: string) => Promise<QueryResult>;
  readonly now: EpochMs;
}): Promise<AccountPrices | NoAccountPrices> {
  const warehouse = httpPath.split('/').at(-1) ?? '';
  try {
    const { rows } = await ask(newestSql(warehouse));
    const [found] = rows;
    if (found === undefined) {
      const because = `system.billing tells no use of the warehouse ${warehouse} in the last 30 days, or no price of it in USD`;
      return { kind: 'untold', because, remedy: [] };
    }
    const [sku, price, since] = found.map(cellText);
    const usdPerCoreHour = (Number(price) * DBU_AN_HOUR) / WORKER_CORES;
    return {
      kind: 'told',
      from: since ?? '',
      usdPerCoreHour: Math.round(usdPerCoreHour * 1e6) / 1e6,
      source: `$${Number(price)} a DBU of ${sku} by system.billing.list_prices, a Small warehouse of ${DBU_AN_HOUR} DBU with ${WORKER_CORES} worker cores in full use${await idleWords(warehouse, { ask, now })}`,
    };
  } catch (error) {
    if (!(error instanceof ConnectorError) || !HIDDEN.has(error.code)) {
      throw error;
    }
    const whom = databricksNames.quote(user);
    return {
      kind: 'untold',
      because: `${user} may not read system.billing`,
      remedy: [
        `grant use catalog on catalog system to ${whom};`,
        `grant use schema, select on schema system.billing to ${whom};`,
      ],
    };
  }
}

/** What of a week's bill was idle, which is on no statement; nothing where the history or the bill of these days is not told. */
async function idleWords(
  warehouse: string,
  { ask, now }: { readonly ask: (sql: string) => Promise<QueryResult>; readonly now: EpochMs },
): Promise<string> {
  const to = Math.floor((now - BILLED_MS) / HOUR_MS) * HOUR_MS;
  const from = to - 7 * DAY_MS;
  try {
    const uses = await readWarehouseUse({ ask, relation: 'system.query.history', from, to });
    const use = uses.find((each) => each.warehouse === warehouse);
    if (use === undefined) {
      return '';
    }
    const { billedDbu, attributedDbu, isUpTold } = use;
    const idle = Math.round((1 - attributedDbu / billedDbu) * 100);
    const how = isUpTold
      ? ''
      : ' (what statements in full use would not cost; system.compute tells when it was up)';
    return `; in the 7 days to ${dayOf(to)} it was billed ${Math.round(billedDbu * 10) / 10} DBU, ${idle} % of them idle${how}`;
  } catch (error) {
    if (error instanceof ConnectorError && HIDDEN.has(error.code)) {
      return '';
    }
    throw error;
  }
}

/** Use is billed within a day of it. */
const BILLED_MS = DAY_MS;

function newestSql(warehouse: string): string {
  return `with used as (
  select u.sku_name, sum(u.usage_quantity) as quantity from system.billing.usage as u
  where u.usage_metadata.warehouse_id = ${databricksNames.text(warehouse)} and u.usage_unit = 'DBU'
    and u.usage_date >= date_sub(current_date(), 30)
  group by u.sku_name
)
select p.sku_name, cast(p.pricing.effective_list.default as string) as price, date_format(p.price_start_time, 'yyyy-MM-dd') as since
from system.billing.list_prices as p join used on used.sku_name = p.sku_name
where p.price_end_time is null and p.usage_unit = 'DBU' and p.currency_code = 'USD'
order by used.quantity desc, p.price_start_time desc
limit 1`;
}
