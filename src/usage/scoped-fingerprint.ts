import { digestOf } from '../base/digest.ts';
import type { HistoryRow } from '../connectors/history-row.ts';
import type { InterpretedUse } from './interpret-row.ts';
import type { KnownTemplate, NameScope, ScopedFingerprint, UsageLog } from './usage-ports.ts';

/** A row of the history and what it means. */
export interface InterpretedRow<Meaning> {
  readonly row: HistoryRow;
  readonly meaning: Meaning;
}

/**
 * The template a run counts for, where it is known. What `route` served counts for the statement that was asked,
 * not for the text that ran; when that one was never seen, the text that ran stands for itself.
 */
export function findTemplateOf(
  use: InterpretedUse,
  { row, log }: { readonly row: HistoryRow; readonly log: UsageLog },
): KnownTemplate | undefined {
  if (use.templateFingerprint !== use.fingerprint) {
    const asked = log.findFingerprint(use.templateFingerprint);
    if (asked !== undefined) {
      return asked;
    }
  }
  return log.findTemplate({ fingerprint: use.fingerprint, ...scopeOf(row) });
}

export function scopeOf({ database = '', schema = '' }: HistoryRow): NameScope {
  return { database, schema };
}

/** The fingerprint of a statement whose bare names mean other relations in this scope than where it was first seen. */
export function variantFingerprint({ fingerprint, database, schema }: ScopedFingerprint): string {
  return digestOf([fingerprint, database, schema]);
}
