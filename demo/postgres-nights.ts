import { DAY_MS, HOUR_MS } from '../src/base/clock.ts';
import { shortName } from '../src/daemon/cycle-report.ts';
import type { Mart } from '../src/marts/mart.ts';
import type { PostgresCluster } from '../test/servers/postgres-cluster.ts';
import { DaemonProcess, type Night } from './postgres-daemon-process.ts';
import type { LogShipper } from './postgres-log-shipper.ts';
import type { Readers } from './postgres-readers.ts';
import { definitionsOf, STABLE_NAMES } from './postgres-shop.ts';

/** So long after it has decided, a night's cycle is killed; another night in another place. */
const KILLS_AFTER_MS = [
  [50, 1500],
  [300, 800],
  [150, 3000],
  [600, 2200],
];

export interface PostgresNightsParts {
  readonly cluster: PostgresCluster;
  readonly shipper: LogShipper;
  readonly readers: Readers;
  /** The daemon's configuration, and what it names of the environment. */
  readonly config: string;
  readonly env: NodeJS.ProcessEnv;
  /** When the story's first day begins. */
  readonly beginsAt: number;
}

/** The nights of the story: the daemon works, is killed at work and works again, while readers ask the stable names without a pause. */
export class PostgresNights {
  readonly #parts: PostgresNightsParts;
  #daemon: DaemonProcess;
  #kills = 0;

  constructor(parts: PostgresNightsParts) {
    this.#parts = parts;
    this.#daemon = new DaemonProcess(parts.config, { at: parts.beginsAt, env: parts.env });
  }

  get daemon(): DaemonProcess {
    return this.#daemon;
  }

  get kills(): number {
    return this.#kills;
  }

  /** The night before a day, counted from 0; `quantity` is what a line's quantity is called by then. */
  async pass(index: number, quantity?: string): Promise<Night> {
    const { readers, shipper, beginsAt } = this.#parts;
    const at = beginsAt + index * DAY_MS + 3 * HOUR_MS;
    await this.#allowTonight(definitionsOf(quantity));
    readers.start();
    const night = await this.#work(at, index);
    await readers.stop();
    await shipper.ship({ from: at, to: at + HOUR_MS });
    return night;
  }

  /** Tonight a reader may see what a name gives before the cycle, or what its definition gives now, and nothing else. */
  async #allowTonight(definitions: Readonly<Record<string, string>>): Promise<void> {
    const { cluster, readers } = this.#parts;
    readers.forget();
    for (const { relation, total } of STABLE_NAMES) {
      const [held] = await cluster.sql(`${total} ${relation}`);
      readers.allow(relation, String(held?.['total']));
      const [row] = await cluster.sql(`${total} (${definitions[relation] ?? ''}) as defined`);
      readers.allow(relation, String(row?.['total']));
    }
  }

  async #work(at: number, index: number): Promise<Night> {
    const { config, env } = this.#parts;
    for (const delayMs of KILLS_AFTER_MS[index % KILLS_AFTER_MS.length] ?? []) {
      if (!(await this.#daemon.killedInCycle(at, delayMs))) {
        break;
      }
      this.#kills += 1;
      this.#daemon = new DaemonProcess(config, { at, env });
    }
    return await this.#daemon.cycle(at);
  }
}

/** Names of marts that are tables after a night, or an adopted view's again, and were not before it. */
export function turned(
  before: readonly Mart[],
  after: readonly Mart[],
  stage: Mart['stage'],
): readonly string[] {
  const stages = new Map(before.map((mart) => [mart.definition.relation, mart.stage]));
  return after
    .filter(
      (mart) =>
        mart.stage === stage && (stages.get(mart.definition.relation) ?? 'logical') !== stage,
    )
    .map(({ definition }) => shortName(definition.relation));
}
