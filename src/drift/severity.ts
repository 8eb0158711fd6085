import type { Impact } from './impact.ts';
import type { SchemaChange } from './schema-change.ts';

/**
 * How bad a change is, by who actually reads. `breaking`: statements that ran in the window fail or may answer otherwise.
 * `latent`: only definitions do that nobody read in the window. `notice`: nothing fails, but somebody reads it. `none`:
 * nobody is concerned.
 */
export type Severity = 'breaking' | 'latent' | 'notice' | 'none';

/** Judges a change by its impact; tests and Goldsmith itself count as nobody. */
export function severityOf({ change, readers, views, written, dbt }: Impact): Severity {
  const isRead = readers.some(({ reader }) => reader.kind !== 'test') || written.length > 0;
  const isUsed = isRead || views.length + dbt.models.length + dbt.exposures.length > 0;
  if (!isUsed || isRoutine(change)) {
    return 'none';
  }
  if (!breaks(change)) {
    return 'notice';
  }
  return isRead ? 'breaking' : 'latent';
}

/** True for changes after which a statement written before may fail, or compare and compute otherwise. */
function breaks({ kind }: SchemaChange): boolean {
  switch (kind) {
    case 'relation-removed':
    case 'relation-moved':
    case 'column-removed':
    case 'column-renamed':
    case 'column-retyped':
      return true;
    case 'relation-added':
    case 'relation-replaced':
    case 'definition-changed':
    case 'column-added':
    case 'column-widened':
    case 'nullability-changed':
    case 'key-lost':
      return false;
  }
}

/** A table that a pipeline drops and makes anew every night with the same columns is no news. */
function isRoutine(change: SchemaChange): boolean {
  return change.kind === 'relation-replaced' && change.was === change.is;
}
