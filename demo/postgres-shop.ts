import { WIDE_DEFINITION, WIDE_TABLE, wideSql } from './postgres-wide.ts';

/** The demo's retail warehouse as PostgreSQL has it: silver tables with keys, a gold view, and a gold table somebody's job builds. */
export const CUSTOMER_VALUE = `select c.customer_id, c.segment, count(distinct o.order_id) as orders, sum(l.net_amount) as revenue
from silver.order_lines l
join silver.orders o on o.order_id = l.order_id
join silver.customers c on c.customer_id = o.customer_id
group by c.customer_id, c.segment`;

const dailySales = (
  quantity: string,
) => `select o.order_date, s.region, p.category, sum(l.net_amount) as revenue, sum(l.${quantity}) as units, count(*) as line_count
from silver.order_lines l
join silver.orders o on o.order_id = l.order_id
join silver.stores s on s.store_id = o.store_id
join silver.products p on p.product_id = l.product_id
join silver.customers c on c.customer_id = o.customer_id
where c.segment <> 'Internal'
group by o.order_date, s.region, p.category`;

/** A view for a campaign of a few days. */
export const CAMPAIGN = 'gold.campaign_sales';

const CAMPAIGN_SALES = `select o.order_date, o.channel, s.region, c.segment, sum(l.net_amount) as revenue, count(*) as line_count
from silver.order_lines l
join silver.orders o on o.order_id = l.order_id
join silver.stores s on s.store_id = o.store_id
join silver.customers c on c.customer_id = o.customer_id
group by o.order_date, o.channel, s.region, c.segment`;

/** Names people read, whatever stands behind them, and what each must give in total: rows, and a sum over them. */
export const STABLE_NAMES: readonly { readonly relation: string; readonly total: string }[] = [
  {
    relation: 'gold.daily_sales',
    total: "select count(*) || '/' || sum(line_count) || '/' || sum(revenue) as total from",
  },
  {
    relation: 'gold.customer_value',
    total: "select count(*) || '/' || sum(orders) || '/' || sum(revenue) as total from",
  },
  {
    relation: CAMPAIGN,
    total: "select count(*) || '/' || sum(line_count) || '/' || sum(revenue) as total from",
  },
  {
    relation: WIDE_TABLE,
    total: "select count(*) || '/' || sum(churn_score) || '/' || sum(spend_365d) as total from",
  },
];

/** What those names are defined as, to compare them with, by what a line's quantity is called. */
export function definitionsOf(quantity = 'quantity'): Readonly<Record<string, string>> {
  return {
    'gold.daily_sales': dailySales(quantity),
    'gold.customer_value': CUSTOMER_VALUE,
    [CAMPAIGN]: CAMPAIGN_SALES,
    [WIDE_TABLE]: WIDE_DEFINITION,
  };
}

/** Everything up to, not including, the first day; sent as the people who own it. */
export function shopSql(orderLines: number, firstDay: string): readonly string[] {
  const orders = Math.round(orderLines / 3);
  const customers = Math.max(50, Math.round(orders / 40));
  return [
    'create schema silver',
    'create schema gold',
    'create table silver.stores (store_id integer primary key, store_name text not null, region text not null)',
    "insert into silver.stores select i, 'Store ' || i, (array['Central','East','North','South','West'])[1 + i % 5] from generate_series(1, 40) as t(i)",
    'create table silver.products (product_id integer primary key, product_name text not null, category text not null)',
    "insert into silver.products select i, 'Product ' || i, (array['Bakery','Dairy','Frozen','Garden','Meat','Produce','Snacks','Toys'])[1 + i * 7 % 8] from generate_series(1, 1200) as t(i)",
    'create table silver.customers (customer_id integer primary key, customer_name text not null, segment text not null)',
    `insert into silver.customers select i, 'Customer ' || i, case when i % 50 = 0 then 'Internal' else (array['Consumer','Business','Public'])[1 + i % 3] end from generate_series(1, ${customers}) as t(i)`,
    'create table silver.orders (order_id bigint primary key, customer_id integer not null references silver.customers, store_id integer not null references silver.stores, order_date date not null, channel text not null)',
    'create table silver.order_lines (order_id bigint not null references silver.orders, line_no integer not null, product_id integer not null references silver.products, quantity integer not null, net_amount numeric(12,2) not null)',
    ...loadSql({ from: 1, orders, customers, lastDay: firstDay, days: 120 }),
    `create view gold.daily_sales as ${dailySales('quantity')}`,
    `create view ${CAMPAIGN} as ${CAMPAIGN_SALES}`,
    "comment on view gold.daily_sales is 'Sales a day. Owner: finance.'",
    `create table gold.customer_value as ${CUSTOMER_VALUE}`,
    "comment on table gold.customer_value is 'What a customer has brought. Owner: marketing.'",
    ...wideSql(customers),
    'create view gold.segment_value as select segment, sum(revenue) as revenue from gold.customer_value group by segment',
  ];
}

/** New orders and their lines over the days before one, for one transaction: readers see all of them or none. */
export function loadSql(of: {
  readonly from: number;
  readonly orders: number;
  readonly customers: number;
  readonly lastDay: string;
  readonly days: number;
}): readonly string[] {
  const { from, orders, customers, lastDay, days } = of;
  const until = from + orders - 1;
  return [
    `insert into silver.orders select i, 1 + i * 13 % ${customers}, 1 + i * 17 % 40, date '${lastDay}' - (1 + i % ${days})::integer, (array['app','store','web'])[1 + i % 3] from generate_series(${from}, ${until}) as t(i)`,
    `insert into silver.order_lines select i, n, 1 + (i * 31 + n * 7) % 1200, 1 + (i + n) % 5, (1 + (i * 41 + n * 97) % 20000 / 100.0)::numeric(12,2) from generate_series(${from}, ${until}) as t(i), generate_series(1, 3) as u(n)`,
  ];
}
