import { type RelationId, relationParts } from '../../base/relation.ts';

/** An identifier in GoogleSQL: always in backticks. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}

/** A relation in GoogleSQL, every part quoted. */
export function quoteRelation(id: RelationId): string {
  const { database, schema, name } = relationParts(id);
  return [database, schema, name]
    .filter((part) => part !== undefined && part !== '')
    .map((part) => quoteName(part ?? ''))
    .join('.');
}

/** A value of our own as a string literal: GoogleSQL escapes with backslashes and keeps a literal on its line. */
export function quoteText(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r');
  return `'${escaped}'`;
}
