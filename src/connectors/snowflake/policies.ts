import { type RelationId, relationParts } from '../../base/relation.ts';
import { quoteRelation } from '../quote.ts';
import type { LostWhenReplaced } from '../wording.ts';
import { named } from './named.ts';
import { textLiteral } from './text-literal.ts';

const ENTITY = {
  database: 'ref_database_name',
  schema: 'ref_schema_name',
  name: 'ref_entity_name',
};
const OBJECT = { database: 'object_database', schema: 'object_schema', name: 'object_name' };

/**
 * Policies on a relation or its columns, and those of tags on these, on its schema, database or account. From the account's own views,
 * which may be two hours behind.
 */
export function policiesTold(relation: RelationId): string {
  return `${setOn(relation)}
union
select ${kindOf('p.')} || ' by tag ' || t.tag_name || ${onColumn('t.column_name')}
from snowflake.account_usage.tag_references as t
join snowflake.account_usage.policy_references as p
  on ${byTag('t', 'p')}
where t.object_deleted is null and (${holding(relation)})
order by 1`;
}

/** Which policy comes by which tag. */
export function byTag(t: string, p: string): string {
  return `coalesce(${p}.tag_name, ${p}.ref_entity_name) = ${t}.tag_name and (${p}.tag_name is not null or ${p}.ref_entity_domain = 'TAG')
  and coalesce(${p}.tag_schema, ${p}.ref_schema_name) = ${t}.tag_schema and coalesce(${p}.tag_database, ${p}.ref_database_name) = ${t}.tag_database`;
}

/** The same, told at once to whoever owns it and has a right on the policies: of those without, nothing is told. */
export function policiesNow(relation: RelationId, kind: 'table' | 'view'): string {
  return `select ${kindOf('')} || coalesce(' by tag ' || tag_name, '') || ${onColumn('ref_column_name')} as policy
from ${references(relation, kind)}
order by 1`;
}

/**
 * CREATE OR REPLACE VIEW takes off what it does not say again: every policy and every tag. Tags on what the view lies in stay, and what they mask.
 * The functions tell at once and only what we have a right on, the account's own views all, two hours late; and the text of the view
 * says to its owner that there is something it does not name.
 */
export function lostWhenReplaced(view: RelationId): readonly LostWhenReplaced[] {
  const name = textLiteral(quoteRelation(view));
  return [
    {
      now: `select ${kindOf('')} || ${onColumn('ref_column_name')} as policy
from ${references(view, 'view')} where tag_name is null
order by 1`,
      late: `${setOn(view)} and tag_name is null\norder by 1`,
    },
    {
      now: `select 'tag ' || tag_name as tag
from table(information_schema.tag_references(${name}, 'table')) where ${NOT_ABOVE}
union
select 'tag ' || tag_name || ' on column ' || column_name
from table(information_schema.tag_references_all_columns(${name}, 'table')) where upper(level) = 'COLUMN'
order by 1`,
      late: `select 'tag ' || tag_name || ${onColumn('column_name')} as tag
from snowflake.account_usage.tag_references
where object_deleted is null and ${named(view, OBJECT)}
order by 1`,
    },
    { now: unnamedIn(`get_ddl('VIEW', ${name})`) },
  ];
}

/** In place of what it does not name to us a definition says `#UNKNOWN_POLICY` and `#UNKNOWN_TAG`. */
function unnamedIn(ddl: string): string {
  const said = (what: string) =>
    `select case when contains(upper(${ddl}), '#UNKNOWN_${what}') then 'a ${what.toLowerCase()} that is not named to us' end as what`;
  return `select what from (${said('POLICY')} union all ${said('TAG')}) as unnamed where what is not null`;
}

const NOT_ABOVE = "upper(level) not in ('ACCOUNT', 'DATABASE', 'SCHEMA')";

function setOn(relation: RelationId): string {
  return `select ${kindOf('')} || ${onColumn('ref_column_name')} as policy
from snowflake.account_usage.policy_references
where ${named(relation, ENTITY)}`;
}

function references(relation: RelationId, domain: 'table' | 'view'): string {
  return `table(information_schema.policy_references(ref_entity_name => ${textLiteral(quoteRelation(relation))}, ref_entity_domain => '${domain}'))`;
}

function kindOf(alias: string): string {
  return `lower(replace(${alias}policy_kind, '_', ' '))`;
}

function onColumn(column: string): string {
  return `coalesce(' on column ' || ${column}, '')`;
}

/** Tags set on the relation, on its columns, or on what it lies in. */
function holding(relation: RelationId): string {
  const { database, schema } = relationParts(relation);
  const inDatabase = database === undefined ? 'current_database()' : textLiteral(database);
  const inSchema = schema === undefined ? 'current_schema()' : textLiteral(schema);
  return [
    "t.domain = 'ACCOUNT'",
    `t.domain = 'DATABASE' and t.object_name = ${inDatabase}`,
    `t.domain = 'SCHEMA' and t.object_database = ${inDatabase} and t.object_name = ${inSchema}`,
    `t.domain not in ('ACCOUNT', 'DATABASE', 'SCHEMA') and ${named(relation, { database: 't.object_database', schema: 't.object_schema', name: 't.object_name' })}`,
  ].join('\n  or ');
}
