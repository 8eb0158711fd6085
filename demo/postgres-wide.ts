import { DAY_MS } from '../src/base/clock.ts';

/** The wide gold table of the PostgreSQL demo: an order with all that is known around it, most of which nobody reads. */

interface Dimension {
  readonly alias: string;
  readonly table: string;
  readonly key: 'customer_id' | 'store_id';
  readonly columns: readonly string[];
}

const DIMENSIONS: readonly Dimension[] = [
  {
    alias: 'cp',
    table: 'silver.customer_profiles',
    key: 'customer_id',
    columns: [
      'age_band',
      'income_band',
      'language',
      'profession',
      'education',
      'home_type',
      'city',
      ...crossed(['churn', 'value', 'credit'], ['score', 'band', 'source']),
    ],
  },
  {
    alias: 'lo',
    table: 'silver.loyalty',
    key: 'customer_id',
    columns: crossed(
      ['points', 'visits', 'spend', 'coupons', 'returns'],
      ['90d', '365d', 'lifetime'],
    ),
  },
  {
    alias: 'sp',
    table: 'silver.store_profiles',
    key: 'store_id',
    columns: crossed(
      ['area', 'tills', 'staff', 'rent', 'energy'],
      ['store_now', 'store_plan', 'store_last_year', 'store_target'],
    ),
  },
  {
    alias: 'ma',
    table: 'silver.managers',
    key: 'store_id',
    columns: crossed(['manager', 'deputy', 'trainer'], ['name', 'mail', 'phone', 'since']),
  },
];

const OWN: readonly string[] = ['order_id', 'customer_id', 'store_id', 'order_date'];

export const WIDE_TABLE = 'gold.order_attributes';

/** What the owner's nightly job ran, handed over with the table. */
export const WIDE_DEFINITION = `select ${[
  ...OWN.map((name) => `o.${name}`),
  ...DIMENSIONS.flatMap(({ alias, columns }) => columns.map((column) => `${alias}.${column}`)),
].join(', ')}
from silver.orders o
${DIMENSIONS.map(({ alias, table, key }) => `left join ${table} ${alias} on ${alias}.${key} = o.${key}`).join('\n')}`;

export const WIDE_ATTRIBUTES =
  OWN.length + DIMENSIONS.reduce((sum, { columns }) => sum + columns.length, 0);

/** Statements that make the tables it joins, and the table as its job left it last night. */
export function wideSql(customers: number): readonly string[] {
  return [
    ...DIMENSIONS.flatMap(({ table, key, columns }) => {
      const rows = key === 'store_id' ? 40 : customers;
      const values = columns.map((column, at) => `${valueOf(at)} as ${column}`);
      return [
        `create table ${table} as select i as ${[key, ...values].join(', ')} from generate_series(1, ${rows}) as t(i)`,
        `alter table ${table} add primary key (${key})`,
      ];
    }),
    `create table ${WIDE_TABLE} as ${WIDE_DEFINITION}`,
    `comment on table ${WIDE_TABLE} is 'An order with all we know around it. Owner: data platform.'`,
  ];
}

/** What dashboards ask of it, day after day. */
export const WIDE_READS: readonly string[] = [
  `select age_band, churn_band, count(*) as orders, max(churn_score) as churn from ${WIDE_TABLE} group by age_band, churn_band`,
  `select city, sum(spend_365d) as spend, count(distinct customer_id) as customers from ${WIDE_TABLE} group by city`,
  `select order_date, manager_name, count(order_id) as orders from ${WIDE_TABLE} group by order_date, manager_name`,
];

/** What somebody asks one day of an attribute that is hidden by then. */
export const HIDDEN_QUESTION = `select deputy_name, count(*) as orders from ${WIDE_TABLE} group by deputy_name`;

/** Days of the server's log that were kept before Goldsmith came. */
const KEPT_DAYS = 120;

/** The log kept from before, as the server wrote it: who asked what of the wide table. One line of JSON a statement. */
export function keptLog(firstDay: string): string {
  const lines = [];
  for (let back = KEPT_DAYS; back >= 1; back -= 1) {
    for (const [at, sql] of WIDE_READS.entries()) {
      const moment = Date.parse(firstDay) - back * DAY_MS + (9 * 60 + at) * 60_000;
      lines.push(
        JSON.stringify({
          timestamp: new Date(moment).toISOString().replace('T', ' ').replace('Z', ' UTC'),
          user: (back + at) % 2 === 0 ? 'metabase_emea' : 'metabase_apac',
          dbname: 'shop',
          session_id: 'kept',
          line_num: lines.length + 1,
          application_name: 'metabase',
          error_severity: 'LOG',
          message: `duration: 10.000 ms  statement: ${sql}`,
        }),
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

function crossed(words: readonly string[], ends: readonly string[]): readonly string[] {
  return words.flatMap((word) => ends.map((end) => `${word}_${end}`));
}

/** Words, whole numbers and amounts by turns, made of the key. */
function valueOf(at: number): string {
  const drawn = `(i::bigint * ${7 + 2 * at} % 1009)`;
  switch (at % 3) {
    case 0:
      return `'a value of ' || ${drawn} % 40`;
    case 1:
      return `${drawn}::integer`;
    default:
      return `(${drawn} / 7.0)::numeric(12,2)`;
  }
}
