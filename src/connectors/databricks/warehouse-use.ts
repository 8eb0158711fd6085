import { HOUR_MS } from '../../base/clock.ts';
import { cellText } from '../cell-text.ts';
import type { CallOptions, Cell, QueryResult } from '../connector.ts';
import { ConnectorError } from '../connector-error.ts';
import type { Hours } from '../history/hourly-statements.ts';
import type { HistoryQuestion } from '../history-row.ts';
import { DBU_AN_HOUR, WORKER_CORES } from './dbu.ts';
import { billedSql, upSql, usedSql } from './warehouse-use-sql.ts';

/** What a SQL warehouse was billed for in some hours, and what of it its statements made. */
export interface WarehouseUse {
  readonly warehouse: string;
  /** Of all its statements. */
  readonly taskMs: number;
  readonly billedDbu: number;
  /** The rest was idle: it was up, and nothing ran. */
  readonly attributedDbu: number;
  /** Of what these statements would have made by the list: task time on cores in full use. Multiplies the cost of each. */
  readonly rate: number;
  /** The account tells when it was up; else what statements in full use would not cost counts as idle. */
  readonly isUpTold: boolean;
}

export interface AskedUse extends Hours {
  readonly ask: (sql: string) => Promise<QueryResult>;
  /** `system.query.history`, or what stands for it. */
  readonly relation: string;
}

/**
 * The account's bill of each warehouse over its statements: the share of the time it was up in which something ran is theirs, by
 * their task time; the rest is idle, and nobody's. Where the account does not tell when a warehouse was up, it was all the time that
 * something ran and no longer, and no statement is given more than its cores in full use would cost.
 *
 * Raises what `ask` does where the bill or the history may not be read.
 */
export async function readWarehouseUse(asked: AskedUse): Promise<readonly WarehouseUse[]> {
  const { ask, relation } = asked;
  const billed = await ask(billedSql(asked));
  if (billed.rows.length === 0) {
    return [];
  }
  const used = byWarehouse((await ask(usedSql(relation, asked))).rows);
  const up = await upTimes(asked);
  return billed.rows.flatMap(([id, dbu]) => {
    const warehouse = cellText(id);
    const billedDbu = Number(dbu);
    const [taskMs = 0, busyMs = 0] = used.get(warehouse) ?? [];
    const inFullUse = (taskMs / HOUR_MS) * (DBU_AN_HOUR / WORKER_CORES);
    if (billedDbu <= 0 || inFullUse <= 0) {
      return [];
    }
    const [upMs = 0] = up?.get(warehouse) ?? [];
    const attributedDbu =
      upMs > 0 ? billedDbu * Math.min(1, busyMs / upMs) : Math.min(billedDbu, inFullUse);
    const rate = attributedDbu / inFullUse;
    return [{ warehouse, taskMs, billedDbu, attributedDbu, rate, isUpTold: upMs > 0 }];
  });
}

/** The questions of `readWarehouseUse`, which asks one only where the one before it has an answer. */
export function useQuestions(
  relation: string,
  {
    hours,
    ask,
  }: { readonly hours: Hours; readonly ask: (sql: string, options: Abortable) => Promise<unknown> },
): readonly HistoryQuestion[] {
  return [
    {
      kind: 'read what warehouses were billed for',
      otherwise: 'costs rest on task times alone without it',
      ask: (options) => ask(billedSql(hours), options),
    },
    {
      kind: 'read what ran on each warehouse',
      ask: (options) => ask(usedSql(relation, hours), options),
    },
    {
      kind: 'read when each warehouse was up',
      otherwise: 'idle time is estimated without it',
      ask: (options) => ask(upSql(hours), options),
    },
  ];
}

type Abortable = Pick<CallOptions, 'signal'>;

function byWarehouse(rows: readonly (readonly Cell[])[]): ReadonlyMap<string, readonly number[]> {
  return new Map(rows.map(([warehouse, ...numbers]) => [cellText(warehouse), numbers.map(Number)]));
}

/** Nothing where they may not be read: the schema `compute` is granted by itself. */
async function upTimes(
  asked: AskedUse,
): Promise<ReadonlyMap<string, readonly number[]> | undefined> {
  try {
    return byWarehouse((await asked.ask(upSql(asked))).rows);
  } catch (error) {
    if (error instanceof ConnectorError && HIDDEN.has(error.code)) {
      return undefined;
    }
    throw error;
  }
}

/** The account does not tell what is hidden from what is missing. */
export const HIDDEN: ReadonlySet<string> = new Set([
  'CONNECTOR_RELATION_MISSING',
  'CONNECTOR_PERMISSION_DENIED',
]);
