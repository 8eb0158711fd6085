import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { RelationId } from '../src/base/relation.ts';
import { nanoUsd, noMoney } from '../src/base/usd.ts';
import { openDuckdb } from '../src/connectors/duckdb/duckdb-connector.ts';
import { systemClock } from '../src/daemon/system-clock.ts';
import type { MartDefinition } from '../src/marts/mart.ts';
import type { RangedBuild, RangedBy } from '../src/marts/ranges.ts';
import { applyPlan } from '../src/materializer/apply-plan.ts';
import { acquireLease } from '../src/materializer/lease.ts';
import { openLedger } from '../src/materializer/ledger.ts';
import { capsSettings } from '../src/materializer/settings.ts';
import type { Action } from '../src/plan/action.ts';
import { makePlanValue } from '../src/plan/plan.ts';

/**
 * `node bench/long-history.ts [--rows 8000000]`: what readers wait while a mart over a long history is built at once and in steps, and what a
 * refresh costs whole and by range after a day's rows were appended, or old rows corrected.
 */
const { values } = parseArgs({ options: { rows: { type: 'string', default: '8000000' } } });
const ROWS = Number(values.rows);
const DAYS = 800;
const HOUR = 3_600_000;

const folder = mkdtempSync(join(tmpdir(), 'goldsmith-long-'));
const connector = await openDuckdb({
  name: 'bench',
  path: join(folder, 'w.duckdb'),
  memoryLimit: '1500MB',
  threads: 2,
});
const ledger = openLedger(connector, { schema: 'goldsmith' });
await ledger.ensure();
const run = (sql: string) => connector.execute(sql, { purpose: 'build' });
await run(
  `create table main.users as select range as user_id, 'region ' || hash(range) % 12 as region from range(20000)`,
);
await run(`create table main.events as
select range as event_id, date '2024-01-01' + (range * ${DAYS} // ${ROWS})::integer as event_date,
  (hash(range) % 20000)::bigint as user_id, 'kind ' || hash(range * 3) % 8 as kind,
  (hash(range * 7) % 10000 / 100)::decimal(12,2) as amount
from range(${ROWS})`);

const by: RangedBy = {
  column: 'event_date',
  type: 'DATE',
  source: 'w.main.events' as RelationId,
  onSource: '"event_date"',
};

function definitionOf(name: string): MartDefinition {
  return {
    relation: `w.gold.${name}` as RelationId,
    origin: 'candidate',
    sql: `select e.event_date, u.region, e.kind, sum(e.amount) as amount, count(*) as events, count(distinct e.user_id) as users
from w.main.events e join w.main.users u on u.user_id = e.user_id group by e.event_date, u.region, e.kind`,
    columns: [
      { name: 'event_date', type: 'DATE' },
      { name: 'region', type: 'VARCHAR' },
      { name: 'kind', type: 'VARCHAR' },
      { name: 'amount', type: 'DECIMAL(38,2)' },
      { name: 'events', type: 'BIGINT' },
      { name: 'users', type: 'BIGINT' },
    ],
    sources: ['w.main.events' as RelationId, 'w.main.users' as RelationId],
    obligations: [
      { kind: 'unique-key', relation: 'w.main.users' as RelationId, columns: ['user_id'] },
    ],
    maxStalenessMs: 24 * HOUR,
  };
}

interface Did {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly detail: string;
}

async function apply(actions: readonly Action[]): Promise<Did> {
  const now = systemClock.now();
  const answer = await acquireLease({ connector, ledger }, { holder: 'bench', ttlMs: HOUR, now });
  if (answer.kind !== 'held') {
    throw new Error('the lease of a new warehouse is free');
  }
  const startedAt = performance.now();
  const outcome = await applyPlan(
    makePlanValue({
      madeAt: now,
      expiresAt: now + HOUR,
      steps: actions.map((action) => ({ action, because: 'measured', evidence: {} })),
    }),
    {
      connector,
      ledger,
      lease: answer.lease,
      clock: systemClock,
      caps: capsSettings.parse({}),
      adoptable: new Set(),
      spentOnBuilds: () => noMoney,
      mode: 'auto',
      killSwitch: () => false,
      replay: {
        fetchTexts: async () => new Map(),
        isSafeToReplay: () => ({ safe: true }),
        rewriteForReplay: async () => undefined,
      },
      priceCpu: () => nanoUsd(0n),
      onEvent: () => {},
    },
  );
  await answer.lease.release();
  if (outcome.kind !== 'applied') {
    throw new Error(outcome.because);
  }
  return {
    wallMs: performance.now() - startedAt,
    cpuMs: outcome.work.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    detail: outcome.steps.map((step) => step.detail).join('; '),
  };
}

