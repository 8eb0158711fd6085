import { type RelationId, relationParts } from '../../base/relation.ts';
import type { NativeWording } from '../wording.ts';
import { type Region, regionView } from './information-schema.ts';
import { named } from './named.ts';
import { quoteRelation, quoteText } from './quote.ts';

/**
 * Incremental materialized views. The service's own refreshes are off: Goldsmith tells it to, and pays as for any statement of its
 * own; reading one is right whenever that was, for what its tables gained since is read beside it, or they themselves. The
 * definition stands alone: no SELECT may stand around a grouping.
 */
export function nativeIn(region: Region): NativeWording {
  const refresh = (relation: RelationId) =>
    `call bq.refresh_materialized_view(${refreshedAs(relation, region)})`;
  return {
    kind: 'materialized view',
    create: ({ relation, comment, definition }) => [
      `create materialized view ${quoteRelation(relation)} options (description = ${quoteText(comment)}, enable_refresh = false) as\n${definition}`,
      refresh(relation),
    ],
    refresh,
    text: (relation, sources = []) => {
      const tables = regionView(region, 'TABLES');
      return `select t.ddl from ${tables} as t
where t.table_type = 'MATERIALIZED VIEW' and ${named(relation, 't')}${sources.map((source) => `\n  and exists (select 1 from ${tables} as s where ${named(source, 's')} and s.creation_time <= t.creation_time)`).join('')}`;
    },
  };
}

/** As a refresh names it: as a text. */
export function refreshedAs(relation: RelationId, { project }: Pick<Region, 'project'>): string {
  const { database = project, schema = '', name } = relationParts(relation);
  return quoteText(`${database}.${schema}.${name}`);
}
