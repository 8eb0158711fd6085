import { CAMPAIGN } from './postgres-shop.ts';
import { HIDDEN_QUESTION, WIDE_READS } from './postgres-wide.ts';

/** One statement somebody sends on a day; the role is the user, the application the client. */
export interface PostgresAsk {
  readonly user: string;
  readonly client: string;
  readonly asksRoute: boolean;
  readonly sql: string;
}

/** Roles that sign in, beside those of Goldsmith. */
export const PEOPLE = ['metabase_emea', 'metabase_apac', 'ana', 'ben', 'chi', 'sales_agent'];

const JOINED = `from silver.order_lines l
join silver.orders o on o.order_id = l.order_id
join silver.stores s on s.store_id = o.store_id
join silver.products p on p.product_id = l.product_id
join silver.customers c on c.customer_id = o.customer_id`;

const AD_HOC: readonly string[] = [
  `select s.region, p.category, sum(l.net_amount) as revenue\n${JOINED}\ngroup by s.region, p.category`,
  `select p.category, sum(l.quantity) as units\n${JOINED}\nwhere c.segment = 'Business'\ngroup by p.category`,
  `select s.region, c.segment, sum(l.net_amount) as revenue, count(*) as lines\n${JOINED}\ngroup by s.region, c.segment`,
  `select c.segment, sum(l.net_amount) as revenue, sum(l.quantity) as units\n${JOINED}\ngroup by c.segment`,
];

/** What the dashboard of sales asks. */
export const TILES: readonly string[] = [
  'select order_date, sum(revenue) as revenue from gold.daily_sales group by order_date order by order_date',
  'select region, sum(revenue) as revenue, sum(units) as units from gold.daily_sales group by region',
  'select category, sum(revenue) as revenue, sum(line_count) as lines from gold.daily_sales group by category',
];

/** A campaign's dashboard, looked at for its days and then never again. */
const CAMPAIGN_DAYS = 6;
const CAMPAIGN_VIEWS = 16;
const CAMPAIGN_TILES: readonly string[] = [
  `select channel, sum(revenue) as revenue from ${CAMPAIGN} group by channel`,
  `select region, segment, sum(revenue) as revenue, sum(line_count) as lines from ${CAMPAIGN} group by region, segment`,
];

const VALUE_TILES: readonly string[] = [
  'select segment, count(*) as customers, sum(revenue) as revenue from gold.customer_value group by segment',
  'select segment, revenue from gold.segment_value',
];

/** By then the wide table's attributes that nobody reads are hidden. */
export const HIDDEN_ASKED_ON = 5;

/** Deterministic: the same day always asks the same. */
export function asksOnDay(index: number): readonly PostgresAsk[] {
  const dashboards = times(12).flatMap((view) =>
    [...TILES, ...(view < 2 ? [...VALUE_TILES, ...WIDE_READS] : [])].map((sql) => ({
      user: view % 2 === 0 ? 'metabase_emea' : 'metabase_apac',
      client: 'metabase',
      asksRoute: false,
      sql,
    })),
  );
  const campaign = Array.from({ length: index < CAMPAIGN_DAYS ? CAMPAIGN_VIEWS : 0 }, (_, view) =>
    view % 2 === 0 ? 'metabase_emea' : 'metabase_apac',
  ).flatMap((user) =>
    CAMPAIGN_TILES.map((sql) => ({ user, client: 'metabase', asksRoute: false, sql })),
  );
  const analysts = ['ana', 'ben', 'chi'].flatMap((user, seat) =>
    [0, 1, 2].map((turn) => ({
      user,
      client: 'notebook',
      asksRoute: true,
      sql: AD_HOC[(index + seat + turn * 2) % AD_HOC.length] ?? '',
    })),
  );
  const agent = times(16).map((turn) => ({
    user: 'sales_agent',
    client: 'agent-runtime',
    asksRoute: true,
    sql: AD_HOC[turn % AD_HOC.length] ?? '',
  }));
  const once =
    index === HIDDEN_ASKED_ON
      ? [{ user: 'ana', client: 'notebook', asksRoute: false, sql: HIDDEN_QUESTION }]
      : [];
  return [...agent, ...dashboards, ...campaign, ...analysts, ...once];
}

function times(count: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => at);
}
