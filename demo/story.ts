import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { DAY_MS, HOUR_MS, handTurnedClock } from '../src/base/clock.ts';
import { parseConfig } from '../src/config/parse-config.ts';
import type { CycleResult } from '../src/daemon/cycle.ts';
import { startGoldsmith } from '../src/daemon/start-goldsmith.ts';
import type { ReceiptView } from '../src/http/service.ts';
import { dialectOf } from '../src/sql/dialects.ts';
import { Application } from './application.ts';
import { type Demoted, demotedIn } from './demoted.ts';
import { changesIn, type DriftStory, tellDrift } from './drift.ts';
import { importedHistory } from './imported-history.ts';
import { customersOf, lakehouseSql } from './lakehouse.ts';
import { newsOf, speedOf, weekday } from './news.ts';
import { isLoadNight, loadNight } from './pipeline.ts';
import { beside, type Reached, servedBy } from './reached.ts';
import { openTeam } from './team.ts';
import { WIDE_DEFINITION, wideSql } from './wide.ts';
import { WideLife, type WideStory } from './wide-life.ts';
import { asksOf, dashboardSql, shiftDay } from './workload.ts';

const FIRST_DAY = '2026-08-03';
const HISTORY_DAYS = 120;

export interface Story {
  readonly warehouse: string;
  readonly days: number;
  readonly reached: readonly Reached[];
  /** Runs of statements a mart could answer, after it stood: reached ones and those kept on base as hold-out. */
  readonly eligibleRuns: number;
  readonly builtOnDay: ReadonlyMap<string, number>;
  /** What became of the table of two hundred attributes. */
  readonly wide: WideStory;
  readonly demoted: readonly Demoted[];
  /** What became of a renamed source column; absent where no dashboard had a mart by then. */
  readonly drift: DriftStory | undefined;
  readonly last: CycleResult;
  readonly receipts: readonly ReceiptView[];
  readonly planDigests: readonly string[];
  readonly wallSeconds: number;
}

export interface StoryParts {
  readonly scale: number;
  readonly days: number;
  readonly folder: string;
  readonly say: (text: string) => void;
}

