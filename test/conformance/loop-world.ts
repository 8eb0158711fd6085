import { type Clock, handTurnedClock } from '../../src/base/clock.ts';
import type { RelationId } from '../../src/base/relation.ts';
import { noMoney, usd } from '../../src/base/usd.ts';
import type { Connector } from '../../src/connectors/connector.ts';
import type { MartDefinition } from '../../src/marts/mart.ts';
import type { ApplyOutcome, ApplyParts } from '../../src/materializer/apply-parts.ts';
import { applyPlan } from '../../src/materializer/apply-plan.ts';
import { acquireLease, type Lease } from '../../src/materializer/lease.ts';
import { type Ledger, openLedger } from '../../src/materializer/ledger.ts';
import { capsSettings } from '../../src/materializer/settings.ts';
import type { Work } from '../../src/materializer/work.ts';
import type { Action } from '../../src/plan/action.ts';
import { makePlanValue } from '../../src/plan/plan.ts';
import type { Hold } from '../servers/holds.ts';

/** A warehouse of its own for one test, empty but for what its kind always has. */
export interface LoopWarehouse {
  readonly connector: Connector;
  /** Other people's statement: they own the sources, and Goldsmith may read what they make. */
  people(sql: string): Promise<void>;
  /** Another connector to the same warehouse, for a daemon that is to be killed. */
  readonly connect?: () => Promise<Connector>;
  /** What can go wrong on the way of a statement: each befalls the next one that matches. */
  readonly trouble?: Readonly<Record<string, (statement: RegExp) => void>>;
  /** Holds the next statement that matches, until it is let go. */
  readonly hold?: (when: RegExp) => Hold;
  close(): Promise<void>;
}

export interface LoopSubject {
  readonly name: string;
  /** Where other people's tables lie. */
  readonly schema: string;
  /** Types as the warehouse names them. */
  readonly types: { readonly text: string; readonly bigint: string; readonly sumOfMoney: string };
  /** How it stores names that are written without quotes. Absent: as they are. */
  readonly cased?: (name: string) => string;
  /** The mart is over orders alone. Absent: over orders and customers. */
  readonly oneTable?: true;
  open(): Promise<LoopWarehouse>;
}

type Named = Pick<LoopSubject, 'cased'>;

export const START = Date.UTC(2026, 5, 1);
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export const SALES = salesOf({});

export function id(name: string): RelationId {
  return name as RelationId;
}

export function salesOf(subject: Named): RelationId {
  return idOf(subject, 'gold.sales_by_region');
}

export function idOf({ cased = same }: Named, name: string): RelationId {
  return id(cased(name));
}

function same(name: string): string {
  return name;
}

export function versionTable(version: number, subject: Named = {}): RelationId {
  return idOf(subject, `gold_data.sales_by_region__v${version}`);
}

/** Text, not a table: what readers ask of the sources. */
export function salesSql(schema: string): string {
  return `select c.region, count(*) as orders, sum(o.amount) as amount
from ${schema}.orders as o join ${schema}.customers as c on c.id = o.customer_id group by c.region`;
}

/** The same of one table: whether customers' numbers are even stands for where they are. */
export function salesSqlOf({ schema, oneTable }: Pick<LoopSubject, 'schema' | 'oneTable'>): string {
  return oneTable === true
    ? `select case when o.customer_id % 2 = 0 then 'even' else 'odd' end as region, count(*) as orders, sum(o.amount) as amount
from ${schema}.orders as o group by case when o.customer_id % 2 = 0 then 'even' else 'odd' end`
    : salesSql(schema);
}

export function salesDefinition(subject: Omit<LoopSubject, 'open'>): MartDefinition {
  const { schema, types, cased = same, oneTable } = subject;
  const orders = idOf(subject, `${schema}.orders`);
  const customers = idOf(subject, `${schema}.customers`);
  return {
    relation: salesOf(subject),
    origin: 'candidate',
    sql: salesSqlOf(subject),
    columns: [
      { name: cased('region'), type: types.text },
      { name: cased('orders'), type: types.bigint },
      { name: cased('amount'), type: types.sumOfMoney },
    ],
    sources: oneTable === true ? [orders] : [customers, orders],
    obligations:
      oneTable === true
        ? []
        : [{ kind: 'unique-key', relation: customers, columns: [cased('id')] }],
    maxStalenessMs: DAY,
  };
}

