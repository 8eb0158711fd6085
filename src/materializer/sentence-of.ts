import { GoldsmithError } from '../base/goldsmith-error.ts';

/** The sentence people get: ours where we raised it, only the name where we did not (it may hold a literal). */
export function sentenceOf(error: unknown): { readonly code: string; readonly text: string } {
  if (error instanceof GoldsmithError) {
    return { code: error.code, text: error.message };
  }
  const name = error instanceof Error ? error.name : typeof error;
  return { code: 'UNEXPECTED', text: `an unexpected ${name} was raised; the log has its cause` };
}
