import { describe } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/base/clock.ts';
import type { CycleResult } from '../../../src/daemon/cycle.ts';
import type { Goldsmith } from '../../../src/daemon/start-goldsmith.ts';
import type { ProposalView } from '../../../src/http/service.ts';
import { postgresBinaries, startPostgres } from '../../servers/postgres-cluster.ts';
import { identities } from '../../servers/postgres-identities.ts';
import { DAILY, PostgresWorld } from '../postgres-world.ts';
import { DAILY_SALES, FIRST_DAY, SmallWorld } from '../small-world.ts';

/** Where stories of proposals are told: the same on each warehouse. */
export type ShopKind = 'DuckDB' | 'PostgreSQL';

/** A shop in mode propose whose dashboards read `gold.daily_sales`, on either warehouse. */
export interface Shop {
  readonly goldsmith: Goldsmith;
  /** Everything that was logged. */
  readonly logLines: readonly string[];
  readonly statePath: string;
  now(): number;
  /** One day of two dashboards: forty runs. */
  dashboards(day: number, cpuMs?: number): void;
  /** The cycle in the night before this day. */
  cycle(day: number): Promise<CycleResult>;
  /** What the dashboards are answered. */
  answers(): Promise<readonly string[]>;
  /** Whether they are answered from a table of Goldsmith's. */
  isStored(): Promise<boolean>;
  /** Tables of Goldsmith's behind the view, also hidden ones. */
  versions(): Promise<number>;
  /** Somebody gives the view another definition, with the same answers. */
  redefine(): Promise<void>;
  /** Goldsmith ends; the shop goes on. */
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Tells a story on each warehouse that is here; a PostgreSQL server is the story's own. */
export function onEachWarehouse(story: string, tell: (kind: ShopKind) => void): void {
  onDuckdbAlone(story, tell);
  describe.skipIf(postgresBinaries === undefined)(`${story}, on PostgreSQL`, () =>
    tell('PostgreSQL'),
  );
}

/** A story that could not end otherwise on another warehouse. */
export function onDuckdbAlone(story: string, tell: (kind: ShopKind) => void): void {
  describe(`${story}, on DuckDB`, () => tell('DuckDB'));
}

/** Sections laid over those of a small world. */
type Settings = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** In the night when the first mart pays: nothing is done, and somebody is asked. */
export async function askedShop(kind: ShopKind, settings: Settings = {}): Promise<Shop> {
  const shop = await (kind === 'DuckDB' ? onDuckdb(settings) : onPostgres(settings));
  try {
    await shop.start();
    shop.dashboards(0);
    await shop.cycle(1);
    shop.dashboards(1);
    await shop.cycle(2);
  } catch (error) {
    await shop.close();
    throw error;
  }
  return shop;
}

/** The one proposal there is. */
export async function theProposal({ goldsmith }: Pick<Shop, 'goldsmith'>): Promise<ProposalView> {
  const views = (await goldsmith.proposals()).value as readonly ProposalView[];
  const [only] = views;
  if (only === undefined || views.length > 1) {
    throw new Error(`expected one proposal, found ${views.length}`);
  }
  return only;
}

type WorldOfShop = SmallWorld | PostgresWorld;

function shopIn(
  world: WorldOfShop,
  parts: Pick<Shop, 'start' | 'redefine' | 'close'> & {
    readonly boards: readonly [string, string];
    /** Whether a query plan reads the table. */
    readonly isStored: (plan: string) => boolean;
  },
): Shop {
  const { boards, isStored, start, redefine, close } = parts;
  const countOf = async (sql: string) => Number(/\d+/.exec((await world.rows(sql))[0] ?? '')?.[0]);
  return {
    get goldsmith() {
      return world.goldsmith;
    },
    logLines: world.logLines,
    statePath: world.statePath,
    now: () => world.clock.now(),
    dashboards(day, cpuMs = 60) {
      for (let view = 0; view < 20; view += 1) {
        const at = FIRST_DAY + day * DAY_MS + (8 + view / 4) * HOUR_MS;
        const client = 'metabase';
        world.record({ text: boards[0], at, user: 'emea', client, cpuMs });
        world.record({ text: boards[1], at: at + 1000, user: 'apac', client, cpuMs });
      }
    },
    cycle: (day) => world.cycle(day),
    answers: async () => [...(await world.rows(boards[0])), ...(await world.rows(boards[1]))],
    isStored: async () => isStored((await world.rows(`explain ${boards[0]}`)).join()),
    versions: () =>
      countOf(
        "select cast(count(*) as integer) as n from information_schema.tables where table_name like 'daily_sales\\_\\_v%' escape '\\' and table_type = 'BASE TABLE'",
      ),
    redefine,
    stop: () => world.goldsmith.close(),
    start,
    close,
  };
}

async function onDuckdb(settings: Settings): Promise<Shop> {
  const world = await SmallWorld.open({ settings: { mode: 'propose', ...settings } });
  return shopIn(world, {
    boards: [
      DAILY_SALES,
      'select category, sum(units) as units from gold.daily_sales group by category',
    ],
    isStored: (plan) => !plan.includes('order_lines'),
    start: async () => void (await world.start()),
    async redefine() {
      const [row = '[]'] = await world.rows(
        "select sql from duckdb_views() where view_name = 'daily_sales'",
      );
      const [sql = ''] = JSON.parse(row) as string[];
      const statement = sql.replace(/^create view/i, 'create or replace view').replace(/;\s*$/, '');
      await world.run(`${statement} having count(*) > 0`);
    },
    close: () => world.close(),
  });
}

async function onPostgres(settings: Settings): Promise<Shop> {
  const cluster = await startPostgres();
  await identities(cluster);
  const world = await PostgresWorld.open(cluster);
  return shopIn(world, {
    boards: [
      DAILY_SALES,
      'select order_date, sum(units) as units from gold.daily_sales group by order_date',
    ],
    // The plan names both branches of the stable view.
    isStored: (plan) => plan.includes('daily_sales__v'),
    start: async () => void (await world.start({ mode: 'propose', ...settings })),
    async redefine() {
      await world.people(`create or replace view gold.daily_sales as ${DAILY} having count(*) > 0`);
    },
    async close() {
      await world.close();
      await cluster.stop();
    },
  });
}
