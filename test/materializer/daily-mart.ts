import type { MartDefinition } from '../../src/marts/mart.ts';
import type { RangedBuild, RangedBy } from '../../src/marts/ranges.ts';
import type { Action } from '../../src/plan/action.ts';
import { aBuild, aDefinition, type BuildAction, DAY, id, START } from './workshop.ts';

/** A mart that falls into ranges of the customers its orders are of; named for what such marts mostly are. */
export const DAILY = id('w.gold.orders_by_customer');

export const BY_CUSTOMER: RangedBy = {
  column: 'customer_id',
  type: 'BIGINT',
  source: id('w.main.orders'),
  onSource: '"customer_id"',
};

export function dailyTable(version: number) {
  return id(`w.gold_data.orders_by_customer__v${version}`);
}

export const dailyDefinition: MartDefinition = aDefinition({
  relation: DAILY,
  sql: `select o.customer_id, min(c.region) as region, count(*) as orders, sum(o.amount) as amount
from w.main.orders o join w.main.customers c on c.id = o.customer_id group by o.customer_id`,
  columns: [
    { name: 'customer_id', type: 'BIGINT' },
    { name: 'region', type: 'VARCHAR' },
    { name: 'orders', type: 'BIGINT' },
    { name: 'amount', type: 'DECIMAL(38,2)' },
  ],
});

export const createDaily: Action = {
  kind: 'create-mart',
  mart: DAILY,
  definition: dailyDefinition,
};

export type FillAction = Extract<Action, { kind: 'fill-version' }>;

/** 400 orders of 20 customers in ranges of 100: below, four in a row, and NULL. */
export const fillDaily: FillAction = {
  kind: 'fill-version',
  mart: DAILY,
  version: 1,
  table: dailyTable(1),
  by: BY_CUSTOMER,
  rowsPerStep: 100,
  budget: { cpuMs: 60_000, bytes: 1_000_000 },
};

export function buildFilled(changes: Partial<BuildAction> = {}): BuildAction {
  return aBuild({
    mart: DAILY,
    table: dailyTable(1),
    replay: [],
    reason: 'refresh',
    ranged: ranged(),
    ...changes,
  });
}

export function refreshDaily(version: number, changes: Partial<RangedBuild> = {}): BuildAction {
  return aBuild({
    mart: DAILY,
    version,
    table: dailyTable(version),
    reason: 'refresh',
    replay: [],
    ranged: ranged(changes),
  });
}

export function toDaily(version: number): Action {
  const to = {
    kind: 'version',
    version,
    table: dailyTable(version),
    freshUntil: START + DAY,
  } as const;
  return { kind: 'repoint-view', mart: DAILY, to };
}

function ranged(changes: Partial<RangedBuild> = {}): RangedBuild {
  return { by: BY_CUSTOMER, rowsPerRange: 100, mostChanged: 0.5, proveWhole: false, ...changes };
}
