import type { LexicalRules } from './dialect.ts';
import { endOfComment } from './scan.ts';
import { cutFrom, endOfCut, kindOfCut } from './sketch-cuts.ts';
import { LONGEST_SKETCHED, MOST_CUTS, type TextCuts, type TextSketch } from './text-sketch.ts';

/** A sketch in parts: the texts around its cuts, one more than there are cuts. */
export interface SketchPieces {
  readonly pieces: readonly string[];
  readonly kinds: Uint8Array;
}

/** Overwritten by the next call. */
const starts = new Uint32Array(MOST_CUTS);
const ends = new Uint32Array(MOST_CUTS);

export function piecesOf({
  key,
  count,
  kinds,
}: Pick<TextSketch, 'key' | 'count' | 'kinds'>): SketchPieces {
  const pieces = key.split('\0').map((piece, at) => (at === 0 ? piece : piece.slice(1)));
  return { pieces, kinds: kinds.slice(0, count) };
}

/**
 * The cuts of a text whose sketch has these pieces: the same as `textSketch` finds, without a look at each character.
 * Absent where its sketch is another. Between two cuts nothing but the pieces' own text decides where the next begins, as
 * cuts of one kind begin and end alike.
 */
export function cutsAlong(
  sql: string,
  { pieces, kinds }: SketchPieces,
  lexical: LexicalRules,
): TextCuts | undefined {
  const count = kinds.length;
  const last = pieces[count] ?? '';
  if (sql.length > LONGEST_SKETCHED) {
    return undefined;
  }
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    const piece = pieces[index] ?? '';
    const start = at + piece.length;
    // Two slices are compared several times as fast as `startsWith` does.
    if (sql.slice(at, start) !== piece) {
      return undefined;
    }
    const cut = cutFrom(sql, start, lexical);
    if (kindOfCut(cut) !== kinds[index]) {
      return undefined;
    }
    at = endOfCut(cut);
    starts[index] = start;
    ends[index] = at;
  }
  return sql.slice(at) === last ? { sql, count, kinds, starts, ends } : undefined;
}

/** Where a text begins after the blanks and comments before it. */
export function firstWordAt(sql: string, lexical: LexicalRules): number {
  let at = 0;
  for (;;) {
    while (sql.charCodeAt(at) <= 32) {
      at += 1;
    }
    const end = endOfComment(sql, at, lexical);
    if (end === -1) {
      return at;
    }
    at = end;
  }
}
