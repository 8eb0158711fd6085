import { GoldsmithError } from '../base/goldsmith-error.ts';

/** Another transaction wrote the same thing first; ours was rolled back whole and may be tried again at once. */
export function isConflict(error: unknown): boolean {
  return error instanceof GoldsmithError && error.code === 'CONNECTOR_CONFLICT';
}
