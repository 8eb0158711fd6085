import { type RelationId, relationParts } from '../../base/relation.ts';
import type { ListedDependents } from '../wording.ts';
import { databricksNames } from './names.ts';

/** The service keeps lineage for 395 days. */
const KEPT_DAYS = 395;

/** Of every catalog of the metastore, as lineage tells: of what was made or read within the time it is kept. */
export const listedDependents: ListedDependents = {
  directly: (
    relations,
  ) => `select distinct target_table_catalog, target_table_schema, target_table_name
from system.access.table_lineage
where (${relations.map(source).join('\n  or ')})
  and target_type in ('VIEW', 'MATERIALIZED_VIEW', 'STREAMING_TABLE') and event_date >= date_sub(current_date(), ${KEPT_DAYS})
order by 1, 2, 3`,
  name: 'system.access.table_lineage',
  hidesMissing: false,
};

function source(relation: RelationId): string {
  const { database, schema, name } = relationParts(relation);
  const or = (value: string | undefined, standard: string) =>
    value === undefined ? standard : databricksNames.text(value.toLowerCase());
  return `source_table_catalog = ${or(database, 'current_catalog()')} and source_table_schema = ${or(schema, 'current_schema()')} and source_table_name = ${databricksNames.text(name.toLowerCase())}`;
}
