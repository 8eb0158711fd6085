import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DAY_MS, HOUR_MS } from '../src/base/clock.ts';
import { type PostgresCluster, startPostgres } from '../test/servers/postgres-cluster.ts';
import { identities } from '../test/servers/postgres-identities.ts';
import { median } from './median.ts';
import { asksOnDay, PEOPLE } from './postgres-asks.ts';
import { PostgresClients, type PostgresReached } from './postgres-clients.ts';
import { DaemonProcess, type Night } from './postgres-daemon-process.ts';
import { LogShipper } from './postgres-log-shipper.ts';
import { Readers, type ReadersReport } from './postgres-readers.ts';
import { CUSTOMER_VALUE, DEFINITIONS, loadSql, STABLE_NAMES, shopSql } from './postgres-shop.ts';
import { keptLog, WIDE_ATTRIBUTES, WIDE_DEFINITION, WIDE_TABLE } from './postgres-wide.ts';
import { shiftDay } from './workload.ts';

const FIRST_DAY = '2026-08-03';
const LOAD_EVERY = 4;
/** So long after it has decided, a night's cycle is killed; another night in another place. */
const KILLS_AFTER_MS = [
  [50, 1500],
  [300, 800],
  [150, 3000],
  [600, 2200],
];

export interface PostgresStory {
  readonly days: number;
  readonly marts: Night['marts'];
  readonly builtOnDay: ReadonlyMap<string, number>;
  readonly reached: readonly PostgresReached[];
  readonly kills: number;
  readonly readers: ReadersReport;
  readonly planDigests: readonly string[];
  /** Attributes of the wide table that were hidden at most, and the night it was. */
  readonly hidden: { readonly attributes: number; readonly onDay: number } | undefined;
  readonly wallSeconds: number;
}

export interface PostgresStoryParts {
  readonly scale: number;
  readonly days: number;
  readonly folder: string;
  readonly say: (text: string) => void;
}

/** The same loop beside PostgreSQL: its own log for a history, readers without a pause, and a daemon that is killed at work. */
export async function tellPostgresStory(parts: PostgresStoryParts): Promise<PostgresStory> {
  const cluster = await startPostgres(
    "log_min_duration_statement = 0\nlog_timezone = 'UTC'\nlc_messages = 'C'\njit = off\nmax_parallel_workers_per_gather = 0",
  );
  try {
    return await live(cluster, parts);
  } finally {
    await cluster.stop();
  }
}