/** A reader asks one question after the other, with a breath between, until the work is done. */
async function besideReader<Result>(work: () => Promise<Result>) {
  const waits: number[] = [];
  let isDone = false;
  const reading = (async () => {
    while (!isDone) {
      const startedAt = performance.now();
      await connector.query(
        `select kind, sum(amount) from main.events where event_date between date '2025-03-01' and date '2025-03-10' group by kind`,
        { purpose: 'measure' },
      );
      waits.push(performance.now() - startedAt);
      await systemClock.sleep(20);
    }
  })();
  const result = await work();
  isDone = true;
  await reading;
  const sorted = waits.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(0);
  return {
    result,
    told: `${waits.length} reads: median ${at(0.5)}, 95 % ${at(0.95)}, longest ${at(1)} ms`,
  };
}

const budget = { cpuMs: 10 * HOUR, bytes: 1e10 };
const ranged: RangedBuild = { by, rowsPerRange: ROWS / 16, mostChanged: 0.8, proveWhole: false };
const tableOf = (name: string, version: number) => `w.gold_data.${name}__v${version}` as RelationId;

function build(
  name: string,
  version: number,
  changes: Partial<Extract<Action, { kind: 'build-version' }>> = {},
): Action {
  return {
    kind: 'build-version',
    mart: definitionOf(name).relation,
    version,
    table: tableOf(name, version),
    reason: 'refresh',
    replay: [],
    minimumGain: 0,
    budget,
    ...changes,
  };
}

function publish(name: string, version: number): Action {
  const to = {
    kind: 'version',
    version,
    table: tableOf(name, version),
    freshUntil: systemClock.now() + 20 * HOUR,
  } as const;
  return { kind: 'repoint-view', mart: definitionOf(name).relation, to };
}

const say = (what: string, text: string) => process.stdout.write(`${what.padEnd(34)} ${text}\n`);
const cost = ({ wallMs, cpuMs }: Did) =>
  `${(wallMs / 1000).toFixed(1)} s, ${(cpuMs / 1000).toFixed(1)} s of thread time`;

try {
  say('load, rows', `${loadavg()[0]?.toFixed(1)}, ${ROWS}`);
  const idle = await besideReader(() => systemClock.sleep(3000));
  say('nothing built', idle.told);
  for (const name of ['at_once', 'in_steps']) {
    await apply([
      { kind: 'create-mart', mart: definitionOf(name).relation, definition: definitionOf(name) },
    ]);
  }
  const atOnce = await besideReader(() => apply([build('at_once', 1)]));
  say('built at once', `${cost(atOnce.result)}; ${atOnce.told}`);
  const fill: Action = {
    kind: 'fill-version',
    mart: definitionOf('in_steps').relation,
    version: 1,
    table: tableOf('in_steps', 1),
    by,
    rowsPerStep: ROWS / 16,
    budget,
  };
  const filled = await besideReader(() => apply([fill]));
  say('filled in steps, with rests', `${cost(filled.result)}; ${filled.told}`);
  const proved = await besideReader(() => apply([build('in_steps', 1, { ranged })]));
  say('proved', `${cost(proved.result)}; ${proved.told}`);
  await apply([publish('at_once', 1), publish('in_steps', 1)]);
  const changes = [
    [
      'a day appended',
      `insert into main.events select ${ROWS} + range, date '2026-03-12', range % 20000, 'kind 1', 1 from range(${Math.round(ROWS / DAYS)})`,
    ],
    [
      'an old day corrected',
      `update main.events set amount = amount + 1 where event_date = date '2024-06-01'`,
    ],
    [
      'every hundredth row corrected',
      'update main.events set amount = amount + 1 where event_id % 100 = 0',
    ],
  ] as const;
  for (const [at, [what, sql]] of changes.entries()) {
    await run(sql);
    const whole = await apply([build('at_once', at + 2), publish('at_once', at + 2)]);
    const byRange = await apply([
      build('in_steps', at + 2, { ranged }),
      publish('in_steps', at + 2),
    ]);
    say(`${what}: whole`, cost(whole));
    say(`${what}: by range`, `${cost(byRange)}; ${/\((.*?)\): /.exec(byRange.detail)?.[1] ?? ''}`);
  }
  const { rows } = await connector.query(
    'select count(*) from (select * from gold.at_once except all select * from gold.in_steps)',
    { purpose: 'verify' },
  );
  say('rows that differ', JSON.stringify(rows[0]?.[0] ?? null));
} finally {
  await connector.close();
  rmSync(folder, { recursive: true, force: true });
}
