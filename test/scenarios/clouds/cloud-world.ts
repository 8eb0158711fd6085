import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAY_MS, HOUR_MS, handTurnedClock } from '../../../src/base/clock.ts';
import { parseConfig } from '../../../src/config/parse-config.ts';
import type { CycleResult } from '../../../src/daemon/cycle.ts';
import { openLogger } from '../../../src/daemon/logger.ts';
import { type Goldsmith, startGoldsmith } from '../../../src/daemon/start-goldsmith.ts';
import { FIRST_DAY, type HistoryPart, LOOSE } from '../small-world.ts';
import type { Cloud, CloudKind } from './cloud.ts';

/** Somebody's shop: three silver tables. */
const SHOP = [
  'create schema if not exists silver',
  'create schema if not exists gold',
  "create table silver.stores as select i as store_id, 'Store ' || i as store_name, 'R' || i % 5 as region from range(40) as t(i)",
  "create table silver.orders as select i as order_id, i % 40 as store_id, date '2026-07-01' + (i % 30)::integer as order_date from range(2000) as t(i)",
  'create table silver.order_lines as select i % 2000 as order_id, i % 3 as line_no, i % 7 as quantity, cast(i % 900 / 7.0 as decimal(12, 2)) as net_amount from range(8000) as t(i)',
];

/** A Goldsmith beside a cloud's warehouse, with a clock turned by hand and a history the test writes. */
export class CloudWorld {
  readonly clock = handTurnedClock(FIRST_DAY);
  readonly #kind: CloudKind;
  readonly #cloud: Cloud;
  readonly #folder = mkdtempSync(join(tmpdir(), 'goldsmith-cloud-world-'));
  readonly #history = join(this.#folder, 'history.jsonl');
  #goldsmith: Goldsmith | undefined;
  #statements = 0;

  private constructor(kind: CloudKind, cloud: Cloud) {
    this.#kind = kind;
    this.#cloud = cloud;
    writeFileSync(this.#history, '');
  }

  /** The shop, and what else these statements make. */
  static async open(kind: CloudKind, ...made: readonly string[]): Promise<CloudWorld> {
    const cloud = await kind.open();
    for (const sql of [...SHOP, ...made]) {
      await cloud.people(sql);
    }
    return new CloudWorld(kind, cloud);
  }

  get goldsmith(): Goldsmith {
    if (this.#goldsmith === undefined) {
      throw new Error('start the world first');
    }
    return this.#goldsmith;
  }

  /** With one view that may be taken over, and these sections laid over `LOOSE`. */
  async start(view: string, over: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const { cased } = this.#kind;
    const settings = {
      ...LOOSE,
      warehouse: this.#cloud.warehouse,
      history: { source: 'export', path: this.#history },
      state: { path: join(this.#folder, 'state.sqlite') },
      marts: {
        maxStaleness: '26h',
        goldSchema: cased('gold'),
        dataSchema: cased('gold_data'),
        ledgerSchema: cased('goldsmith'),
        adoptable: [{ view: cased(view), maxStaleness: '26h' }],
      },
      ...over,
    };
    this.#goldsmith = await startGoldsmith({
      config: parseConfig({ file: 'test.yaml', env: {}, text: JSON.stringify(settings) }),
      clock: this.clock,
      log: openLogger('fatal', { write: () => undefined }),
    });
  }

  people(sql: string): Promise<void> {
    return this.#cloud.people(sql);
  }

  /** A result as a multiset: its rows as text, sorted. */
  async rows(sql: string): Promise<readonly string[]> {
    const { rows } = await this.#cloud.connector.query(sql, { purpose: 'verify' });
    return rows.map((row) => JSON.stringify(row)).toSorted();
  }

  /** What stands under this name, however it is cased: what Goldsmith adds to a name is. */
  async found(relation: string) {
    const catalog = await this.#cloud.connector.readCatalog({ purpose: 'catalog' });
    return catalog.find(({ id }) => id.toLowerCase() === relation.toLowerCase());
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
    await this.#cloud.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** What a cycle did, a line a step; of what is not done, why. */
export function stepsOf({ applied }: CycleResult): readonly string[] {
  return (applied?.steps ?? []).map(({ action, outcome, detail }) => {
    const why = outcome === 'done' ? '' : ` (${detail})`;
    return `${action.kind} ${action.mart}: ${outcome}${why}`;
  });
}
