/** The retail lakehouse of the demo: bronze as delivered, silver cleaned, gold as people query it. Deterministic SQL, no files. */
export interface LakehouseScale {
  /** Order lines at the start. */
  readonly orderLines: number;
  /** Days of history behind the first day. */
  readonly historyDays: number;
  /** First virtual day, `YYYY-MM-DD`. */
  readonly firstDay: string;
}

const CATEGORIES = [
  'Bakery',
  'Beverages',
  'Dairy',
  'Frozen',
  'Garden',
  'Household',
  'Meat',
  'Produce',
  'Snacks',
  'Toys',
];
const REGIONS = ['Central', 'East', 'North', 'South', 'West'];

/** An order in eight brings a new customer; fifty at least. */
export function customersOf(orderLines: number): number {
  return Math.max(50, Math.round(Math.round(orderLines / 3) / 8));
}

/** Statements that create and fill everything up to, not including, the first day. */
export function lakehouseSql({
  orderLines,
  historyDays,
  firstDay,
}: LakehouseScale): readonly string[] {
  const orders = Math.round(orderLines / 3);
  const customers = customersOf(orderLines);
  const products = 1200;
  const stores = 40;
  return [
    'create schema bronze',
    'create schema silver',
    'create schema gold',
    `create table silver.stores (store_id integer primary key, store_name varchar not null, region varchar not null, opened_on date)`,
    `insert into silver.stores select i, 'Store ' || lpad(i::varchar, 3, '0'), ${list(REGIONS)}[1 + i % ${REGIONS.length}], date '2015-01-01' + (i * 37 % 3000)::integer from range(1, ${stores + 1}) t(i)`,
    `create table silver.products (product_id integer primary key, product_name varchar not null, category varchar not null, brand varchar, unit_cost decimal(10,2) not null)`,
    `insert into silver.products select i, 'Product ' || i, ${list(CATEGORIES)}[1 + (hash(i) % ${CATEGORIES.length})::integer], 'Brand ' || (hash(i * 7) % 80)::integer, (1 + hash(i * 13) % 4000 / 100.0)::decimal(10,2) from range(1, ${products + 1}) t(i)`,
    `create table silver.customers (customer_id integer primary key, customer_name varchar not null, segment varchar not null, email varchar, signed_up_on date not null)`,
    `insert into silver.customers select i, 'Customer ' || i, case when i % 50 = 0 then 'Internal' else ['Consumer','Business','Public'][1 + (hash(i * 3) % 3)::integer] end, 'c' || i || '@example.com', date '2020-01-01' + (hash(i * 11) % 1500)::integer from range(1, ${customers + 1}) t(i)`,
    `create table bronze.orders_landed (order_id bigint, customer_id integer, store_id integer, ordered_at timestamp, channel varchar, loaded_on date)`,
    `create table bronze.order_lines_landed (order_id bigint, line_no integer, product_id integer, quantity integer, net_amount decimal(12,2), loaded_on date)`,
    `create table silver.orders (order_id bigint primary key, customer_id integer not null, store_id integer not null, ordered_at timestamp not null, order_date date not null, channel varchar not null)`,
    `create table silver.order_lines (order_id bigint not null, line_no integer not null, product_id integer not null, quantity integer not null, net_amount decimal(12,2) not null)`,
    ordersSql({
      from: 1,
      count: orders,
      firstDay,
      spreadDays: historyDays,
      shiftDays: -historyDays,
      customers,
      stores,
    }),
    `insert into silver.orders select order_id, customer_id, store_id, ordered_at, ordered_at::date, channel from bronze.orders_landed`,
    linesSql({ from: 1, count: orders, products, day: firstDay }),
    `insert into silver.order_lines select order_id, line_no, product_id, quantity, net_amount from bronze.order_lines_landed`,
    `create view gold.daily_sales as
     select o.order_date, s.region, p.category, sum(l.net_amount) as revenue, sum(l.quantity) as units, count(*) as line_count
     from silver.order_lines l
     join silver.orders o on o.order_id = l.order_id
     join silver.stores s on s.store_id = o.store_id
     join silver.products p on p.product_id = l.product_id
     join silver.customers c on c.customer_id = o.customer_id
     where c.segment <> 'Internal'
     group by o.order_date, s.region, p.category`,
    `create view gold.campaign_sales as
     select o.order_date, o.channel, s.region, c.segment, sum(l.net_amount) as revenue, count(*) as line_count
     from silver.order_lines l
     join silver.orders o on o.order_id = l.order_id
     join silver.stores s on s.store_id = o.store_id
     join silver.customers c on c.customer_id = o.customer_id
     group by o.order_date, o.channel, s.region, c.segment`,
    `create view gold.customer_orders as
     select o.order_id, o.order_date, o.channel, c.customer_name, c.segment, c.signed_up_on
     from silver.orders o
     join silver.customers c on c.customer_id = o.customer_id`,
  ];
}

