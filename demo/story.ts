import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { DAY_MS, HOUR_MS, handTurnedClock } from '../src/base/clock.ts';
import { parseConfig } from '../src/config/parse-config.ts';
import type { CycleResult } from '../src/daemon/cycle.ts';
import { shortName } from '../src/daemon/cycle-report.ts';
import { startGoldsmith } from '../src/daemon/start-goldsmith.ts';
import type { ReceiptView } from '../src/http/service.ts';
import { dialectOf } from '../src/sql/dialects.ts';
import { fingerprint } from '../src/sql/fingerprint.ts';
import { Application, type Execution } from './application.ts';
import { type Demoted, demotedIn } from './demoted.ts';
import { importedHistory } from './imported-history.ts';
import { isSame } from './is-same.ts';
import { lakehouseSql, loadSql } from './lakehouse.ts';
import { median } from './median.ts';
import { WIDE_DEFINITION, wideSql } from './wide.ts';
import { WideLife, type WideStory } from './wide-life.ts';
import { asksOf, pipelineTests, shiftDay } from './workload.ts';

const FIRST_DAY = '2026-08-03';
const HISTORY_DAYS = 120;

/** One execution that a mart answered, with the same statement run on both sides right after it. */
export interface Reached {
  readonly execution: Execution;
  readonly fingerprint: string;
  readonly road: 'route' | 'stable-name';
  readonly mart: string;
  readonly baseSql: string;
  readonly servedSql: string;
  readonly baseMs: number;
  readonly servedMs: number;
  readonly isEqual: boolean;
}

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
  readonly last: CycleResult;
  readonly receipts: readonly ReceiptView[];
  readonly planDigests: readonly string[];
  readonly wallSeconds: number;
}

export interface StoryParts {
  readonly scale: number;
  readonly days: number;
  readonly folder: string;
  /** Tells the stories of the wide table and of the campaign, too: two minutes more. */
  readonly isWide?: boolean;
  readonly say: (text: string) => void;
}

