import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DAY_MS, HOUR_MS } from '../src/base/clock.ts';
import { counted } from '../src/base/counted.ts';
import { shortName } from '../src/daemon/cycle-report.ts';
import type { Mart } from '../src/marts/mart.ts';
import { dialectOf } from '../src/sql/dialects.ts';
import { type PostgresCluster, startPostgres } from '../test/servers/postgres-cluster.ts';
import { identities } from '../test/servers/postgres-identities.ts';
import { type DriftStory, RENAMED_QUANTITY, tellDrift } from './drift.ts';
import { speedOf } from './news.ts';
import { asksOnDay, PEOPLE, TILES } from './postgres-asks.ts';
import { PostgresClients, type PostgresReached } from './postgres-clients.ts';
import type { Night } from './postgres-daemon-process.ts';
import { LogShipper } from './postgres-log-shipper.ts';
import { PostgresNights, turned } from './postgres-nights.ts';
import { Readers, type ReadersReport } from './postgres-readers.ts';
import { CUSTOMER_VALUE, loadSql, shopSql } from './postgres-shop.ts';
import { keptLog, WIDE_ATTRIBUTES, WIDE_DEFINITION, WIDE_TABLE } from './postgres-wide.ts';
import { openTeam, type Team } from './team.ts';
import { shiftDay } from './workload.ts';

const FIRST_DAY = '2026-08-03';
const LOAD_EVERY = 4;

export interface PostgresStory {
  readonly days: number;
  readonly marts: readonly Mart[];
  readonly builtOnDay: ReadonlyMap<string, number>;
  /** Marts that were tables and are views again, with the night it was. */
  readonly demotedOnDay: ReadonlyMap<string, number>;
  readonly reached: readonly PostgresReached[];
  readonly kills: number;
  readonly readers: ReadersReport;
  readonly planDigests: readonly string[];
  /** Attributes of the wide table that were hidden at most, and the night it was. */
  readonly hidden: { readonly attributes: number; readonly onDay: number } | undefined;
  /** What became of a renamed source column; absent where its dashboard had no mart by then. */
  readonly drift: DriftStory | undefined;
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
  const team = await openTeam(parts.folder);
  try {
    return await live({ cluster, team }, parts);
  } finally {
    team.close();
    await cluster.stop();
  }
}

