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
const AD_HOC: readonly ((draw: (of: number) => number) => string)[] = [
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

/** All statements people and tools send on one day, in order of time. `isLoadDay`: the pipeline ran the night before. */
export function asksOf(
  day: string,
  dayIndex: number,
  { isWide = false }: { readonly isWide?: boolean } = {},
): readonly Ask[] {
  const draw = drawsOf(dayIndex);
  const isWeekend = dayIndex % 7 >= 5;
  const asks: Ask[] = [];

  const views = isWeekend ? 2 : 6;
  for (let view = 0; view < views; view += 1) {
    for (const [tile, sqlOf] of TILES.entries()) {
      asks.push({
        second: 8 * 3600 + view * 4800 + tile * 2 + draw(600),
        user: pick(['metabase_emea', 'metabase_apac'], draw),
        client: 'metabase',
        asksRoute: false,
        sql: sqlOf(day),
        comment: `-- Metabase:: userID: ${3 + (view % 2)} queryType: native queryHash: sales-overview-${tile}\n`,
      });
    }
  }
  if (isWide && dayIndex < CAMPAIGN_DAYS) {
    for (let view = 0; view < 8; view += 1) {
      for (const [tile, sql] of CAMPAIGN_TILES.entries()) {
        asks.push({
          second: 8 * 3600 + view * 3600 + 1200 + tile * 2 + draw(600),
          user: pick(['metabase_emea', 'metabase_apac'], draw),
          client: 'metabase',
          asksRoute: false,
          sql,
          comment: `-- Metabase:: userID: ${8 + (view % 2)} queryType: native queryHash: campaign-${tile}\n`,
        });
      }
    }
  }
  for (const [at, sql] of isWide ? WIDE_READS.entries() : []) {
    asks.push({
      second: 9 * 3600 + at * 600 + draw(500),
      user: pick(['metabase_emea', 'metabase_apac'], draw),
      client: 'metabase',
      asksRoute: false,
      sql,
      comment: `-- Metabase:: userID: 6 queryType: native queryHash: orders-${at}\n`,
    });
  }
  if (isWide && dayIndex === QUARTERLY_DAY) {
    asks.push(byHand('cfo', QUARTERLY_REPORT));
  }
  if (isWide && dayIndex === HIDDEN_DAY) {
    asks.push(byHand('ben', HIDDEN_QUESTION));
  }
  if (!isWeekend) {
    asks.push({
      second: 9 * 3600 + draw(900),
      user: 'metabase_emea',
      client: 'metabase',
      asksRoute: false,
      sql: `select segment, count(*) as orders from gold.customer_orders where order_date >= date '${shiftDay(day, -30)}' group by segment`,
      comment: '-- Metabase:: userID: 5 queryType: native queryHash: customers-1\n',
    });
  }

  for (const [index, user] of analystsOf(dayIndex).entries()) {
    const question = AD_HOC[(dayIndex * 3 + index) % AD_HOC.length] ?? AD_HOC[0];
    asks.push({
      second: 10 * 3600 + index * 1800 + draw(1500),
      user,
      client: 'notebook',
      asksRoute: true,
      sql: question?.(draw) ?? '',
      comment: '',
    });
  }
  asks.push({
    second: 7 * 3600 + draw(600),
    user: 'sales-agent',
    client: 'agent-runtime',
    asksRoute: true,
    sql: AD_HOC[dayIndex % 2]?.(draw) ?? '',
    comment: "/*agent='sales-agent',controller='daily_brief'*/ ",
  });
  if (dayIndex % 7 === 1) {
    asks.push({
      second: 16 * 3600 + draw(900),
      user: 'finance_excel',
      client: 'excel-odbc',
      asksRoute: false,
      sql: AD_HOC[dayIndex % 4]?.(draw) ?? '',
      comment: '',
    });
  }
  asks.push({
    second: 6 * 3600,
    user: 'metabase_emea',
    client: 'metabase',
    asksRoute: false,
    sql: 'select 1',
    comment: '',
  });
  asks.push({
    second: 15 * 3600,
    user: 'ana',
    client: 'notebook',
    asksRoute: false,
    sql: 'select * from silver.customers limit 20',
    comment: '',
  });
  return asks.toSorted((a, b) => a.second - b.second);
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

/** Seven analysts on weekdays, one of them at the weekend: 37 statements a week, beside the agent's 7. */
function analystsOf(dayIndex: number): readonly string[] {
  return dayIndex % 7 >= 5 ? ['ana'] : ['ana', 'ben', 'chi', 'dev', 'eli', 'fay', 'gus'];
}

export function shiftDay(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}

function pick<Item>(items: readonly Item[], draw: (of: number) => number): Item {
  const item = items[draw(items.length)];
  if (item === undefined) {
    throw new RangeError('nothing to pick from');
  }
  return item;
}

/** A small deterministic generator (mulberry32), seeded by the day. */
function drawsOf(seed: number): (of: number) => number {
  let state = (seed + 1) * 0x9e3779b1;
  return (of) => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) % of;
  };
}
