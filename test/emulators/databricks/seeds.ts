/** The moment our clock is turned to. */
export const NOW = Date.UTC(2026, 10, 20, 12, 30);

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const ago = (ms: number) => `timestamp_millis(${NOW - ms})`;
const warehouse = (id: string) => `named_struct('warehouse_id', '${id}', 'dlt_pipeline_id', null)`;

interface Statement {
  readonly id: string;
  readonly user?: string;
  readonly text?: string;
  readonly status?: string;
  readonly from?: number;
  readonly to?: number;
  readonly taskMs?: number;
}

function rowOf({
  id,
  user = 'ana',
  text = 'select n from sales.orders where id = 12345',
  status = 'FINISHED',
  from = 141 * MINUTE,
  to = 140 * MINUTE,
  taskMs = 2000,
}: Statement): string {
  return `('${id}', '${user}', '${user}', named_struct('type', 'WAREHOUSE', 'warehouse_id', 'w1'), '${text}', '${status}', 'Tableau',
  ${ago(from)}, ${ago(to)}, ${taskMs}, 1500, 1000, false, map('team', 'shop'))`;
}

/** Runs of today; and one of the day that is billed, of twenty minutes and an hour of one core. */
export const STATEMENTS = `insert into system.query.history values ${[
  rowOf({ id: 'a' }),
  rowOf({ id: 'b', text: 'select n from sales.orders where id = 98765' }),
  rowOf({ id: 'c', user: 'ben' }),
  rowOf({ id: 'd', status: 'FAILED' }),
  rowOf({ id: 'e', text: 'begin select 1; end' }),
  rowOf({
    id: 'billed',
    from: 30 * HOUR,
    to: 30 * HOUR - 20 * MINUTE,
    taskMs: HOUR,
  }),
].join(', ')}`;

/** Two DBU on that day for the forty minutes in which the warehouse was up. */
export const BILLED: readonly string[] = [
  `insert into system.billing.usage values ('SQL', 'DBU', 2, ${warehouse('w1')}, ${ago(30 * HOUR)}, ${ago(29 * HOUR)}, cast(${ago(30 * HOUR)} as date))`,
  `insert into system.compute.warehouse_events values ('w1', 'RUNNING', 1, ${ago(30 * HOUR + 10 * MINUTE)}), ('w1', 'STOPPED', 0, ${ago(30 * HOUR - 30 * MINUTE)})`,
];

/** A price that holds still, and what is billed at it: the warehouse of these tests by the real clock, and a pipeline. */
export const PRICED: readonly string[] = [
  `insert into system.billing.list_prices values ('SQL', 'USD', 'DBU', timestamp '2020-01-01 00:00:00', null,
  named_struct('default', 0.7, 'promotional', named_struct('default', null), 'effective_list', named_struct('default', 0.7)))`,
  `insert into system.billing.usage values ('SQL', 'DBU', 3, ${warehouse('any')}, now() - interval 1 day, now(), date_sub(current_date(), 1))`,
  `insert into system.billing.usage values ('SQL', 'DBU', 1.5, named_struct('warehouse_id', null, 'dlt_pipeline_id', 'p-1'), ${ago(3 * HOUR)}, ${ago(2 * HOUR)}, cast(${ago(3 * HOUR)} as date))`,
];
