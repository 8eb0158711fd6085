import { HIDDEN_QUESTION, QUARTERLY_REPORT, WIDE_READS } from './wide.ts';

/** Who asks what on a virtual day. Deterministic: the same day always asks the same. */
export interface Ask {
  /** Seconds after midnight, UTC. */
  readonly second: number;
  readonly user: string;
  readonly client: string;
  /** Whether this client asks `route` before it sends a statement. */
  readonly asksRoute: boolean;
  readonly sql: string;
  /** A comment the client's tool puts in front; part of the text it sends. */
  readonly comment: string;
}

const LINES_TO_STORES = `from silver.order_lines l
join silver.orders o on o.order_id = l.order_id
join silver.stores s on s.store_id = o.store_id
join silver.products p on p.product_id = l.product_id
join silver.customers c on c.customer_id = o.customer_id`;

/** The questions analysts and the agent keep asking in their own words: one join, many groupings. */
const AD_HOC: readonly ((draw: Draw) => string)[] = [
  () =>
    `select s.region, p.category, sum(l.net_amount) as revenue\n${LINES_TO_STORES}\ngroup by s.region, p.category\norder by revenue desc`,
  () =>
    `select date_trunc('month', o.order_date) as month, c.segment, sum(l.net_amount) as revenue, count(*) as lines\n${LINES_TO_STORES}\ngroup by 1, 2\norder by 1, 2`,
  (draw) =>
    `select p.category, sum(l.quantity) as units\n${LINES_TO_STORES}\nwhere c.segment = '${pick(['Consumer', 'Business', 'Public'], draw)}'\ngroup by p.category`,
  () =>
    `select s.region, avg(l.net_amount) as average_line, max(l.net_amount) as largest_line\n${LINES_TO_STORES}\ngroup by s.region`,
  (draw) =>
    `select s.region, date_trunc('month', o.order_date) as month, count(*) as lines\n${LINES_TO_STORES}\nwhere p.category in ('${pick(['Dairy', 'Snacks'], draw)}', '${pick(['Toys', 'Meat'], draw)}')\ngroup by 1, 2`,
  (draw) =>
    `select s.region, c.segment, sum(l.net_amount) as revenue\n${LINES_TO_STORES}\nwhere p.category <> '${pick(['Garden', 'Household', 'Toys'], draw)}'\ngroup by s.region, c.segment`,
  () =>
    `select c.segment, sum(l.net_amount) as revenue, sum(l.quantity) as units\n${LINES_TO_STORES}\ngroup by c.segment\nhaving sum(l.net_amount) > 1000`,
];

/** A campaign's dashboard, looked at for its eight days and then never again. */
const CAMPAIGN_DAYS = 8;
const CAMPAIGN_TILES: readonly string[] = [
  'select channel, sum(revenue) as revenue from gold.campaign_sales group by channel',
  'select region, segment, sum(revenue) as revenue, sum(line_count) as lines from gold.campaign_sales group by region, segment',
];

/** Days of the story on which the quarterly report runs, and on which somebody asks for what is hidden. */
export const QUARTERLY_DAY = 16;
export const HIDDEN_DAY = 19;

const TILES: readonly ((day: string) => string)[] = [
  (day) =>
    `select order_date, sum(revenue) as revenue from gold.daily_sales where order_date >= date '${shiftDay(day, -90)}' group by order_date order by order_date`,
  () =>
    `select region, sum(revenue) as revenue, sum(units) as units from gold.daily_sales group by region`,
  () =>
    `select category, sum(revenue) as revenue, sum(line_count) as lines from gold.daily_sales group by category order by revenue desc limit 100`,
  () =>
    `select region, category, revenue from gold.daily_sales where order_date = (select max(order_date) from gold.daily_sales)`,
];

/** What the two dashboards of sales ask on a day. */
export function dashboardSql(day: string): readonly string[] {
  return TILES.map((sqlOf) => sqlOf(day));
}

/** Questions an analyst asks on a day at work, and the agent every morning. */
const QUESTIONS_A_DAY = 2;
const BRIEFS_A_DAY = 3;

type Draw = (of: number) => number;

interface Day {
  readonly day: string;
  readonly index: number;
  readonly isWeekend: boolean;
  readonly draw: Draw;
}

/** All statements people and tools send on one day, in order of time. */
export function asksOf(day: string, index: number): readonly Ask[] {
  const of: Day = { day, index, isWeekend: index % 7 >= 5, draw: drawsOf(index) };
  return [
    ...salesDashboard(of),
    ...campaignDashboard(of),
    ...ordersDashboard(of),
    ...analysts(of),
    ...agent(of),
    ...others(of),
  ].toSorted((a, b) => a.second - b.second);
}

function salesDashboard({ day, isWeekend, draw }: Day): readonly Ask[] {
  return times(isWeekend ? 2 : 5).flatMap((view) =>
    TILES.map((sqlOf, tile) => ({
      ...onMetabase({ userId: 3 + (view % 2), tile: `sales-overview-${tile}` }, draw),
      second: 8 * 3600 + view * 4800 + tile * 2 + draw(600),
      sql: sqlOf(day),
    })),
  );
}

