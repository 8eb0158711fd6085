import type { LexicalRules } from '../sql/dialect.ts';
import { cutsAlong, firstWordAt, piecesOf, type SketchPieces } from '../sql/sketch-pieces.ts';
import type { TextCuts, TextSketch } from '../sql/text-sketch.ts';

/** Values by the sketches of texts, found by how a text begins. What is not found may be known all the same. */
export interface LikelySketches<Value> {
  find(text: string): { readonly value: Value; readonly cuts: TextCuts } | undefined;
  remember(sketch: TextSketch, value: Value): void;
}

interface Candidate<Value> extends SketchPieces {
  readonly value: Value;
}

/** Characters before the first literal by which a sketch is found: the most that it has. */
const OPENINGS = [256, 64, 16, 6];
/** Sketches that begin alike; those asked for last. */
const MOST_ALIKE = 16;
const MOST_CUTS = 512;
/** Of all sketches together, with what a piece costs beside its characters. */
const MOST_CHARACTERS = 8_000_000;
const PIECE_OVERHEAD = 40;

/**
 * Guesses which sketch a text has and makes sure of it: most texts of a history are one of a few hundred, and to compare
 * one with its sketch is several times as fast as to make it. Beyond its bound it forgets all and begins anew.
 */
export function likelySketches<Value>(lexical: LexicalRules): LikelySketches<Value> {
  const byOpening = new Map<string, Candidate<Value>[]>();
  let characters = 0;

  return {
    find(text) {
      const from = firstWordAt(text, lexical);
      for (const length of OPENINGS) {
        const alike =
          from + length <= text.length ? byOpening.get(text.slice(from, from + length)) : undefined;
        if (alike === undefined) {
          continue;
        }
        for (let at = 0; at < alike.length; at += 1) {
          const candidate = alike[at];
          const cuts = candidate && cutsAlong(text, candidate, lexical);
          if (candidate !== undefined && cuts !== undefined) {
            if (at > 0) {
              alike.splice(at, 1);
              alike.unshift(candidate);
            }
            return { value: candidate.value, cuts };
          }
        }
      }
      return undefined;
    },

    remember(sketch, value) {
      if (sketch.count > MOST_CUTS) {
        return;
      }
      const parts = piecesOf(sketch);
      const opening = openingOf(sketch, parts);
      if (opening === undefined) {
        return;
      }
      characters += sketch.key.length + parts.pieces.length * PIECE_OVERHEAD;
      if (characters > MOST_CHARACTERS) {
        byOpening.clear();
        characters = 0;
      }
      const alike = byOpening.get(opening) ?? [];
      byOpening.set(opening, alike);
      alike.unshift({ ...parts, value });
      alike.length = Math.min(alike.length, MOST_ALIKE);
    },
  };

  /** Of the piece that begins with the first word; a text that holds a literal earlier has none. */
  function openingOf(sketch: TextSketch, { pieces }: SketchPieces): string | undefined {
    const from = firstWordAt(sketch.sql, lexical);
    let index = 0;
    while (index < sketch.count && (sketch.starts[index] ?? 0) < from) {
      index += 1;
    }
    const begins = index === 0 ? 0 : (sketch.ends[index - 1] ?? 0);
    const piece = (pieces[index] ?? '').slice(from - begins);
    const length = OPENINGS.find((each) => each <= piece.length);
    return length === undefined ? undefined : piece.slice(0, length);
  }
}