async function live(
  cluster: PostgresCluster,
  { scale, days, folder, say }: PostgresStoryParts,
): Promise<PostgresStory> {
  const startedAt = performance.now();
  const orderLines = Math.max(3000, Math.round(45_000 * scale));
  say(`Making a shop on PostgreSQL with about ${orderLines.toLocaleString('en-US')} order lines`);
  const asPeople = (statements: readonly string[]) =>
    cluster.sql(`begin; set local role people; ${statements.join(';\n')}; commit`);
  await identities(cluster);
  await cluster.sql(
    `${['hammer', ...PEOPLE].map((name) => `create role ${name} login in role people`).join('; ')};
alter role hammer set log_min_duration_statement = -1`,
  );
  const orders = Math.round(orderLines / 3);
  await asPeople(shopSql(orderLines, FIRST_DAY));
  await cluster.sql('analyze');

  const history = join(folder, 'postgres-log.json');
  const definition = join(folder, 'customer_value.sql');
  const wideDefinition = join(folder, 'order_attributes.sql');
  writeFileSync(definition, CUSTOMER_VALUE);
  writeFileSync(wideDefinition, WIDE_DEFINITION);
  writeFileSync(history, keptLog(FIRST_DAY));
  const shipper = new LogShipper(cluster, history);
  const config = fileURLToPath(new URL('./postgres-goldsmith.yaml', import.meta.url));
  const env = {
    ...process.env,
    DEMO_PORT: String(cluster.port),
    DEMO_HISTORY: history,
    DEMO_STATE: join(folder, 'postgres-state.sqlite'),
    DEMO_DEFINITION: definition,
    DEMO_WIDE_DEFINITION: wideDefinition,
  };
  const server = { host: cluster.socketFolder, port: cluster.port, database: cluster.database };
  const readers = new Readers(server);
  const clients = new PostgresClients(server);
  const midnight = (index: number) => Date.parse(FIRST_DAY) + index * DAY_MS;
  let daemon = new DaemonProcess(config, { at: midnight(0), env });
  let kills = 0;
  let nextOrder = orders + 1;
  let last: Night | undefined;
  let hidden: PostgresStory['hidden'];
  const builtOnDay = new Map<string, number>();
  const planDigests: string[] = [];
  const reached: PostgresReached[] = [];

  /** Tonight a reader may see what a name gives before the cycle, or what its definition gives now, and nothing else. */
  async function allowTonight(): Promise<void> {
    readers.forget();
    for (const { relation, total } of STABLE_NAMES) {
      const [held] = await cluster.sql(`${total} ${relation}`);
      readers.allow(relation, String(held?.['total']));
      const [row] = await cluster.sql(`${total} (${DEFINITIONS[relation] ?? ''}) as defined`);
      readers.allow(relation, String(row?.['total']));
    }
  }

  async function night(index: number): Promise<Night> {
    const at = midnight(index) + 3 * HOUR_MS;
    for (const delayMs of KILLS_AFTER_MS[index % KILLS_AFTER_MS.length] ?? []) {
      if (!(await daemon.killedInCycle({ at, index }, delayMs))) {
        break;
      }
      kills += 1;
      daemon = new DaemonProcess(config, { at, env });
    }
    return await daemon.cycle(at, index);
  }

  try {
    for (let index = 0; index <= days; index += 1) {
      const day = shiftDay(FIRST_DAY, index);
      if (index > 0 && index % LOAD_EVERY === 0) {
        const loaded = Math.max(10, Math.round(orders / 60));
        const customers = Math.max(50, Math.round(orders / 40));
        await asPeople(
          loadSql({ from: nextOrder, orders: loaded, customers, lastDay: day, days: LOAD_EVERY }),
        );
        nextOrder += loaded;
        await shipper.ship({ from: midnight(index) + HOUR_MS, to: midnight(index) + 2 * HOUR_MS });
      }
      await allowTonight();
      readers.start();
      const before = kills;
      last = await night(index);
      await readers.stop();
      planDigests.push(last.digest);
      const count = last.marts.find(({ relation }) => relation === WIDE_TABLE)?.hidden ?? 0;
      if (count > (hidden?.attributes ?? 0)) {
        hidden = { attributes: count, onDay: index };
        say(
          `  night before ${day}: ${count} of ${WIDE_ATTRIBUTES} attributes of ${WIDE_TABLE} lie beside its rows`,
        );
      }
      for (const relation of last.built) {
        builtOnDay.set(relation, index);
      }
      for (const news of last.news) {
        say(`  night before ${day}: ${news}`);
      }
      await shipper.ship({
        from: midnight(index) + 3 * HOUR_MS,
        to: midnight(index) + 4 * HOUR_MS,
      });
      if (index === days) {
        break;
      }
      const asks = asksOnDay(index);
      const today: PostgresReached[] = [];
      for (const [turn, ask] of asks.entries()) {
        const at = midnight(index) + 7 * HOUR_MS + Math.round((turn / asks.length) * 12 * HOUR_MS);
        const served = await clients.ask(ask, {
          marts: last.marts,
          route: () => daemon.route({ ...ask, at }),
        });
        today.push(...(served === undefined ? [] : [served]));
      }
      reached.push(...today);
      await shipper.ship({
        from: midnight(index) + 7 * HOUR_MS,
        to: midnight(index) + 19 * HOUR_MS,
      });
      say(
        `${day}  ${asks.length} statements, ${today.length} on marts${speedOf(today)}; the daemon was killed ${kills - before} times in the night`,
      );
    }
    const { explained, receipts, attributes } = await daemon.tell();
    say(`\nWhat was decided, and why\n${explained}`);
    say(`Receipts\n${receipts}`);
    say(`Who uses what of ${WIDE_TABLE}\n${shortened(attributes)}`);
    await daemon.close();
    return {
      days,
      marts: last?.marts ?? [],
      builtOnDay,
      reached,
      kills,
      readers: readers.report(),
      planDigests,
      hidden,
      wallSeconds: (performance.now() - startedAt) / 1000,
    };
  } finally {
    daemon.kill();
    await readers.stop();
    await clients.close();
  }
}

/** Those that nobody reads by their number, with one of them. */
function shortened(attributes: string): string {
  const isUnread = (line: string) => / (announced|hidden|tombstoned) /.test(line);
  const lines = attributes.trimEnd().split('\n');
  const unread = lines.filter(isUnread);
  const told = lines.filter((line) => !isUnread(line));
  return [
    ...told,
    ...unread.slice(0, 1),
    `(and ${Math.max(0, unread.length - 1)} more like it)\n`,
  ].join('\n');
}

function speedOf(reached: readonly PostgresReached[]): string {
  return reached.length === 0
    ? ''
    : `, ${median(reached.map(({ baseMs, servedMs }) => baseMs / servedMs)).toFixed(0)}x faster there`;
}