export function build(
  version: number,
  reason: 'promote' | 'refresh' = 'promote',
  subject: Named = {},
): Action {
  return {
    kind: 'build-version',
    mart: salesOf(subject),
    version,
    table: versionTable(version, subject),
    reason,
    replay: [{ fingerprint: 'f1', sampleIds: ['s1'] }],
    minimumGain: -100,
    budget: { cpuMs: 60_000, bytes: 1_000_000 },
  };
}

export function toVersion(version: number, freshUntil: number, subject: Named = {}): Action {
  const table = versionTable(version, subject);
  const to = { kind: 'version', version, table, freshUntil } as const;
  return { kind: 'repoint-view', mart: salesOf(subject), to };
}

export function toLogicalOf(subject: Named): Action {
  return { kind: 'repoint-view', mart: salesOf(subject), to: { kind: 'logical' } };
}

export const toLogical: Action = toLogicalOf({});

/** 20 customers in 4 regions, 400 orders. */
export function seed(schema: string): readonly string[] {
  return [
    `create table ${schema}.customers as select cast(id as integer) as id, 'r' || (id % 4) as region from generate_series(0, 19) as t(id)`,
    `create table ${schema}.orders as select cast(id as bigint) as id, cast(id % 20 as integer) as customer_id,
  cast(id % 50 * 1.25 as decimal(10, 2)) as amount from generate_series(0, 399) as t(id)`,
  ];
}

export interface LoopWorld extends LoopWarehouse {
  readonly ledger: Ledger;
  readonly lease: Lease;
  readonly clock: Clock & { turnTo(at: number): void };
  readonly work: Work;
  apply(actions: readonly Action[], changes?: Partial<ApplyParts>): Promise<ApplyOutcome>;
  rows(sql: string): Promise<readonly (readonly unknown[])[]>;
}

/** A seeded warehouse with ledger and lease, and a clock turned by hand. */
export async function openLoopWorld(subject: LoopSubject): Promise<LoopWorld> {
  const warehouse = await subject.open();
  for (const statement of seed(subject.schema)) {
    await warehouse.people(statement);
  }
  return { ...(await workOn(warehouse, { subject, now: START })), ...warehouse };
}

/** The ledger, the lease and what steps need, on a warehouse that is there already. */
export async function workOn(
  { connector }: Pick<LoopWarehouse, 'connector'>,
  {
    subject,
    now,
  }: { readonly subject: Pick<LoopSubject, 'schema' | 'cased' | 'oneTable'>; readonly now: number },
): Promise<Omit<LoopWorld, keyof LoopWarehouse>> {
  const clock = handTurnedClock(now);
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
  const asked = `select region, amount from (${salesSqlOf(subject)}) as s where orders > 10`;
  const caps = capsSettings.parse({});
  const replay: ApplyParts['replay'] = {
    fetchTexts: async (ids) => new Map(ids.map((one) => [one, asked])),
    isSafeToReplay: () => ({ safe: true }),
    rewriteForReplay: async (_fingerprint, text, { table }) => ({
      base: text,
      served: `select region, amount from ${table} as s where orders > 10`,
    }),
  };
  const parts: ApplyParts = {
    connector,
    ledger,
    lease,
    clock,
    caps,
    adoptable: new Set([idOf(subject, 'gold.report')]),
    spentOnBuilds: () => noMoney,
    mode: 'auto',
    killSwitch: () => false,
    replay,
    priceCpu: (cpuMs) => usd(cpuMs / 1e6),
    onEvent: () => undefined,
  };
  return {
    ledger,
    lease,
    clock,
    work: { connector, ledger, lease, clock, caps, replay, freshness: {}, inside: async () => {} },
    apply(actions, changes = {}) {
      const madeAt = (changes.clock ?? clock).now();
      const steps = actions.map((action) => ({
        action,
        because: 'a test asks for it',
        evidence: {},
      }));
      const plan = makePlanValue({ madeAt, expiresAt: madeAt + HOUR, steps });
      return applyPlan(plan, { ...parts, ...changes });
    },
    rows: async (sql) => (await connector.query(sql, { purpose: 'verify' })).rows,
  };
}
