import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, handTurnedClock } from '../../src/base/clock.ts';
import type { RelationId } from '../../src/base/relation.ts';
import { noMoney, usd } from '../../src/base/usd.ts';
import type { Connector } from '../../src/connectors/connector.ts';
import { openDuckdb } from '../../src/connectors/duckdb/duckdb-connector.ts';
import type { MartDefinition } from '../../src/marts/mart.ts';
import type { ApplyEvent, ApplyOutcome, ApplyParts } from '../../src/materializer/apply-parts.ts';
import { applyPlan } from '../../src/materializer/apply-plan.ts';
import { acquireLease, type Lease } from '../../src/materializer/lease.ts';
import { type Ledger, openLedger } from '../../src/materializer/ledger.ts';
import { capsSettings } from '../../src/materializer/settings.ts';
import type { ReplayPorts, Work } from '../../src/materializer/work.ts';
import type { Action } from '../../src/plan/action.ts';
import { makePlanValue, type Plan } from '../../src/plan/plan.ts';

export const START = Date.UTC(2026, 5, 1);
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export function id(name: string): RelationId {
  return name as RelationId;
}

export const SALES = id('w.gold.sales_by_region');
export const TABLE = id('w.gold_data.sales_by_region__v1');
const SALES_SQL =
  'select c.region, count(*) as orders, sum(o.amount) as amount from w.main.orders o join w.main.customers c on c.id = o.customer_id group by c.region';

export function aDefinition(changes: Partial<MartDefinition> = {}): MartDefinition {
  return {
    relation: SALES,
    origin: 'candidate',
    sql: SALES_SQL,
    columns: [
      { name: 'region', type: 'VARCHAR' },
      { name: 'orders', type: 'BIGINT' },
      { name: 'amount', type: 'DECIMAL(38,2)' },
    ],
    sources: [id('w.main.customers'), id('w.main.orders')],
    obligations: [{ kind: 'unique-key', relation: id('w.main.customers'), columns: ['id'] }],
    maxStalenessMs: DAY,
    ...changes,
  };
}

export type BuildAction = Extract<Action, { kind: 'build-version' }>;

export function aBuild(changes: Partial<BuildAction> = {}): BuildAction {
  return {
    kind: 'build-version',
    mart: SALES,
    version: 1,
    table: TABLE,
    reason: 'promote',
    replay: [{ fingerprint: 'f1', sampleIds: ['s1'] }],
    minimumGain: 0,
    budget: { cpuMs: 60_000, bytes: 1_000_000 },
    ...changes,
  };
}

export function toVersion(
  changes: Partial<Extract<Action, { kind: 'repoint-view' }>['to'] & { freshUntil: number }> = {},
): Action {
  const to = { kind: 'version', version: 1, table: TABLE, freshUntil: START + DAY } as const;
  return { kind: 'repoint-view', mart: SALES, to: { ...to, ...changes } as typeof to };
}

export const create: Action = { kind: 'create-mart', mart: SALES, definition: aDefinition() };
export const toLogical: Action = { kind: 'repoint-view', mart: SALES, to: { kind: 'logical' } };
export const dropV1: Action = { kind: 'drop-version', mart: SALES, version: 1, table: TABLE };
export const release: Action = { kind: 'release-mart', mart: SALES };

/** A tiny warehouse: 20 customers in 4 regions, 400 orders. */
export const SEED = [
  "create table main.customers as select range as id, 'r' || (range % 4) as region from range(20)",
  'create table main.orders as select range as id, range % 20 as customer_id, (range % 50 * 1.25)::decimal(10,2) as amount from range(400)',
];

/** The statement readers ask, on base and on a table that holds the mart. */
export const BASE_TEXT = `select region, amount from (${SALES_SQL}) as s where orders > 10`;

export function replayPorts(changes: Partial<ReplayPorts> = {}): ReplayPorts {
  return {
    fetchTexts: async (ids) => new Map(ids.map((one) => [one, BASE_TEXT])),
    isSafeToReplay: () => ({ safe: true }),
    rewriteForReplay: async (_fingerprint, text, { table }) => ({
      base: text,
      served: `select region, amount from ${table} as s where orders > 10`,
    }),
    ...changes,
  };
}

export interface Workshop {
  readonly path: string;
  readonly connector: Connector;
  readonly ledger: Ledger;
  readonly lease: Lease;
  readonly clock: Clock & { turnTo(at: number): void };
  readonly events: ApplyEvent[];
  readonly work: Work;
  parts(changes?: Partial<ApplyParts>): ApplyParts;
  apply(actions: readonly Action[], changes?: Partial<ApplyParts>): Promise<ApplyOutcome>;
  run(sql: string): Promise<void>;
  rows(sql: string): Promise<readonly (readonly unknown[])[]>;
  close(): Promise<void>;
}

/** A real DuckDB file named `w` in a folder of its own, seeded, with ledger and lease. */
export async function openWorkshop(
  options: { path?: string; seed?: boolean; now?: number } = {},
): Promise<Workshop> {
  const folder = options.path === undefined ? mkdtempSync(join(tmpdir(), 'goldsmith-')) : undefined;
  const path = options.path ?? join(folder ?? '', 'w.duckdb');
  const connector = await openDuckdb({ name: 'test', path, memoryLimit: '256MB', threads: 2 });
  const run = async (sql: string) => {
    await connector.execute(sql, { purpose: 'build' });
  };
  if (options.seed !== false) {
    for (const statement of SEED) {
      await run(statement);
    }
  }
  const clock = handTurnedClock(options.now ?? START);
  const ledger = openLedger(connector, { schema: 'goldsmith' });
  await ledger.ensure();
  const answer = await acquireLease(
    { connector, ledger },
    { holder: 'test', ttlMs: 60_000, now: clock.now() },
  );
  if (answer.kind !== 'held') {
    throw new Error('the lease of a new warehouse is free');
  }
  const { lease } = answer;
  const events: ApplyEvent[] = [];
  const caps = capsSettings.parse({});
  const parts = (changes: Partial<ApplyParts> = {}): ApplyParts => ({
    connector,
    ledger,
    lease,
    clock,
    caps,
    adoptable: new Set([id('w.gold.report'), SALES]),
    spentOnBuilds: () => noMoney,
    mode: 'auto',
    killSwitch: () => false,
    replay: replayPorts(),
    priceCpu: (cpuMs) => usd(cpuMs / 1e6),
    onEvent: (event) => events.push(event),
    ...changes,
  });
  return {
    path,
    connector,
    ledger,
    lease,
    clock,
    events,
    work: {
      connector,
      ledger,
      lease,
      clock,
      caps,
      replay: replayPorts(),
      freshness: {},
      inside: async () => {},
    },
    parts,
    apply: (actions, changes = {}) =>
      applyPlan(aPlan(actions, (changes.clock ?? clock).now()), parts(changes)),
    run,
    rows: async (sql) => (await connector.query(sql, { purpose: 'verify' })).rows,
    async close() {
      await connector.close();
      if (folder !== undefined) {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

export function aPlan(actions: readonly Action[], madeAt: number): Plan {
  return makePlanValue({
    madeAt,
    expiresAt: madeAt + HOUR,
    steps: actions.map((action) => ({ action, because: 'a test asks for it', evidence: {} })),
  });
}
