import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAY_MS, dayOf } from '../../src/base/clock.ts';

export const FIRST_DAY = Date.UTC(2026, 0, 5);

export interface Ask {
  readonly text: string;
  readonly client: string;
  readonly users: readonly string[];
  /** Runs on the given day of the history, counted from 0. */
  readonly runsOn: (day: number) => number;
  readonly cpuMs: number;
  readonly rowsScanned?: number;
  readonly rowsReturned?: number;
}

/** One row a run, in the order they ended. */
export function rowsOf(asks: readonly Ask[], days: number): readonly Record<string, unknown>[] {
  const rows: Record<string, unknown>[] = [];
  for (let day = 0; day < days; day += 1) {
    for (const [kind, ask] of asks.entries()) {
      for (let run = 0; run < ask.runsOn(day); run += 1) {
        const endedAt = FIRST_DAY + day * DAY_MS + 8 * 3_600_000 + kind * 60_000 + run * 1000;
        rows.push({
          id: `${day}-${kind}-${run}`,
          text: ask.text.replaceAll(':day', dayOf(endedAt - 7 * DAY_MS)),
          endedAt: new Date(endedAt).toISOString(),
          status: 'success',
          user: ask.users[run % ask.users.length],
          client: ask.client,
          durationMs: ask.cpuMs / 2,
          cpuMs: ask.cpuMs,
          ...(ask.rowsScanned === undefined ? {} : { rowsScanned: ask.rowsScanned }),
          ...(ask.rowsReturned === undefined ? {} : { rowsReturned: ask.rowsReturned }),
        });
      }
    }
  }
  return rows;
}

/** A history's file, in a folder of its own that goes with it. */
export function historyFile(
  rows: readonly Record<string, unknown>[],
): Disposable & { readonly path: string; readonly folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'goldsmith-replayed-'));
  const path = join(folder, 'history.jsonl');
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return { folder, path, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}

export const DDL = `
create table silver.customers (customer_id integer primary key, segment varchar not null, email varchar);
create table silver.products (product_id integer primary key, category varchar not null);
create table silver.sales (sale_id bigint primary key, customer_id integer not null references silver.customers (customer_id),
  product_id integer not null references silver.products (product_id), sold_on date not null, amount decimal(12,2) not null);
create view gold.daily_sales as
  select s.sold_on, p.category, sum(s.amount) as revenue, count(*) as sales
  from silver.sales s join silver.products p on p.product_id = s.product_id
  group by s.sold_on, p.category;
`;

const EVERY_DAY = (runs: number) => () => runs;

/** Dashboards over a view, an application and a notebook over base tables, a project that ends, and a pipeline. */
export const SHOP: readonly Ask[] = [
  {
    text: "select category, sum(revenue) from gold.daily_sales where sold_on >= date ':day' group by category",
    client: 'metabase',
    users: ['ann', 'ben', 'cat'],
    runsOn: EVERY_DAY(12),
    cpuMs: 900,
    rowsScanned: 4_000_000,
    rowsReturned: 20,
  },
  {
    text: 'select c.segment, p.category, sum(s.amount) as total from silver.sales s join silver.customers c on c.customer_id = s.customer_id join silver.products p on p.product_id = s.product_id group by c.segment, p.category',
    client: 'app',
    users: ['dora', 'emil'],
    runsOn: (day) => (day < 30 ? 15 : 0),
    cpuMs: 2500,
    rowsScanned: 4_100_000,
    rowsReturned: 60,
  },
  {
    text: 'select c.segment, count(*) from silver.sales s join silver.customers c on c.customer_id = s.customer_id group by c.segment',
    client: 'notebook',
    users: ['finn'],
    runsOn: (day) => (day % 3 === 0 ? 2 : 0),
    cpuMs: 1200,
    rowsScanned: 4_050_000,
    rowsReturned: 3,
  },
  {
    text: "select * from silver.customers where email = 'x@example.com'",
    client: 'app',
    users: ['dora'],
    runsOn: EVERY_DAY(3),
    cpuMs: 4,
    rowsScanned: 50_000,
    rowsReturned: 1,
  },
  {
    text: "insert into silver.sales select 1, 1, 1, date ':day', 1.0",
    client: 'dbt',
    users: ['loader'],
    runsOn: EVERY_DAY(1),
    cpuMs: 50,
  },
];
