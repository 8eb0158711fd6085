import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAY_MS, HOUR_MS, handTurnedClock } from '../../src/base/clock.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import type { CycleResult } from '../../src/daemon/cycle.ts';
import { openLogger } from '../../src/daemon/logger.ts';
import { type Goldsmith, startGoldsmith } from '../../src/daemon/start-goldsmith.ts';
import type { PostgresCluster } from '../servers/postgres-cluster.ts';
import { ownDatabase } from '../servers/postgres-identities.ts';
import { FIRST_DAY, type HistoryPart, LOOSE } from './small-world.ts';

export const DAILY =
  'select s.region, o.order_date, sum(l.net_amount) as revenue, sum(l.quantity) as units, count(*) as lines from silver.order_lines l join silver.orders o on o.order_id = l.order_id join silver.stores s on s.store_id = o.store_id group by s.region, o.order_date';

/** Somebody's shop on PostgreSQL: three silver tables and a gold view that dashboards read. */
const SHOP = [
  'create schema silver',
  'create schema gold',
  'create table silver.stores (store_id integer primary key, store_name text not null, region varchar(20) not null)',
  "insert into silver.stores select i, 'Store ' || i, 'R' || i % 5 from generate_series(1, 40) as t(i)",
  'create table silver.orders (order_id bigint primary key, store_id integer not null references silver.stores, order_date date not null)',
  "insert into silver.orders select i, 1 + i % 40, date '2026-07-01' + (i % 30)::integer from generate_series(1, 4000) as t(i)",
  'create table silver.order_lines (order_id bigint not null references silver.orders, line_no integer not null, quantity integer not null, net_amount numeric(12,2) not null)',
  'insert into silver.order_lines select 1 + i % 4000, i % 3, i % 7, i % 900 / 7.0 from generate_series(1, 30000) as t(i)',
  `create view gold.daily_sales as ${DAILY}`,
  "comment on view gold.daily_sales is 'Revenue a day. Owner: finance.'",
  'create view gold.total_sales as select sum(revenue) as revenue from gold.daily_sales',
];

/** A Goldsmith beside a PostgreSQL server, with a clock turned by hand and a history the test writes. */
export class PostgresWorld {
  readonly clock = handTurnedClock(FIRST_DAY);
  readonly logLines: string[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), 'goldsmith-pg-world-'));
  readonly #cluster: PostgresCluster;
  readonly #database: string;
  #goldsmith: Goldsmith | undefined;
  #statements = 0;

  private constructor(cluster: PostgresCluster, database: string) {
    this.#cluster = cluster;
    this.#database = database;
    writeFileSync(this.#history, '');
  }

  static async open(cluster: PostgresCluster): Promise<PostgresWorld> {
    const shop = await ownDatabase(cluster);
    for (const sql of SHOP) {
      await shop.people(sql);
    }
    await shop.close();
    await cluster.sql('analyze', shop.database);
    return new PostgresWorld(cluster, shop.database);
  }

  get #history(): string {
    return join(this.#folder, 'history.jsonl');
  }

  get statePath(): string {
    return join(this.#folder, 'state.sqlite');
  }

  get goldsmith(): Goldsmith {
    if (this.#goldsmith === undefined) {
      throw new Error('start the world first');
    }
    return this.#goldsmith;
  }

  /** With these sections laid over `LOOSE`. */
  async start(over: Readonly<Record<string, unknown>> = {}): Promise<Goldsmith> {
    const { host, port } = this.#cluster;
    const settings = {
      ...LOOSE,
      warehouse: {
        kind: 'postgres',
        postgres: {
          host,
          port,
          database: this.#database,
          reader: { user: 'reader', password: 'reads' },
          writer: { user: 'writer', password: 'writes' },
          tls: { mode: 'off' },
        },
      },
      history: { source: 'export', path: this.#history },
      state: { path: this.statePath },
      ...over,
    };
    this.#goldsmith = await startGoldsmith({
      config: parseConfig({ file: 'test.yaml', text: JSON.stringify(settings), env: {} }),
      clock: this.clock,
      log: openLogger('debug', { write: (line) => void this.logLines.push(line) }),
    });
    return this.#goldsmith;
  }

  /** As whoever owns what is there. */
  people(sql: string): Promise<readonly Record<string, unknown>[]> {
    return this.#cluster.sql(`set role people; ${sql}`, this.#database);
  }

  /** A result as a multiset: its rows as text, sorted. */
  async rows(sql: string): Promise<readonly string[]> {
    return (await this.people(sql)).map((row) => JSON.stringify(row)).toSorted();
  }

  record({ text, at, user = 'ana', client = 'metabase', cpuMs = 60 }: HistoryPart): void {
    this.#statements += 1;
    const row = {
      id: `q${this.#statements}`,
      text,
      startedAt: new Date(at).toISOString(),
      endedAt: new Date(at + 100).toISOString(),
      status: 'success',
      user,
      client,
      durationMs: cpuMs,
      cpuMs,
    };
    appendFileSync(this.#history, `${JSON.stringify(row)}\n`);
  }

  /** The cycle in the night before this day, three o'clock. */
  cycle(day: number): Promise<CycleResult> {
    this.clock.turnTo(FIRST_DAY + day * DAY_MS + 3 * HOUR_MS);
    return this.goldsmith.cycle();
  }

  async close(): Promise<void> {
    await this.#goldsmith?.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