function campaignDashboard({ index, draw }: Day): readonly Ask[] {
  return times(index < CAMPAIGN_DAYS ? 8 : 0).flatMap((view) =>
    CAMPAIGN_TILES.map((sql, tile) => ({
      ...onMetabase({ userId: 8 + (view % 2), tile: `campaign-${tile}` }, draw),
      second: 8 * 3600 + view * 3600 + 1200 + tile * 2 + draw(600),
      sql,
    })),
  );
}

/** The wide table: its dashboard every day, the quarterly report once, and once what nobody was thought to ask. */
function ordersDashboard({ index, draw }: Day): readonly Ask[] {
  return [
    ...WIDE_READS.map((sql, tile) => ({
      ...onMetabase({ userId: 6, tile: `orders-${tile}` }, draw),
      second: 9 * 3600 + tile * 600 + draw(500),
      sql,
    })),
    ...(index === QUARTERLY_DAY ? [byHand('cfo', QUARTERLY_REPORT)] : []),
    ...(index === HIDDEN_DAY ? [byHand('ben', HIDDEN_QUESTION)] : []),
  ];
}

function analysts({ index, draw }: Day): readonly Ask[] {
  return analystsOf(index).flatMap((user, seat) =>
    times(QUESTIONS_A_DAY).map((turn) => ({
      second: 10 * 3600 + turn * 3 * 3600 + seat * 1200 + draw(900),
      user,
      client: 'notebook',
      asksRoute: true,
      sql: pick(AD_HOC, (of) => (index * 3 + seat + turn * 4) % of)(draw),
      comment: '',
    })),
  );
}

function agent({ index, draw }: Day): readonly Ask[] {
  return times(BRIEFS_A_DAY).map((turn) => ({
    second: 7 * 3600 + turn * 700 + draw(600),
    user: 'sales-agent',
    client: 'agent-runtime',
    asksRoute: true,
    sql: pick(AD_HOC, () => (index + turn) % 2)(draw),
    comment: "/*agent='sales-agent',controller='daily_brief'*/ ",
  }));
}

/** What no road reaches, what reads a view nobody made a table of, and what every tool sends. */
function others({ day, index, isWeekend, draw }: Day): readonly Ask[] {
  return [
    { ...onMetabase(undefined, draw), second: 6 * 3600, user: 'metabase_emea', sql: 'select 1' },
    { ...byHand('ana', 'select * from silver.customers limit 20'), second: 15 * 3600 },
    ...(isWeekend
      ? []
      : [
          {
            ...onMetabase({ userId: 5, tile: 'customers-1' }, draw),
            second: 9 * 3600 + draw(900),
            user: 'metabase_emea',
            sql: `select segment, count(*) as orders from gold.customer_orders where order_date >= date '${shiftDay(day, -30)}' group by segment`,
          },
        ]),
    ...(index % 7 === 1
      ? [
          {
            second: 16 * 3600 + draw(900),
            user: 'finance_excel',
            client: 'excel-odbc',
            asksRoute: false,
            sql: pick(AD_HOC, () => index % 4)(draw),
            comment: '',
          },
        ]
      : []),
  ];
}

function onMetabase(
  seen: { readonly userId: number; readonly tile: string } | undefined,
  draw: Draw,
): Omit<Ask, 'second' | 'sql'> {
  return {
    user: pick(['metabase_emea', 'metabase_apac'], draw),
    client: 'metabase',
    asksRoute: false,
    comment:
      seen === undefined
        ? ''
        : `-- Metabase:: userID: ${seen.userId} queryType: native queryHash: ${seen.tile}\n`,
  };
}

function byHand(user: string, sql: string): Ask {
  return { second: 14 * 3600, user, client: 'notebook', asksRoute: false, sql, comment: '' };
}

/** The pipeline's tests after a load, as dbt sends them. */
export function pipelineTests(): readonly { readonly node: string; readonly sql: string }[] {
  return [
    {
      node: 'test.retail.unique_orders_order_id',
      sql: 'select order_id, count(*) as n_records from silver.orders where order_id is not null group by order_id having count(*) > 1',
    },
    {
      node: 'test.retail.relationships_order_lines_product_id',
      sql: 'select l.product_id from silver.order_lines l left join silver.products p on p.product_id = l.product_id where l.product_id is not null and p.product_id is null',
    },
  ];
}

/** Seven analysts on weekdays, one of them at the weekend: 74 statements a week, beside the agent's 21. */
function analystsOf(dayIndex: number): readonly string[] {
  return dayIndex % 7 >= 5 ? ['ana'] : ['ana', 'ben', 'chi', 'dev', 'eli', 'fay', 'gus'];
}

export function shiftDay(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}

function times(count: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => at);
}

function pick<Item>(items: readonly Item[], draw: Draw): Item {
  const item = items[draw(items.length)];
  if (item === undefined) {
    throw new RangeError('nothing to pick from');
  }
  return item;
}

/** A small deterministic generator (mulberry32), seeded by the day. */
function drawsOf(seed: number): Draw {
  let state = (seed + 1) * 0x9e3779b1;
  return (of) => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) % of;
  };
}