/** The nightly load of one virtual day: lands, cleans, appends. Two statements a table, as a pipeline would send them. */
export function loadSql(
  day: string,
  parts: {
    readonly firstOrderId: number;
    readonly orders: number;
    readonly days: number;
    readonly customers: number;
  },
): readonly { readonly model: string; readonly sql: string }[] {
  const { firstOrderId, orders, days, customers } = parts;
  return [
    {
      model: 'landing.orders',
      sql: ordersSql({
        from: firstOrderId,
        count: orders,
        firstDay: day,
        spreadDays: days,
        shiftDays: -days,
        customers,
        stores: 40,
        loadedOn: day,
      }),
    },
    {
      model: 'landing.order_lines',
      sql: linesSql({ from: firstOrderId, count: orders, products: 1200, day }),
    },
    {
      model: 'silver.orders',
      sql: `insert into silver.orders select order_id, customer_id, store_id, ordered_at, ordered_at::date, channel from bronze.orders_landed where loaded_on = date '${day}'`,
    },
    {
      model: 'silver.order_lines',
      sql: `insert into silver.order_lines select order_id, line_no, product_id, quantity, net_amount from bronze.order_lines_landed where loaded_on = date '${day}'`,
    },
  ];
}

interface OrdersPart {
  readonly from: number;
  readonly count: number;
  readonly firstDay: string;
  readonly spreadDays: number;
  readonly shiftDays: number;
  readonly customers: number;
  readonly stores: number;
  readonly loadedOn?: string;
}

function ordersSql({
  from,
  count,
  firstDay,
  spreadDays,
  shiftDays,
  customers,
  stores,
  loadedOn,
}: OrdersPart): string {
  return `insert into bronze.orders_landed
    select i, 1 + (hash(i * 5) % ${customers})::integer, 1 + (hash(i * 17) % ${stores})::integer,
      timestamp '${firstDay}' + to_days((${shiftDays} + (i - ${from}) * ${spreadDays} // ${count})::integer) + to_seconds((hash(i * 23) % 54000 + 25200)::integer),
      ['web','store','app'][1 + (hash(i * 29) % 3)::integer], date '${loadedOn ?? firstDay}'
    from range(${from}, ${from + count}) t(i)`;
}

function linesSql({
  from,
  count,
  products,
  day,
}: {
  readonly from: number;
  readonly count: number;
  readonly products: number;
  readonly day: string;
}): string {
  return `insert into bronze.order_lines_landed
    select i // 3, 1 + (i % 3)::integer, 1 + (hash(i * 31) % ${products})::integer, 1 + (hash(i * 37) % 5)::integer,
      (1 + hash(i * 41) % 20000 / 100.0)::decimal(12,2), date '${day}'
    from range(${from * 3}, ${(from + count) * 3}) t(i)`;
}

function list(words: readonly string[]): string {
  return `[${words.map((word) => `'${word}'`).join(', ')}]`;
}
