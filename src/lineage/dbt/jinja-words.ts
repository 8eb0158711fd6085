import type { Piece } from './jinja-pieces.ts';

/**
 * Words of the Jinja that are not given out as they stand, lower case: configurations, statements, and whole blocks, given out in
 * this run or not. `is_incremental()` blocks name columns that no compiled text shows.
 */
export function jinjaWords(source: string, pieces: readonly Piece[]): ReadonlySet<string> {
  const words = new Set<string>();
  for (const piece of pieces) {
    if (hidesNames(piece)) {
      for (const [word] of source
        .slice(piece.start, piece.end)
        .matchAll(/[\p{L}_][\p{L}\p{N}_$]*/gu)) {
        words.add(word.toLowerCase());
      }
    }
  }
  return words;
}

function hidesNames({ kind, code }: Piece): boolean {
  return kind === 'statement' || kind === 'block' || (kind === 'expression' && isConfig(code));
}

export function isConfig(code: string): boolean {
  return /^config\s*[.(]/.test(code);
}