/** Lets the weeks go by: every night the pipeline may load and the daemon runs its cycle, every day people ask. */
export async function tellStory({ scale, days, folder, say }: StoryParts): Promise<Story> {
  const startedAt = performance.now();
  const warehouse = join(folder, 'lakehouse.duckdb');
  const historyPath = join(folder, 'history.jsonl');
  const definitionPath = join(folder, 'order_attributes.sql');
  writeFileSync(historyPath, importedHistory(FIRST_DAY));
  writeFileSync(definitionPath, WIDE_DEFINITION);
  const orderLines = Math.max(300, Math.round(500_000 * scale));
  say(`Making a retail lakehouse with about ${orderLines.toLocaleString('en-US')} order lines`);
  const instance = await DuckDBInstance.create(warehouse, { memory_limit: '1GB', threads: '2' });
  const setup = await instance.connect();
  for (const sql of [
    ...lakehouseSql({ orderLines, historyDays: HISTORY_DAYS, firstDay: FIRST_DAY }),
    ...wideSql(customersOf(orderLines)),
  ]) {
    await setup.run(sql);
  }
  setup.closeSync();

  const clock = handTurnedClock(Date.parse(FIRST_DAY));
  const team = await openTeam(folder);
  const file = fileURLToPath(new URL('./goldsmith.yaml', import.meta.url));
  const config = parseConfig({
    file,
    text: readFileSync(file, 'utf8'),
    env: {
      DEMO_WAREHOUSE: warehouse,
      DEMO_HISTORY: historyPath,
      DEMO_WIDE_DEFINITION: definitionPath,
      DEMO_STATE: join(folder, 'state.sqlite'),
      DEMO_REPOSITORY: team.remote,
      DEMO_SLACK: team.webhook,
    },
  });
  const goldsmith = await startGoldsmith({ config, instance, clock });
  const application = await Application.open({
    instance,
    historyPath,
    route: ({ sql, client, user }) => goldsmith.route({ sql, client, user }),
  });

  const reached: Reached[] = [];
  const builtOnDay = new Map<string, number>();
  const life = new WideLife();
  const demoted: Demoted[] = [];
  const planDigests: string[] = [];
  let eligibleRuns = 0;
  let nextOrderId = Math.round(orderLines / 3) + 1;
  let last: CycleResult | undefined;
  const ordersADay = Math.max(3, Math.round(nextOrderId / HISTORY_DAYS));

  try {
    for (let index = 0; index < days; index += 1) {
      const day = shiftDay(FIRST_DAY, index);
      const midnight = Date.parse(day);
      if (isLoadNight(index)) {
        nextOrderId = await loadNight(application, {
          day,
          midnight,
          firstOrderId: nextOrderId,
          ordersADay,
          orderLines,
        });
      }
      clock.turnTo(midnight + 3 * HOUR_MS);
      last = await goldsmith.cycle();
      planDigests.push(last.decision.plan.digest);
      life.night(last, index);
      demoted.push(...demotedIn(last, { builtOnDay, index }));
      for (const news of newsOf(last, { builtOnDay, index })) {
        say(`  night before ${day}: ${news}`);
      }

      const today = await livingDay({ application, clock, day, index, last, life });
      reached.push(...today.reached);
      eligibleRuns += today.eligible;
      say(
        `${day} ${weekday(midnight)}  ${String(today.asked).padStart(3)} statements, ${String(today.reached.length).padStart(2)} on marts${speedOf(today.reached)}`,
      );
    }
    clock.turnTo(Date.parse(FIRST_DAY) + days * DAY_MS + 3 * HOUR_MS);
    last = await goldsmith.cycle();
    planDigests.push(last.decision.plan.digest);
    life.night(last, days);
    demoted.push(...demotedIn(last, { builtOnDay, index: days }));
    const { receipts, text } = await goldsmith.receipts();
    const { text: graph } = await goldsmith.graph('text');
    say(`\nWho joins what with what\n${graph}`);
    say(`What was decided, and why\n${(await goldsmith.explain(undefined)).text}`);
    say(`Receipts\n${text}`);
    const recording = goldsmith.recording();
    if (recording !== undefined) {
      writeFileSync(join(folder, 'last-cycle.json'), recording);
    }
    let nights = days;
    const drift = await tellDrift({
      dialect: dialectOf('duckdb'),
      team,
      answer: async (sql) => (await application.measure(sql)).rows,
      change: (sql) => application.measure(sql),
      last,
      changes: async () => changesIn(await goldsmith.drift()),
      dashboardSql: dashboardSql(shiftDay(FIRST_DAY, days)),
      say,
      nextNight() {
        nights += 1;
        clock.turnTo(Date.parse(FIRST_DAY) + nights * DAY_MS + 3 * HOUR_MS);
        return goldsmith.cycle();
      },
    });
    return {
      warehouse,
      days,
      reached,
      eligibleRuns,
      builtOnDay,
      wide: life.told(last),
      demoted,
      drift,
      last,
      receipts,
      planDigests,
      wallSeconds: (performance.now() - startedAt) / 1000,
    };
  } finally {
    application.close();
    await goldsmith.close();
    instance.closeSync();
    team.close();
  }
}

interface DayParts {
  readonly application: Application;
  readonly clock: ReturnType<typeof handTurnedClock>;
  readonly day: string;
  readonly index: number;
  readonly last: CycleResult;
  readonly life: WideLife;
}

async function livingDay({
  application,
  clock,
  day,
  index,
  last,
  life,
}: DayParts): Promise<{ asked: number; eligible: number; reached: Reached[] }> {
  const reached: Reached[] = [];
  let eligible = 0;
  const asks = asksOf(day, index);
  for (const ask of asks) {
    const at = Date.parse(day) + ask.second * 1000;
    clock.turnTo(at);
    const execution = await application.ask(ask, at);
    await life.asked(execution, { application, index });
    const served = servedBy(execution, last);
    if (served !== undefined) {
      reached.push(await beside(application, { execution, ...served }));
    }
    if (served !== undefined || (execution.route?.answer === 'base' && execution.route.heldOut)) {
      eligible += 1;
    }
  }
  if (index === 4) {
    await application.failing(
      'select no_such_column from silver.orders',
      Date.parse(day) + 17 * HOUR_MS,
    );
  }
  return { asked: asks.length, eligible, reached };
}
