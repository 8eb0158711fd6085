import { HOUR_MS } from '../../base/clock.ts';
import { type RelationId, relationParts } from '../../base/relation.ts';
import { cellText } from '../cell-text.ts';
import type { QueryResult } from '../connector.ts';
import type { Hours } from '../history/hourly-statements.ts';
import type { RefreshBill } from '../refresh-bill.ts';
import { named } from './named.ts';
import { textLiteral } from './text-literal.ts';

/**
 * The credits the account spent by itself on keeping versions up to date, as work, an hour of which is a credit: on materialized views,
 * told hour by hour, up to three hours late; on dynamic tables those attributed to each refresh that it began itself, up to nine hours
 * late. What our own statements refreshed is their cost. Of what else has such a name it tells nothing.
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
const REFRESHED = { ...PLACES, name: 'name' };
/** A refresh's query may have begun in an hour before. */
const LONGEST_MS = 24 * HOUR_MS;

/** Credits are told as texts. */
function billSql(versions: readonly RelationId[], { from, to }: Hours): string {
  const moment = (at: number) => `${textLiteral(new Date(at).toISOString())}::timestamp_tz`;
  const oneOf = (places: typeof PLACES) =>
    versions.map((version) => named(version, places)).join('\n    or ');
  return `select schema_name, table_name, sum(credits)::varchar
from (
  select schema_name, table_name, credits_used::double as credits
  from snowflake.account_usage.materialized_view_refresh_history
  where start_time >= ${moment(from)} and start_time < ${moment(to)}
    and (${oneOf(PLACES)})
  union all
  select r.schema_name, r.name, a.credits_attributed_compute
  from snowflake.account_usage.dynamic_table_refresh_history as r
    join snowflake.account_usage.query_attribution_history as a on a.query_id = r.query_id
  where r.refresh_start_time >= ${moment(from)} and r.refresh_start_time < ${moment(to)}
    and a.start_time >= ${moment(from - LONGEST_MS)} and a.start_time < ${moment(to + LONGEST_MS)}
    and r.refresh_trigger = 'SCHEDULED' and (${oneOf(REFRESHED)})
) as spent
group by schema_name, table_name`;
}
