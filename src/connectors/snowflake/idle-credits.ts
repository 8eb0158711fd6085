import { cellText } from '../cell-text.ts';
import type { QueryResult } from '../connector.ts';
import { isHidden } from './hidden.ts';

/**
 * Credits of each warehouse in seven days, and what of them the account attributed to statements. Both are complete after six hours;
 * warehouses that stand for cloud services alone use none.
 */
export const USED_CREDITS = `select warehouse_name, sum(credits_used_compute) as used, sum(coalesce(credits_attributed_compute_queries, 0)) as attributed
from snowflake.account_usage.warehouse_metering_history
where start_time >= dateadd('day', -8, current_timestamp()) and end_time <= dateadd('day', -1, current_timestamp())
group by 1
having sum(credits_used_compute) > 0`;

/** What of a week's credits was idle time, which is in no statement's cost; nothing where it may not be read. */
export async function idleWords(
  ask: (sql: string) => Promise<QueryResult>,
): Promise<string | undefined> {
  const rows = await unlessHidden(() => ask(USED_CREDITS));
  if (rows === undefined) {
    return undefined;
  }
  const warehouses = rows.rows
    .map(([name, used, attributed]) => ({
      name: cellText(name),
      used: Number(used),
      idle: Math.max(0, Number(used) - Number(attributed)),
    }))
    .toSorted((a, b) => b.idle - a.idle);
  const [most] = warehouses;
  if (most === undefined) {
    return 'no warehouse used credits in the last 7 days';
  }
  const used = sum(warehouses.map((each) => each.used));
  const idle = sum(warehouses.map((each) => each.idle));
  return `in 7 days to yesterday warehouses used ${rounded(used)} credits, ${share(idle, used)} of them idle, which no statement costs (most: ${most.name} ${share(most.idle, most.used)} of ${rounded(most.used)})`;
}

async function unlessHidden<Told>(told: () => Promise<Told>): Promise<Told | undefined> {
  try {
    return await told();
  } catch (error) {
    if (isHidden(error)) {
      return undefined;
    }
    throw error;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

function rounded(credits: number): number {
  return Math.round(credits * 10) / 10;
}

function share(part: number, whole: number): string {
  return `${Math.round((part / whole) * 100)} %`;
}