async function live(
  { cluster, team }: { readonly cluster: PostgresCluster; readonly team: Team },
  { scale, days, folder, say }: PostgresStoryParts,
): Promise<PostgresStory> {
  const startedAt = performance.now();
  const orderLines = Math.max(3000, Math.round(90_000 * scale));
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
  writeFileSync(history, keptLog(FIRST_DAY));
  const shipper = new LogShipper(cluster, history);
  const server = { host: cluster.socketFolder, port: cluster.port, database: cluster.database };
  const readers = new Readers(server);
  const clients = new PostgresClients(server);
  const midnight = (index: number) => Date.parse(FIRST_DAY) + index * DAY_MS;
  const nights = new PostgresNights({
    cluster,
    shipper,
    readers,
    config: fileURLToPath(new URL('./postgres-goldsmith.yaml', import.meta.url)),
    env: { ...process.env, ...named({ folder, history, port: cluster.port, team }) },
    beginsAt: midnight(0),
  });
  let nextOrder = orders + 1;
  let last: Night = { marts: [], digest: '' };
  let hidden: PostgresStory['hidden'];
  const builtOnDay = new Map<string, number>();
  const demotedOnDay = new Map<string, number>();
  const planDigests: string[] = [];
  const reached: PostgresReached[] = [];

  async function load(index: number): Promise<void> {
    const loaded = Math.max(10, Math.round(orders / 60));
    const customers = Math.max(50, Math.round(orders / 40));
    const lastDay = shiftDay(FIRST_DAY, index);
    await asPeople(
      loadSql({ from: nextOrder, orders: loaded, customers, lastDay, days: LOAD_EVERY }),
    );
    nextOrder += loaded;
    await shipper.ship({ from: midnight(index) + HOUR_MS, to: midnight(index) + 2 * HOUR_MS });
  }

  async function night(index: number): Promise<void> {
    const [before, kills] = [last.marts, nights.kills];
    last = await nights.pass(index);
    planDigests.push(last.digest);
    for (const relation of turned(before, last.marts, 'physical')) {
      builtOnDay.set(relation, index);
    }
    for (const relation of turned(before, last.marts, 'logical')) {
      demotedOnDay.set(relation, index);
    }
    const dawn = `  night before ${shiftDay(FIRST_DAY, index)}:`;
    for (const message of team.heard()) {
      say(`${dawn} ${message.split('\n')[0] ?? ''}`);
    }
    if (nights.kills > kills) {
      say(`${dawn} the daemon was killed ${counted(nights.kills - kills, 'time')} at work`);
    }
    const count = hiddenIn(last.marts);
    if (count > (hidden?.attributes ?? 0)) {
      hidden = { attributes: count, onDay: index };
      say(`${dawn} ${count} of ${WIDE_ATTRIBUTES} attributes of ${WIDE_TABLE} lie beside its rows`);
    }
  }

  async function day(index: number): Promise<void> {
    const asks = asksOnDay(index);
    const today: PostgresReached[] = [];
    for (const [turn, ask] of asks.entries()) {
      const at = midnight(index) + 7 * HOUR_MS + Math.round((turn / asks.length) * 12 * HOUR_MS);
      const served = await clients.ask(ask, {
        marts: last.marts,
        route: () => nights.daemon.route({ ...ask, at }),
      });
      today.push(...(served === undefined ? [] : [served]));
    }
    reached.push(...today);
    await shipDay(index);
    say(
      `${shiftDay(FIRST_DAY, index)}  ${asks.length} statements, ${today.length} on marts${speedOf(today)}`,
    );
  }

  const shipDay = (index: number) =>
    shipper.ship({ from: midnight(index) + 7 * HOUR_MS, to: midnight(index) + 19 * HOUR_MS });

  try {
    for (let index = 0; index < days; index += 1) {
      if (index > 0 && index % LOAD_EVERY === 0) {
        await load(index);
      }
      await night(index);
      await day(index);
    }
    await night(days);
    const { explained, receipts, attributes } = await nights.daemon.tell();
    say(`\nWhat was decided, and why\n${explained}`);
    say(`Receipts\n${receipts}`);
    say(`Who uses what of ${WIDE_TABLE}\n${shortened(attributes)}`);
    let lived = days;
    const drift = await tellDrift({
      dialect: dialectOf('postgres'),
      team,
      answer: (sql) => clients.answer(sql),
      async change(sql) {
        await clients.act(sql);
        await shipDay(days);
      },
      last,
      changes: async () => (await nights.daemon.tell()).changes,
      dashboardSql: TILES,
      say,
      nextNight() {
        lived += 1;
        return nights.pass(lived, RENAMED_QUANTITY);
      },
    });
    await nights.daemon.close();
    return {
      days,
      marts: last.marts,
      builtOnDay,
      demotedOnDay,
      reached,
      kills: nights.kills,
      readers: readers.report(),
      planDigests,
      hidden,
      drift,
      wallSeconds: (performance.now() - startedAt) / 1000,
    };
  } finally {
    nights.daemon.kill();
    await readers.stop();
    await clients.close();
  }
}

/** What the demo's configuration names: where things are, and the definitions handed over with the tables. */
function named(parts: {
  readonly folder: string;
  readonly history: string;
  readonly port: number;
  readonly team: Team;
}): Readonly<Record<string, string>> {
  const { folder, history, port, team } = parts;
  const definition = join(folder, 'customer_value.sql');
  const wideDefinition = join(folder, 'order_attributes.sql');
  writeFileSync(definition, CUSTOMER_VALUE);
  writeFileSync(wideDefinition, WIDE_DEFINITION);
  return {
    DEMO_PORT: String(port),
    DEMO_HISTORY: history,
    DEMO_STATE: join(folder, 'postgres-state.sqlite'),
    DEMO_DEFINITION: definition,
    DEMO_WIDE_DEFINITION: wideDefinition,
    DEMO_REPOSITORY: team.remote,
    DEMO_SLACK: team.webhook,
  };
}

/** Attributes of the wide table that nobody reads and that lie beside its rows. */
function hiddenIn(marts: readonly Mart[]): number {
  const wide = marts.find(({ definition }) => shortName(definition.relation) === WIDE_TABLE);
  return (wide?.pruned ?? []).filter(({ stage }) => stage !== 'announced').length;
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
