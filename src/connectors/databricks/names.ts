import { type RelationId, relationId, relationParts } from '../../base/relation.ts';
import { cellText } from '../cell-text.ts';
import type { Cell } from '../connector.ts';
import { namesBy } from '../standard-wording.ts';

/** Names in backticks; in texts a backslash escapes, and a doubled quote would end one text and begin another. */
export const databricksNames = namesBy({
  quote: (name) => `\`${name.replaceAll('`', '``')}\``,
  text: (value) => `'${value.replaceAll(/[\\']/g, String.raw`\$&`)}'`,
});

/**
 * That a row of the information schema tells of this relation. It stores names in lower case; a catalog or schema left out means
 * the session's own.
 */
export function named(relation: RelationId, prefix: 'table_' | '' = 'table_'): string {
  const { database, schema, name } = relationParts(relation);
  const text = (value: string) => databricksNames.text(value.toLowerCase());
  return [
    `${prefix}catalog${prefix === '' ? '_name' : ''} = ${database === undefined ? 'current_catalog()' : text(database)}`,
    `${prefix}schema${prefix === '' ? '_name' : ''} = ${schema === undefined ? 'current_schema()' : text(schema)}`,
    `table_name = ${text(name)}`,
  ].join(' and ');
}

/** A relation of the session's own catalog, as the information schema names it. */
export function idOf(schema: Cell | undefined, name: Cell | undefined): RelationId {
  return relationId({ schema: cellText(schema), name: cellText(name) });
}
