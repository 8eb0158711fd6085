import type { MartDefinition } from '../../src/marts/mart.ts';
import type { SlimForm } from '../../src/marts/slim-form.ts';
import type { Action } from '../../src/plan/action.ts';
import { aBuild, aDefinition, type BuildAction, DAY, id, START } from './workshop.ts';

/** Orders with the region of their customer: a mart with an attribute to keep, one to pack and one to tombstone. */
export const WIDE = id('w.gold.wide_orders');
const table = (version: number) => id(`w.gold_data.wide_orders__v${version}`);

const definition: MartDefinition = aDefinition({
  relation: WIDE,
  sql: "select o.id, o.amount, c.region, 'note ' || o.id as note from w.main.orders o left join w.main.customers c on c.id = o.customer_id",
  columns: [
    { name: 'id', type: 'BIGINT' },
    { name: 'amount', type: 'DECIMAL(10,2)' },
    { name: 'region', type: 'VARCHAR' },
    { name: 'note', type: 'VARCHAR' },
  ],
  obligations: [],
});

export const createWide: Action = { kind: 'create-mart', mart: WIDE, definition };

export function wideBuild(version: number, changes: Partial<BuildAction> = {}): Action {
  const refresh = { reason: 'refresh', replay: [] } as const;
  return aBuild({ mart: WIDE, version, table: table(version), ...refresh, ...changes });
}

export function toWide(version: number): Action {
  const to = { kind: 'version', version, table: table(version), freshUntil: START + DAY } as const;
  return { kind: 'repoint-view', mart: WIDE, to };
}

export const wideToLogical: Action = { kind: 'repoint-view', mart: WIDE, to: { kind: 'logical' } };

export function dropWide(version: number): Action {
  return { kind: 'drop-version', mart: WIDE, version, table: table(version) };
}

export function markWide(changes: Extract<Action, { kind: 'mark-attributes' }>['changes']): Action {
  return { kind: 'mark-attributes', mart: WIDE, changes };
}

/** Region packed, note gone. */
export function slimWide(version: number, changes: Partial<SlimForm> = {}): SlimForm {
  const pack = id(`${table(version)}__pack_1`);
  return {
    rows: id(`${table(version)}__rows`),
    sql: `select o.id, o.amount, coalesce(c.pos, 1)::integer as __position_1 from w.main.orders o
left join (select id, row_number() over (order by id) + 1 as pos from w.main.customers) c on c.id = o.customer_id`,
    packs: [
      {
        table: pack,
        position: '__position_1',
        sql: `select list(region order by pos) as region from (
  select region, row_number() over (order by id) + 1 as pos from w.main.customers union all by name select 1 as pos)`,
      },
    ],
    attributes: [
      { kind: 'stored', name: 'id' },
      { kind: 'stored', name: 'amount' },
      { kind: 'packed', name: 'region', pack },
      { kind: 'tombstone', name: 'note', message: 'note of gold.wide_orders was pruned' },
    ],
    ...changes,
  };
}
