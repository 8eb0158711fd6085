export { quoteName, quoteRelation, quoteText } from '../connectors/quote.ts';

/** A SELECT as a derived table: a trailing semicolon is cut off, a trailing line comment cannot swallow the rest. */
export function derived(sql: string, alias: string): string {
  return `(\n${sql.trim().replace(/[;\s]+$/, '')}\n) as ${alias}`;
}
