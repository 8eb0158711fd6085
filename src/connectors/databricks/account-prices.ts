import type { AccountPrices, NoAccountPrices } from '../../cost/account-prices.ts';
import { cellText } from '../cell-text.ts';
import type { QueryResult } from '../connector.ts';
import { ConnectorError } from '../connector-error.ts';
import { databricksNames } from './names.ts';

/** A warehouse bills so many DBU for an hour of so many worker cores; larger sizes have more of both (Small). */
const DBU_AN_HOUR = 12;
const WORKER_CORES = 32;

/**
 * What a DBU of this SQL warehouse costs by the account's price list: of the kind it was billed as most in the last month. List
 * prices know no discount of a contract.
 */
export async function readDatabricksPrices({
  user,
  httpPath,
  ask,
}: {
  readonly user: string;
  /** `/sql/1.0/warehouses/<id>`. */
  readonly httpPath: string;
  readonly ask: (sql: string) => Promise<QueryResult>;
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
      source: `$${Number(price)} a DBU of ${sku} by system.billing.list_prices, a Small warehouse of ${DBU_AN_HOUR} DBU with ${WORKER_CORES} worker cores in full use`,
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

const HIDDEN = new Set(['CONNECTOR_RELATION_MISSING', 'CONNECTOR_PERMISSION_DENIED']);

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
