import { type RelationId, relationParts } from '../base/relation.ts';

/** An identifier as SQL text: always quoted, so that reserved words and odd names are safe. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A relation as SQL text, every part quoted (a `RelationId` leaves plain parts bare, reserved words too). */
export function quoteRelation(id: RelationId): string {
  const { database, schema, name } = relationParts(id);
  return [database, schema, name]
    .filter((part) => part !== undefined && part !== '')
    .map((part) => quoteName(part ?? ''))
    .join('.');
}

/** A SELECT as a derived table: a trailing semicolon is cut off, a trailing line comment cannot swallow the rest. */
export function derived(sql: string, alias: string): string {
  return `(\n${sql.trim().replace(/[;\s]+$/, '')}\n) as ${alias}`;
}

/** A value of our own as a string literal: sessions take no bound parameters. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
