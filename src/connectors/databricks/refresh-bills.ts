import type { RelationId } from '../../base/relation.ts';
import { cellText } from '../cell-text.ts';
import type { QueryResult } from '../connector.ts';
import { ConnectorError } from '../connector-error.ts';
import type { Hours } from '../history/hourly-statements.ts';
import type { RefreshBill } from '../refresh-bill.ts';
import { databricksNames, named } from './names.ts';

export interface AskedBills extends Hours {
  /** For error messages. */
  readonly name: string;
  readonly versions: readonly RelationId[];
  /** Whoever may read `system.billing`. */
  readonly ask: (sql: string) => Promise<QueryResult>;
  /** Whoever owns the versions. */
  readonly askOwner: (sql: string) => Promise<QueryResult>;
}

/**
 * What the pipelines behind these materialized views were billed, by list prices, in dollars. A view names its pipeline among its
 * properties; one that is gone has none, and a table that nothing refreshes.
 *
 * Raises what `ask` does where the bill may not be read, and where a view that is there does not name its pipeline: what is not told
 * is no bill of nothing.
 */
export async function readRefreshBills({
  name,
  versions,
  ask,
  askOwner,
  ...hours
}: AskedBills): Promise<ReadonlyMap<RelationId, RefreshBill>> {
  const versionOf = new Map<string, RelationId>();
  for (const version of versions) {
    const pipeline = await pipelineOf(version, { name, askOwner });
    if (pipeline !== undefined) {
      versionOf.set(pipeline, version);
    }
  }
  if (versionOf.size === 0) {
    return new Map();
  }
  const { rows } = await ask(billSql([...versionOf.keys()], hours));
  return new Map(
    rows.flatMap(([pipeline, usd]) => {
      const version = versionOf.get(cellText(pipeline));
      return version === undefined ? [] : [[version, { usd: Number(usd) }] as const];
    }),
  );
}

async function pipelineOf(
  version: RelationId,
  { name, askOwner }: Pick<AskedBills, 'name' | 'askOwner'>,
): Promise<string | undefined> {
  try {
    const { rows } = await askOwner(`show tblproperties ${databricksNames.relation(version)}`);
    const found = rows.find(([key]) => key === PIPELINE)?.[1];
    if (found === undefined || found === null) {
      if (!(await isKept(version, askOwner))) {
        return undefined;
      }
      const addition = `${version} does not tell its pipeline (${PIPELINE}), so its refreshes are not debited yet`;
      throw new ConnectorError('CONNECTOR_UNKNOWN', name, { addition });
    }
    return cellText(found);
  } catch (error) {
    if (error instanceof ConnectorError && error.code === 'CONNECTOR_RELATION_MISSING') {
      return undefined;
    }
    throw error;
  }
}

/** A table that nothing refreshes has no pipeline. */
async function isKept(version: RelationId, ask: AskedBills['askOwner']): Promise<boolean> {
  const { rows } = await ask(
    `select count(*) as n from information_schema.tables where ${named(version)} and table_type = 'MATERIALIZED_VIEW'`,
  );
  return Number(rows[0]?.[0]) > 0;
}

const PIPELINE = 'pipelines.pipelineId';

/** What was taken back later counts against it. */
function billSql(pipelines: readonly string[], { from, to }: Hours): string {
  const moment = (at: number) => `timestamp_millis(${Math.trunc(at)})`;
  return `select u.usage_metadata.dlt_pipeline_id as pipeline, cast(sum(u.usage_quantity * p.pricing.effective_list.default) as double) as usd
from system.billing.usage as u join system.billing.list_prices as p
  on p.sku_name = u.sku_name and p.usage_unit = u.usage_unit and p.currency_code = 'USD'
    and u.usage_start_time >= p.price_start_time and (p.price_end_time is null or u.usage_start_time < p.price_end_time)
where u.usage_metadata.dlt_pipeline_id in (${pipelines.map((id) => databricksNames.text(id)).join(', ')})
  and u.usage_start_time >= ${moment(from)} and u.usage_start_time < ${moment(to)}
  and u.usage_date >= date_sub(cast(${moment(from)} as date), 1) and u.usage_date <= cast(${moment(to)} as date)
group by u.usage_metadata.dlt_pipeline_id`;
}
