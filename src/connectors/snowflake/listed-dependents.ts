import { type RelationId, relationParts } from '../../base/relation.ts';
import type { ListedDependents } from '../wording.ts';
import { textLiteral } from './text-literal.ts';

/** Of all databases of the account, up to three hours late; what is no relation (functions, policies) is left out. */
export const listedDependents: ListedDependents = {
  directly: (
    relations,
  ) => `select distinct referencing_database, referencing_schema, referencing_object_name
from snowflake.account_usage.object_dependencies
where (${relations.map(referenced).join('\n  or ')})
  and (referencing_object_domain like '%VIEW%' or referencing_object_domain like '%TABLE%')
order by 1, 2, 3`,
  name: 'SNOWFLAKE.ACCOUNT_USAGE.OBJECT_DEPENDENCIES',
  hidesMissing: true,
};

function referenced(relation: RelationId): string {
  const { database, schema, name } = relationParts(relation);
  const or = (value: string | undefined, standard: string) =>
    value === undefined ? standard : textLiteral(value);
  return `referenced_database = ${or(database, 'current_database()')} and referenced_schema = ${or(schema, 'current_schema()')} and referenced_object_name = ${textLiteral(name)}`;
}
