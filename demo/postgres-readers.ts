import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { STABLE_NAMES } from './postgres-shop.ts';

export interface ReadersReport {
  readonly reads: number;
  /** Whatever a reader should never have seen: an error, a total that no state of the sources gives. */
  readonly failures: readonly string[];
}

/** Readers that ask the stable names without a pause, in short transactions and in long snapshots, until told to stop. */
export class Readers {
  readonly #server: { readonly host: string; readonly port: number; readonly database: string };
  readonly #allowed = new Map<string, Set<string>>();
  readonly #failures: string[] = [];
  #reads = 0;
  #isOver = false;
  #running: Promise<unknown> = Promise.resolve();

  constructor(server: { readonly host: string; readonly port: number; readonly database: string }) {
    this.#server = server;
  }

  /** One more total that may be seen: the sources give it. */
  allow(relation: string, total: string): void {
    const allowed = this.#allowed.get(relation) ?? new Set();
    this.#allowed.set(relation, allowed.add(total));
  }

  /** Totals of before are not seen any more: everything is fresh. */
  forget(): void {
    this.#allowed.clear();
  }

  start(): void {
    this.#isOver = false;
    this.#running = Promise.all([
      this.#read('begin', 'commit'),
      this.#read(
        'begin transaction isolation level repeatable read; select pg_sleep(0.1)',
        'commit',
      ),
    ]);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#running;
  }

  report(): ReadersReport {
    return { reads: this.#reads, failures: this.#failures };
  }

  async #read(before: string, after: string): Promise<void> {
    const client = new pg.Client({ ...this.#server, user: 'hammer' });
    await client.connect();
    try {
      while (!this.#isOver) {
        await client.query(before);
        for (const { relation, total } of STABLE_NAMES) {
          const { rows } = await client.query<{ total: string | null }>(`${total} ${relation}`);
          const seen = rows[0]?.total ?? 'nothing';
          this.#reads += 1;
          if (this.#allowed.get(relation)?.has(seen) !== true) {
            this.#failures.push(`${relation} gave ${seen}`);
          }
        }
        await client.query(after);
        await wait(100);
      }
    } catch (error) {
      this.#failures.push(String(error));
    } finally {
      await client.end();
    }
  }
}
