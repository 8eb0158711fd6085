import { HOUR_MS } from '../../base/clock.ts';
import { type RelationId, relationParts } from '../../base/relation.ts';
import { cellText } from '../cell-text.ts';
import type { QueryResult } from '../connector.ts';
import type { Hours } from '../history/hourly-statements.ts';
import type { RefreshBill } from '../refresh-bill.ts';
import { named } from './named.ts';
import { textLiteral } from './text-literal.ts';

/**
 * The credits materialized views were kept up to date with, as work, an hour of which is a credit. The account tells them hour by hour,
 * up to three hours late; of what else has such a name it tells nothing.
 *
 * Raises what `ask` does where the history of refreshes may not be read: what is not told is no bill of nothing.
 */
export async function readRefreshBills(
  versions: readonly RelationId[],
  { ask, ...hours }: Hours & { readonly ask: (sql: string) => Promise<QueryResult> },
): Promise<ReadonlyMap<RelationId, RefreshBill>> {
  if (versions.length === 0) {
    return new Map();
  }
  const { rows } = await ask(billSql(versions, hours));
  const credits = new Map(
    rows.map(([schema, name, spent]) => [keyOf(cellText(schema), cellText(name)), Number(spent)]),
  );
  return new Map(
    versions.flatMap((version) => {
      const { schema = '', name } = relationParts(version);
      const spent = credits.get(keyOf(schema, name));
      return spent === undefined ? [] : [[version, { cpuMs: spent * HOUR_MS }] as const];
    }),
  );
}

function keyOf(schema: string, name: string): string {
  return JSON.stringify([schema, name]);
}

const PLACES = { database: 'database_name', schema: 'schema_name', name: 'table_name' };

/** Credits are told as texts. */
function billSql(versions: readonly RelationId[], { from, to }: Hours): string {
  const moment = (at: number) => `${textLiteral(new Date(at).toISOString())}::timestamp_tz`;
  return `select schema_name, table_name, sum(credits_used::double)::varchar
from snowflake.account_usage.materialized_view_refresh_history
where start_time >= ${moment(from)} and start_time < ${moment(to)}
  and (${versions.map((version) => named(version, PLACES)).join('\n    or ')})
group by schema_name, table_name`;
}
