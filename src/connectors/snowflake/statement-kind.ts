/** Comments before the first word. */
const LEAD = /^(?:\s+|--[^\n]*(?:\n|$)|\/\/[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/|\()*/;

const READING = new Set(['select', 'with', 'show', 'describe', 'desc', 'explain', 'values']);
const CHANGING_ROWS = new Set(['insert', 'update', 'delete', 'merge']);
const OTHER = new Set(
  `create alter drop undrop grant revoke call execute use truncate copy put get remove rm comment set unset begin start commit
rollback declare if for while repeat loop case return let raise`.split(/\s+/),
);

/** What a statement does by its first word; one request carries one statement, so there is no second. */
export type StatementKind = 'reads' | 'changes-rows' | 'other' | 'unknown';

/** `unknown` is no word Snowflake has: it will say so itself. */
export function statementKind(sql: string): StatementKind {
  const rest = sql.replace(LEAD, '');
  const word = /^[a-z]+/i.exec(rest)?.[0].toLowerCase() ?? '';
  if (READING.has(word)) {
    return 'reads';
  }
  if (CHANGING_ROWS.has(word)) {
    return 'changes-rows';
  }
  return OTHER.has(word) ? 'other' : 'unknown';
}
