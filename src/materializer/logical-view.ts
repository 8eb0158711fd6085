import type { Wording } from '../connectors/wording.ts';
import type { MartRecord } from './mart-record.ts';
import { selectLogical } from './statements.ts';

/**
 * The statement that makes the stable view answer from its logical definition: for an adopted view its author's own text,
 * word for word; for one of ours the definition.
 */
export function logicalViewStatement(
  { mart, originalViewText }: MartRecord,
  wording: Wording,
): string {
  if (
    mart.definition.origin !== 'candidate' &&
    originalViewText !== undefined &&
    STORED_CREATE.test(originalViewText)
  ) {
    return originalViewText.replace(STORED_CREATE, 'create or replace view ');
  }
  const select = logicalSelect({ mart, originalViewText }, wording);
  return `create or replace view ${wording.names.relation(mart.definition.relation)} as\n${select}`;
}

/** What the stable view selects then. */
export function logicalSelect(
  { mart, originalViewText }: Pick<MartRecord, 'mart' | 'originalViewText'>,
  wording: Wording,
): string {
  return authorsText({ mart, originalViewText }) ?? selectLogical(mart.definition, wording);
}

/** What the author of a view that was taken over wrote; absent for one of ours. */
export function authorsText({
  mart,
  originalViewText,
}: Pick<MartRecord, 'mart' | 'originalViewText'>): string | undefined {
  return mart.definition.origin === 'candidate'
    ? undefined
    : (originalViewText ?? mart.originalSql ?? mart.definition.sql);
}

/** Some warehouses store a view as its whole CREATE statement. */
const STORED_CREATE = /^\s*create\s+(or\s+replace\s+)?view\s+/i;
