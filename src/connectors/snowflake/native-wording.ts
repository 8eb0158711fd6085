import { type RelationId, relationParts } from '../../base/relation.ts';
import { quoteName, quoteRelation } from '../quote.ts';
import type { NativeWording } from '../wording.ts';
import { textLiteral } from './text-literal.ts';

/**
 * Dynamic tables. The refresh mode is said, for left to itself the account picks the whole once and for ever; the lag is what keeps
 * the bound when nobody tells it to refresh. What it is refreshed on is paid for by whoever pays for that warehouse.
 */
const dynamicTables: NativeWording = {
  kind: 'dynamic table',
  create: ({ relation, comment, select, lagMs = 0, compute = '' }) => [
    `create transient dynamic table ${quoteRelation(relation)} target_lag = '${Math.floor(lagMs / 1000)} seconds' warehouse = ${quoteName(compute)} refresh_mode = incremental initialize = on_create comment = ${textLiteral(comment)} as\n${select}`,
  ],
  refresh: (relation) => `alter dynamic table ${quoteRelation(relation)} refresh`,
  rest: (relation) => `alter dynamic table ${quoteRelation(relation)} suspend`,
  wake: (relation) => `alter dynamic table ${quoteRelation(relation)} resume`,
  text: (relation) => ddlOf('DYNAMIC_TABLE', relation),
  trouble: (relation) => {
    const { schema, name } = relationParts(relation);
    const inSchema = schema === undefined ? 'current_schema()' : textLiteral(schema);
    return `select case when count(*) = 0 then 'it is not shown to us: the reader lacks MONITOR on it' else max(case
  when scheduling_state:state::varchar = 'SUSPENDED' then 'it is suspended (' || coalesce(scheduling_state:reason_code::varchar, 'no reason told') || ')'
  when last_completed_refresh_state in ('FAILED', 'UPSTREAM_FAILED') then 'its last refresh failed'
end) end as trouble
from table(information_schema.dynamic_tables(result_limit => 10000))
where schema_name = ${inSchema} and name = ${textLiteral(name)}`;
  },
};

/**
 * Materialized views: of one table, always current, kept so by the account on credits of its own. Nobody can tell it to refresh one,
 * and one that is suspended, or that a change of its table or of its rows made invalid, is an error to whoever reads it.
 * The definition stands as it is: no SELECT may stand around a grouping.
 */
const materializedViews: NativeWording = {
  kind: 'materialized view',
  create: ({ relation, comment, definition }) => [
    `create materialized view ${quoteRelation(relation)} comment = ${textLiteral(comment)} as\n${definition}`,
  ],
  provable: (definition) => `select 1 from (\n${definition}\n) as asked limit 0`,
  rest: (relation) => `alter materialized view ${quoteRelation(relation)} suspend`,
  wake: (relation) => `alter materialized view ${quoteRelation(relation)} resume`,
  text: (relation) => ddlOf('VIEW', relation),
  answers: (relation) => `select 1 from ${quoteRelation(relation)} limit 0`,
};

/** What the account keeps itself. */
export const nativeWordings: readonly NativeWording[] = [dynamicTables, materializedViews];

function ddlOf(kind: string, relation: RelationId): string {
  return `select get_ddl('${kind}', ${textLiteral(quoteRelation(relation))}) as ddl`;
}
