import { type RelationId, relationParts } from '../../base/relation.ts';
import type { AccessWording } from '../wording.ts';
import { type Region, regionView } from './information-schema.ts';
import { named } from './named.ts';
import { quoteName, quoteRelation, quoteText } from './quote.ts';

/** Roles whose holders may read rows. */
const READING = ['admin', 'dataEditor', 'dataOwner', 'dataViewer'].map(
  (role) => `roles/bigquery.${role}`,
);
const READS = 'roles/bigquery.dataViewer';

/** `data_policies.name` of COLUMN_FIELD_PATHS is a preview: a row's JSON can be asked whether it has it where the column is not there, too. */
const DATA_POLICY = '"data_policies":[ ]*([[][ ]*"|[[]?[ ]*[{][ ]*"name":[ ]*")';
/** As a column's option in `TABLES.ddl`; a view's holds what it selects. */
const SAID_IN_DDL = 'data_policies[ ]*=';

/**
 * Grants on a table or view and on the dataset it lies in; there are no owners. Who is in a group, and what roles on the whole project
 * give, is not told: the former refuses, the latter reaches sources and marts alike, since both lie in one project. A role that
 * only tells names and sizes is none; any other is taken to read a mart, and only known ones to read a source.
 */
export function accessIn(region: Region): AccessWording {
  const privileges = regionView(region, 'OBJECT_PRIVILEGES');
  const of = (relation: RelationId) => {
    const { schema = '', name } = relationParts(relation);
    return {
      own: `p.object_schema = ${quoteText(schema)} and p.object_name = ${quoteText(name)}`,
      dataset: `p.object_schema is null and p.object_name = ${quoteText(schema)}`,
    };
  };
  const known = `p.privilege_type in (${READING.map(quoteText).join(', ')})`;
  const may = (where: string, grantee: string | undefined) =>
    `(select count(*) from ${privileges} as p where ${where} and p.grantee = ${quoteText(grantee ?? '')} and ${known})`;
  const columnPolicies = (relation: RelationId) => {
    const hasData = `regexp_contains(to_json_string(c), ${quoteText(DATA_POLICY)})`;
    return `select concat(if(array_length(c.policy_tags) > 0, 'policy tags', 'data policies'), ' on column ', c.column_name) as policy
from ${regionView(region, 'COLUMN_FIELD_PATHS')} as c
where ${named(relation, 'c')} and (array_length(c.policy_tags) > 0 or ${hasData})
union distinct
select 'data policies on its columns' as policy
from ${regionView(region, 'TABLES')} as t
where ${named(relation, 't')} and t.table_type not in ('VIEW', 'MATERIALIZED VIEW') and regexp_contains(t.ddl, ${quoteText(SAID_IN_DDL)})
order by 1`;
  };
  return {
    reading: READS,
    readsAsReader: true,
    asksForRowPolicies: true,
    owner: (relation) =>
      `select 'nobody' as owner from ${regionView(region, 'TABLES')} as t where t.table_schema = ${quoteText(relationParts(relation).schema ?? '')} and t.table_name = ${quoteText(relationParts(relation).name)}`,
    grants: (
      relation,
    ) => `select p.grantee, p.privilege_type, false as grantable, cast(null as string) as part
from ${privileges} as p where ${of(relation).own} order by 1, 2`,
    giveTo: (_owner, { relation }) => `select ${quoteText(relation)} as kept`,
    grant: ({ grantee = '', privilege, on = 'table' }, relation) =>
      `grant ${quoteName(privilege)} on ${on} ${quoteRelation(relation)} to ${quoteText(grantee)}`,
    revoke: ({ grantee = '', privilege, on = 'table' }, relation) =>
      `revoke ${quoteName(privilege)} on ${on} ${quoteRelation(relation)} from ${quoteText(grantee)}`,
    // The view takes one object at a time only.
    standing: (relations) =>
      `${relations
        .flatMap((relation, place) => {
          const { own, dataset } = of(relation);
          return [[own, true] as const, [dataset, false] as const].map(
            ([
              where,
              isOwn,
            ]) => `select ${place} as place, p.grantee, p.privilege_type, ${isOwn} as is_own, ${known} as is_known
from ${privileges} as p where ${where} and p.privilege_type <> 'roles/bigquery.metadataViewer'`,
          );
        })
        .join('\nunion all\n')}\norder by 1, 2, 3`,
    mayRead: (grantee, relation) => {
      const { own, dataset } = of(relation);
      return `select ${may(own, grantee)} + ${may(dataset, grantee)} > 0 as may`;
    },
    options: (view) => `select concat(o.option_name, ' = ', o.option_value) as said
from ${regionView(region, 'TABLE_OPTIONS')} as o
where o.table_schema = ${quoteText(relationParts(view).schema ?? '')} and o.table_name = ${quoteText(relationParts(view).name)} and o.option_name <> 'description'
order by 1`,
    rowPolicies: (relation) => {
      const { database = region.project } = relationParts(relation);
      return database === region.project
        ? columnPolicies(relation)
        : `select 'readers by the roles of another project' as policy`;
    },
    // That a view's columns can have some is documented nowhere; where they have, a new view of the name has not.
    lostWhenReplaced: (view) => [{ now: columnPolicies(view) }],
    ourselves: 'select session_user() as ourselves',
  };
}
