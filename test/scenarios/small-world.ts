import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { lakehouseSql } from '../../demo/lakehouse.ts';
import { type Clock, DAY_MS, HOUR_MS, handTurnedClock } from '../../src/base/clock.ts';
import type { Config } from '../../src/config/config.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import type { CycleResult } from '../../src/daemon/cycle.ts';
import { shortName } from '../../src/daemon/cycle-report.ts';
import { openLogger } from '../../src/daemon/logger.ts';
import { type Goldsmith, startGoldsmith } from '../../src/daemon/start-goldsmith.ts';
import type { RouteAnswer } from '../../src/http/service.ts';

export const FIRST_DAY = Date.parse('2026-08-03');

/** The star every routed question of these worlds asks about. */
export const STAR = `from silver.order_lines l
join silver.orders o on o.order_id = l.order_id
join silver.stores s on s.store_id = o.store_id
join silver.products p on p.product_id = l.product_id`;

export const BY_REGION = `select s.region, sum(l.net_amount) as revenue ${STAR} group by s.region`;
export const BY_CATEGORY = `select p.category, sum(l.quantity) as units ${STAR} group by p.category`;
export const DAILY_SALES =
  'select region, sum(revenue) as revenue from gold.daily_sales group by region';
export const DAILY_UNITS =
  'select category, sum(units) as units from gold.daily_sales group by all';

/** A small world's brakes are loose: a few days of a few statements decide. */
export const LOOSE = {
  mode: 'auto',
  schedule: { cron: '0 3 * * *', period: '24h' },
  marts: {
    maxStaleness: '26h',
    adoptable: [{ view: 'gold.daily_sales', maxStaleness: '26h' }],
  },
  decide: {
    minimumRuns: 5,
    minimumReaders: 2,
    minimumDays: 2,
    minimumGain: 0,
    maxRowsShare: 1,
    minimumLifeDays: 30,
  },
  savings: { holdOutShare: 0, maturedAfterDays: 1, maturedAfterRuns: 1, pairedRunsPerCycle: 1 },
  log: { level: 'debug' },
} as const;

type Settings = Readonly<Record<string, unknown>>;

export interface SmallWorldParts {
  /** Sections laid over `LOOSE`, key by key. */
  readonly settings?: Readonly<Record<string, Settings | string>>;
  readonly orderLines?: number;
  /** Statements run before Goldsmith starts. */
  readonly setup?: readonly string[];
  readonly clock?: Clock & { readonly turnTo?: (at: number) => void };
  /** What a statement on base is said to cost in the history; one on a mart costs 2 ms. */
  readonly baseCpuMs?: number;
}

export interface HistoryPart {
  readonly text: string;
  readonly at: number;
  readonly user?: string;
  readonly client?: string;
  readonly status?: 'success' | 'failed' | 'cancelled';
  readonly cpuMs?: number;
}

/** A tiny lakehouse with a history the test writes, and a Goldsmith that is started when the test says so. */
export class SmallWorld {
  readonly folder: string;
  readonly warehousePath: string;
  readonly historyPath: string;
  readonly statePath: string;
  readonly instance: DuckDBInstance;
  readonly clock = handTurnedClock(FIRST_DAY);
  readonly config: Config;
  /** Everything that was logged, as it would stand in the log file. */
  readonly logLines: string[] = [];
  #goldsmith: Goldsmith | undefined;
  #statements = 0;
  readonly #clock: Clock;
  readonly #baseCpuMs: number;

  private constructor(
    parts: SmallWorldParts,
    opened: { readonly folder: string; readonly instance: DuckDBInstance },
  ) {
    this.folder = opened.folder;
    this.instance = opened.instance;
    this.#clock = parts.clock ?? this.clock;
    this.#baseCpuMs = parts.baseCpuMs ?? 60;
    this.warehousePath = join(this.folder, 'lake.duckdb');
    this.historyPath = join(this.folder, 'history.jsonl');
    this.statePath = join(this.folder, 'state.sqlite');
    writeFileSync(this.historyPath, '');
    this.config = this.configWith(parts.settings ?? {});
  }

  static async open(parts: SmallWorldParts = {}): Promise<SmallWorld> {
    const folder = mkdtempSync(join(tmpdir(), 'goldsmith-world-'));
    const instance = await DuckDBInstance.create(join(folder, 'lake.duckdb'), {
      memory_limit: '500MB',
      threads: '1',
    });
    const world = new SmallWorld(parts, { folder, instance });
    const lakehouse = lakehouseSql({
      orderLines: parts.orderLines ?? 3000,
      historyDays: 30,
      firstDay: '2026-08-03',
    });
    await world.run(...lakehouse, ...(parts.setup ?? []));
    return world;
  }

