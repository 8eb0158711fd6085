/** The wide gold table of the demo: an attribute for every question somebody once had, over thirteen tables. */

/** How one of the joined tables is made, and which of its columns the wide table repeats. */
interface Dimension {
  readonly alias: string;
  readonly table: string;
  readonly key: string;
  /** Where its rows are asked for by. */
  readonly on: string;
  /** Rows it has, as SQL with a column `i`. */
  readonly rowsFrom: (customers: number) => string;
  /** Further columns that are not repeated. */
  readonly links?: readonly string[];
  readonly columns: readonly string[];
}

const WINDOWS = ['90d', '365d', 'lifetime'];
const PLANS = ['now', 'plan', 'last_year', 'target', 'forecast'];

const DIMENSIONS: readonly Dimension[] = [
  {
    alias: 'cp',
    table: 'silver.customer_profiles',
    key: 'customer_id',
    on: 'o.customer_id',
    rowsFrom: byCustomer,
    columns: [
      'age_band',
      'income_band',
      'language',
      'title',
      'profession',
      'education',
      'household_role',
      'home_type',
      'city',
      'county',
      'postcode',
      'country',
      ...crossed(['churn', 'value'], ['score', 'band']),
    ],
  },
  {
    alias: 'lo',
    table: 'silver.loyalty',
    key: 'customer_id',
    on: 'o.customer_id',
    rowsFrom: byCustomer,
    columns: crossed(['points', 'visits', 'spend', 'coupons', 'returns'], WINDOWS),
  },
  {
    alias: 'hh',
    table: 'silver.households',
    key: 'customer_id',
    on: 'o.customer_id',
    rowsFrom: byCustomer,
    columns: crossed(['adults', 'children'], ['count', 'source', 'updated']),
  },
  {
    alias: 'cn',
    table: 'silver.consents',
    key: 'customer_id',
    on: 'o.customer_id',
    rowsFrom: byCustomer,
    columns: crossed(['email', 'sms', 'post', 'phone', 'push', 'partner'], ['consent']),
  },
  {
    alias: 'sp',
    table: 'silver.store_profiles',
    key: 'store_id',
    on: 'o.store_id',
    rowsFrom: () => 'select i::integer as i, 1 + i % 8 as territory_id from range(1, 41) t(i)',
    links: ['territory_id'],
    columns: crossed(
      ['area', 'tills', 'staff', 'parking', 'rent', 'energy', 'lease', 'insurance'],
      PLANS.map((plan) => `store_${plan}`),
    ),
  },
  {
    alias: 'te',
    table: 'silver.territories',
    key: 'territory_id',
    on: 'sp.territory_id',
    rowsFrom: () => 'select i::integer as i from range(1, 9) t(i)',
    columns: crossed(
      ['territory', 'district'],
      ['name', 'code', 'lead', 'office', 'opened', 'area', 'budget'],
    ),
  },
  {
    alias: 'ma',
    table: 'silver.managers',
    key: 'store_id',
    on: 'o.store_id',
    rowsFrom: () => 'select i::integer as i from range(1, 41) t(i)',
    columns: crossed(
      ['manager', 'deputy', 'assistant', 'trainer'],
      ['name', 'mail', 'phone', 'since', 'grade'],
    ),
  },
  {
    alias: 're',
    table: 'silver.regions',
    key: 'region',
    on: 's.region',
    rowsFrom: () => "select unnest(['Central', 'East', 'North', 'South', 'West']) as i",
    columns: crossed(
      ['population', 'incomes', 'shops', 'market_share', 'growth'],
      PLANS.map((plan) => `region_${plan}`),
    ),
  },
  {
    alias: 'ch',
    table: 'silver.channels',
    key: 'channel',
    on: 'o.channel',
    rowsFrom: () => "select unnest(['web', 'store', 'app']) as i",
    columns: crossed(['channel_cost', 'channel_margin', 'channel_budget', 'channel_target'], PLANS),
  },
  {
    alias: 'ca',
    table: 'silver.calendar',
    key: 'order_date',
    on: 'o.order_date',
    rowsFrom: () =>
      "select i::date as i from range(timestamp '2025-01-01', timestamp '2027-12-31', interval 1 day) t(i)",
    columns: crossed(
      ['fiscal', 'retail', 'media', 'school', 'bank'],
      ['year', 'quarter', 'month', 'week', 'day'],
    ),
  },
];

