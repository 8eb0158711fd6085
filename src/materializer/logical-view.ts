import type { Wording } from '../connectors/wording.ts';
import type { MartRecord } from './mart-record.ts';
import { createLogicalView } from './statements.ts';

/**
 * The statement that makes the stable view answer from its logical definition: for an adopted view its author's own text,
 * word for word; for one of ours the definition.
 */
export function logicalViewStatement(
  { mart, originalViewText }: MartRecord,
  wording: Wording,
): string {
  if (mart.definition.origin === 'candidate') {
    return createLogicalView(mart.definition, wording);
  }
  if (originalViewText !== undefined && STORED_CREATE.test(originalViewText)) {
    return originalViewText.replace(STORED_CREATE, 'create or replace view ');
  }
  const original = originalViewText ?? mart.originalSql ?? mart.definition.sql;
  return `create or replace view ${wording.names.relation(mart.definition.relation)} as\n${original}`;
}

/** Some warehouses store a view as its whole CREATE statement. */
const STORED_CREATE = /^\s*create\s+(or\s+replace\s+)?view\s+/i;