/** Lets the weeks go by: every night the pipeline may load and the daemon runs its cycle, every day people ask. */
export async function tellStory({
  scale,
  days,
  folder,
  say,
  isWide = false,
}: StoryParts): Promise<Story> {
  const startedAt = performance.now();
  const warehouse = join(folder, 'lakehouse.duckdb');
  const historyPath = join(folder, 'history.jsonl');
  const definitionPath = join(folder, 'order_attributes.sql');
  writeFileSync(historyPath, isWide ? importedHistory(FIRST_DAY) : '');
  writeFileSync(definitionPath, WIDE_DEFINITION);
  const orderLines = Math.max(300, Math.round(500_000 * scale));
  say(`Making a retail lakehouse with about ${orderLines.toLocaleString('en-US')} order lines`);
  const instance = await DuckDBInstance.create(warehouse, { memory_limit: '1GB', threads: '2' });
  const setup = await instance.connect();
  for (const sql of lakehouseSql({ orderLines, historyDays: HISTORY_DAYS, firstDay: FIRST_DAY })) {
    await setup.run(sql);
  }
  for (const sql of isWide ? wideSql(Math.max(50, Math.round(orderLines / 3 / 8))) : []) {
    await setup.run(sql);
  }
  setup.closeSync();

  const clock = handTurnedClock(Date.parse(FIRST_DAY));
  const file = fileURLToPath(
    new URL(isWide ? './goldsmith-wide.yaml' : './goldsmith.yaml', import.meta.url),
  );
  const config = parseConfig({
    file,
    text: readFileSync(file, 'utf8'),
    env: {
      DEMO_WAREHOUSE: warehouse,
      DEMO_HISTORY: historyPath,
      DEMO_WIDE_DEFINITION: definitionPath,
      DEMO_STATE: join(folder, 'state.sqlite'),
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

      const today = await livingDay({ application, clock, day, index, last, life, isWide });
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
    return {
      warehouse,
      days,
      reached,
      eligibleRuns,
      builtOnDay,
      wide: life.told(last),
      demoted,
      last,
      receipts,
      planDigests,
      wallSeconds: (performance.now() - startedAt) / 1000,
    };
  } finally {
    application.close();
    await goldsmith.close();
    instance.closeSync();
  }
}

/** The stores deliver once a week, in the night before Monday. */
function isLoadNight(index: number): boolean {
  return index > 0 && index % 7 === 0;
}

async function loadNight(
  application: Application,
  night: {
    readonly day: string;
    readonly midnight: number;
    readonly firstOrderId: number;
    readonly ordersADay: number;
    readonly orderLines: number;
  },
): Promise<number> {
  const { day, midnight, firstOrderId, ordersADay, orderLines } = night;
  const daysSince = 7;
  const orders = ordersADay * daysSince;
  const customers = Math.max(50, Math.round(orderLines / 3 / 8));
  for (const [at, { model, sql }] of loadSql(day, {
    firstOrderId,
    orders,
    days: daysSince,
    customers,
  }).entries()) {
    await application.pipeline(
      { node: `model.retail.${model}`, sql },
      midnight + HOUR_MS + at * 60_000,
    );
  }
  for (const [at, test] of pipelineTests().entries()) {
    await application.pipeline(test, midnight + 2 * HOUR_MS + at * 60_000);
  }
  return firstOrderId + orders;
}

interface DayParts {
  readonly application: Application;
  readonly clock: ReturnType<typeof handTurnedClock>;
  readonly day: string;
  readonly index: number;
  readonly last: CycleResult;
  readonly life: WideLife;
  readonly isWide: boolean;
}

async function livingDay({
  application,
  clock,
  day,
  index,
  last,
  life,
  isWide,
}: DayParts): Promise<{ asked: number; eligible: number; reached: Reached[] }> {
  const reached: Reached[] = [];
  let eligible = 0;
  const asks = asksOf(day, index, { isWide });
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

/** Which mart answered, by the route's own word or because the view the statement names is physical. */
function servedBy(
  { ask, route, sentSql }: Execution,
  { marts }: CycleResult,
): Pick<Reached, 'road' | 'mart' | 'baseSql' | 'servedSql' | 'fingerprint'> | undefined {
  if (route?.answer === 'mart') {
    return {
      road: 'route',
      mart: route.marts[0] ?? '',
      baseSql: ask.sql,
      servedSql: sentSql,
      fingerprint: fingerprint(ask.sql, dialectOf('duckdb')).fingerprint,
    };
  }
  for (const { definition, stage, was } of marts) {
    const name = shortName(definition.relation);
    if (stage === 'physical' && was === undefined && !ask.asksRoute && ask.sql.includes(name)) {
      const baseSql = ask.sql.replaceAll(
        name,
        `(\n${definition.sql}\n) as ${name.split('.')[1] ?? 'view_as_written'}`,
      );
      return {
        road: 'stable-name',
        mart: definition.relation,
        baseSql,
        servedSql: ask.sql,
        fingerprint: fingerprint(ask.sql, dialectOf('duckdb')).fingerprint,
      };
    }
  }
  return undefined;
}

/**
 * The same question on base and then once more on the mart, outside the story: equal as multisets, and both timed under the
 * same conditions, for what ran a moment ago leaves the processor warm for what runs next.
 */
async function beside(
  application: Application,
  served: Pick<Reached, 'road' | 'mart' | 'baseSql' | 'servedSql' | 'fingerprint'> & {
    readonly execution: Execution;
  },
): Promise<Reached> {
  const base = await application.measure(served.baseSql);
  const again = await application.measure(served.servedSql);
  const isEqual = isSame(base.rows, served.execution.rows) && isSame(base.rows, again.rows);
  return { ...served, baseMs: base.durationMs, servedMs: again.durationMs, isEqual };
}

function newsOf(
  { applied, decision }: CycleResult,
  { builtOnDay, index }: { readonly builtOnDay: Map<string, number>; readonly index: number },
): readonly string[] {
  return (applied?.steps ?? []).flatMap(({ action, outcome, detail }, at) => {
    const name = shortName(action.mart);
    if (outcome !== 'done') {
      return [`${action.kind} ${name} was ${outcome}: ${detail}`];
    }
    if (action.kind === 'build-version' && action.reason === 'promote') {
      builtOnDay.set(action.mart, index);
      return [`built and proved ${name}: ${decision.plan.steps[at]?.because ?? ''}`];
    }
    return action.kind === 'create-mart' ||
      action.kind === 'adopt-view' ||
      action.kind === 'adopt-table' ||
      action.kind === 'mark-attributes' ||
      (action.kind === 'repoint-view' && action.to.kind === 'logical')
      ? [`${action.kind} ${name}: ${decision.plan.steps[at]?.because ?? ''}`]
      : [];
  });
}

function speedOf(reached: readonly Reached[]): string {
  return reached.length === 0
    ? ''
    : `, ${median(reached.map(({ baseMs, servedMs }) => baseMs / servedMs)).toFixed(0)}x faster there`;
}

function weekday(at: number): string {
  return new Date(at).toLocaleDateString('en-GB', { weekday: 'short', timeZone: 'UTC' });
}