const OWN: readonly string[] = [
  ...['order_id', 'customer_id', 'store_id', 'ordered_at', 'order_date', 'channel'].map(
    (name) => `o.${name}`,
  ),
  ...['customer_name', 'segment', 'email', 'signed_up_on'].map((name) => `c.${name}`),
  ...['store_name', 'region', 'opened_on'].map((name) => `s.${name}`),
];

export const WIDE_TABLE = 'gold.order_attributes';

/** What the owner's nightly job ran, handed over with the table. */
export const WIDE_DEFINITION = `select ${[
  ...OWN,
  ...DIMENSIONS.flatMap(({ alias, columns }) => columns.map((column) => `${alias}.${column}`)),
].join(',\n  ')}
from silver.orders o
left join silver.customers c on c.customer_id = o.customer_id
left join silver.stores s on s.store_id = o.store_id
${DIMENSIONS.map(({ alias, table, key, on }) => `left join ${table} ${alias} on ${alias}.${key} = ${on}`).join('\n')}
where o.order_date >= date '2026-06-20'`;

/** Statements that make the tables it joins, and the table as its job left it last night. */
export function wideSql(customers: number): readonly string[] {
  return [
    ...DIMENSIONS.map(({ table, key, rowsFrom, links = [], columns }) => {
      const values = columns.map((column, at) => `${valueOf(at)} as ${column}`);
      return `create table ${table} as select i as ${[key, ...links, ...values].join(', ')} from (${rowsFrom(customers)})`;
    }),
    `create table ${WIDE_TABLE} as ${WIDE_DEFINITION}`,
    `comment on table ${WIDE_TABLE} is 'An order with all we know around it. Owner: data platform.'`,
  ];
}

/** The job that built it every night, as the imported history shows it. */
export const WIDE_JOB = `create or replace table ${WIDE_TABLE} as ${WIDE_DEFINITION}`;

/** What dashboards and people ask of it: thirty attributes in all. */
export const WIDE_READS: readonly string[] = [
  'select region, segment, count(*) as orders, count(distinct customer_id) as customers from gold.order_attributes group by region, segment',
  "select channel, order_date, count(order_id) as orders from gold.order_attributes where order_date >= date '2026-07-01' group by channel, order_date",
  'select store_name, manager_name, count(*) as orders from gold.order_attributes group by all',
  'select age_band, income_band, churn_band, max(churn_score) as churn, max(value_score) as value from gold.order_attributes group by all',
  'select city, country, count(*) as orders, sum(spend_365d) as spend, sum(visits_365d) as visits from gold.order_attributes group by all',
  'select fiscal_year, fiscal_quarter, fiscal_month, retail_week, count(*) as orders from gold.order_attributes group by all',
  'select territory_name, district_name, market_share_region_now, count(*) as orders from gold.order_attributes group by all',
  'select email_consent, sms_consent, points_lifetime > 500 as is_loyal, count(*) as orders from gold.order_attributes group by all',
  'select customer_name, store_id, max(ordered_at) as latest from gold.order_attributes group by all order by latest desc, customer_name, store_id limit 50',
];

/** The quarterly report takes three more. */
export const QUARTERLY_REPORT =
  'select channel_budget_plan, channel_target_plan, growth_region_plan, count(*) as orders from gold.order_attributes group by all';

/** What somebody asks one day of an attribute that is long hidden. */
export const HIDDEN_QUESTION =
  'select deputy_name, count(*) as orders from gold.order_attributes group by deputy_name';

function byCustomer(customers: number): string {
  return `select i::integer as i from range(1, ${customers + 1}) t(i)`;
}

function crossed(words: readonly string[], ends: readonly string[]): readonly string[] {
  return words.flatMap((word) => ends.map((end) => `${word}_${end}`));
}

/** Words, whole numbers and amounts by turns, made of the key. */
function valueOf(at: number): string {
  const drawn = `hash(i, ${at})`;
  switch (at % 3) {
    case 0:
      return `'value ' || (${drawn} % 40)::integer`;
    case 1:
      return `(${drawn} % 1000)::integer`;
    default:
      return `(${drawn} % 100000 / 100.0)::decimal(12,2)`;
  }
}