  /** `LOOSE` with these sections laid over it. */
  configWith(settings: Readonly<Record<string, Settings | string>>): Config {
    const base: Readonly<Record<string, unknown>> = {
      ...LOOSE,
      warehouse: { path: this.warehousePath },
      history: { source: 'export', path: this.historyPath },
      state: { path: this.statePath },
    };
    const merged = Object.fromEntries(
      [...new Set([...Object.keys(base), ...Object.keys(settings)])].map((section) => {
        const over = settings[section];
        return [
          section,
          typeof over === 'object'
            ? { ...(base[section] as Settings), ...over }
            : (over ?? base[section]),
        ];
      }),
    );
    return parseConfig({ file: 'test.yaml', text: JSON.stringify(merged), env: {} });
  }

  async start(config: Config = this.config): Promise<Goldsmith> {
    this.#goldsmith = await startGoldsmith({
      config,
      instance: this.instance,
      clock: this.#clock,
      log: openLogger('debug', { write: (line) => void this.logLines.push(line) }),
    });
    return this.#goldsmith;
  }

  get goldsmith(): Goldsmith {
    if (this.#goldsmith === undefined) {
      throw new Error('start the world first');
    }
    return this.#goldsmith;
  }

  /** Ends Goldsmith and starts it again, as a restarted daemon would. */
  async restart(config: Config = this.config): Promise<Goldsmith> {
    await this.goldsmith.close();
    return this.start(config);
  }

  async run(...statements: readonly string[]): Promise<void> {
    const connection = await this.instance.connect();
    try {
      for (const sql of statements) {
        await connection.run(sql);
      }
    } finally {
      connection.closeSync();
    }
  }

  /** A result as a multiset: its rows as text, sorted. */
  async rows(sql: string): Promise<readonly string[]> {
    const connection = await this.instance.connect();
    try {
      const result = await connection.runAndReadAll(sql);
      return result
        .getRowsJson()
        .map((row) => JSON.stringify(row))
        .toSorted();
    } finally {
      connection.closeSync();
    }
  }

  record({
    text,
    at,
    user = 'ana',
    client = 'notebook',
    status = 'success',
    cpuMs = this.#baseCpuMs,
  }: HistoryPart): void {
    this.#statements += 1;
    const row = {
      id: `q${this.#statements}`,
      text,
      startedAt: new Date(at).toISOString(),
      endedAt: new Date(at + 100).toISOString(),
      status,
      user,
      client,
      durationMs: cpuMs,
      cpuMs,
    };
    appendFileSync(this.historyPath, `${JSON.stringify(row)}\n`);
  }

  /** A client that asks `route` first, runs what it is told, and has its history: 2 ms where a mart answered. */
  async ask(
    sql: string,
    {
      at,
      user,
      client = 'notebook',
    }: { readonly at: number; readonly user: string; readonly client?: string },
  ): Promise<{ readonly answer: RouteAnswer; readonly rows: readonly string[] }> {
    this.clock.turnTo(at);
    const answer = await this.goldsmith.route({ sql, user, client });
    const rows = await this.rows(answer.sql);
    this.record({
      text: answer.sql,
      at,
      user,
      client,
      cpuMs: answer.answer === 'mart' ? 2 : this.#baseCpuMs,
    });
    return { answer, rows };
  }

  /** One day of dashboards on the gold view, sent as they always were: forty runs by two readers. */
  dashboards(day: number, cpuMs = this.#baseCpuMs): void {
    for (let view = 0; view < 20; view += 1) {
      const at = FIRST_DAY + day * DAY_MS + (8 + view / 4) * HOUR_MS;
      this.record({ text: DAILY_SALES, at, user: 'emea', client: 'metabase', cpuMs });
      this.record({ text: DAILY_UNITS, at: at + 1000, user: 'apac', client: 'metabase', cpuMs });
    }
  }

  /** One day of people who ask `route` before each statement: twenty-four asks by three people. */
  async questions(
    day: number,
  ): Promise<readonly { readonly answer: RouteAnswer; readonly rows: readonly string[] }[]> {
    const answers = [];
    for (let turn = 0; turn < 12; turn += 1) {
      const at = FIRST_DAY + day * DAY_MS + (9 + turn / 2) * HOUR_MS;
      const user = ['ana', 'ben', 'chi'][turn % 3] ?? 'ana';
      answers.push(await this.ask(BY_REGION, { at, user }));
      answers.push(await this.ask(BY_CATEGORY, { at: at + 60_000, user }));
    }
    return answers;
  }

  /** The cycle in the night before this day, three o'clock. */
  cycle(day: number): Promise<CycleResult> {
    this.clock.turnTo(FIRST_DAY + day * DAY_MS + 3 * HOUR_MS);
    return this.goldsmith.cycle();
  }

  /** Lets go of the warehouse file, so that another process may own it; the folder stays until `close`. */
  async leave(): Promise<void> {
    await this.#goldsmith?.close();
    this.#goldsmith = undefined;
    this.instance.closeSync();
  }

  async close(): Promise<void> {
    await this.#goldsmith?.close();
    this.instance.closeSync();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** `promote gold.daily_sales: done`, one line a step. */
export function stepsOf({ applied }: CycleResult): readonly string[] {
  return (applied?.steps ?? []).map(
    ({ action, outcome }) => `${action.kind} ${shortName(action.mart)}: ${outcome}`,
  );
}
