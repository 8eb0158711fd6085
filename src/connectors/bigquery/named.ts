import { type RelationId, relationParts } from '../../base/relation.ts';
import { quoteText } from './quote.ts';

/** The condition that a row of INFORMATION_SCHEMA, under an alias, is of this relation. */
export function named(relation: RelationId, alias: string): string {
  const { schema = '', name } = relationParts(relation);
  return `${alias}.table_schema = ${quoteText(schema)} and ${alias}.table_name = ${quoteText(name)}`;
}
