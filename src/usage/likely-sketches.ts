import type { LexicalRules } from '../sql/dialect.ts';
import { cutsAlong, firstWordAt, piecesOf, type SketchPieces } from '../sql/sketch-pieces.ts';
import type { TextCuts, TextSketch } from '../sql/text-sketch.ts';

interface Found<Value> {
  readonly value: Value;
  readonly cuts: TextCuts;
}

/** Values by the sketches of texts, found by how a text begins. What is not found may be known all the same. */
export interface LikelySketches<Value> {
  find(text: string): Found<Value> | undefined;
  remember(sketch: TextSketch, value: Value): void;
}

interface Candidate<Value> extends SketchPieces {
  readonly value: Value;
}

/** Sketches that begin alike. */
interface Alike<Value> {
  /** Those asked for last, the latest first. */
  readonly candidates: Candidate<Value>[];
  /** Texts that were found among them, less those that were not; within bounds. */
  luck: number;
  /** So many texts are not looked for. */
  resting: number;
}

/** Characters before the first literal by which a sketch is found: the most that it has. */
const OPENINGS = [256, 64, 16, 6];
const MOST_ALIKE = 16;
/** To look in vain costs as much as a find saves: where there are too many that begin alike, it is left alone for a while. */
const LEAST_LUCK = -128;
const MOST_LUCK = 128;
const REST = 8_192;
const MOST_CUTS = 512;
/** Of all sketches together, with what a piece costs beside its characters. */
const MOST_CHARACTERS = 8_000_000;
const PIECE_OVERHEAD = 40;

/**
 * Guesses which sketch a text has and makes sure of it: most texts of a history are one of a few hundred, and to compare
 * one with its sketch is several times as fast as to make it. Beyond its bound it forgets all and begins anew.
 */
export function likelySketches<Value>(lexical: LexicalRules): LikelySketches<Value> {
  const byOpening = new Map<string, Alike<Value>>();
  /** The lengths of the openings there are, the longest first. */
  let lengths: readonly number[] = [];
  let characters = 0;

  return {
    find(text) {
      const from = firstWordAt(text, lexical);
      for (const length of lengths) {
        const alike =
          from + length <= text.length ? byOpening.get(text.slice(from, from + length)) : undefined;
        const found = alike === undefined ? undefined : findAmong(alike, text);
        if (found !== undefined) {
          return found;
        }
      }
      return undefined;
    },

    remember(sketch, value) {
      const opening = sketch.count > MOST_CUTS ? undefined : openingOf(sketch);
      if (opening === undefined) {
        return;
      }
      const alike = byOpening.get(opening) ?? { candidates: [], luck: 0, resting: 0 };
      if (alike.resting > 0) {
        return;
      }
      const parts = piecesOf(sketch);
      characters += sketch.key.length + parts.pieces.length * PIECE_OVERHEAD;
      if (characters > MOST_CHARACTERS) {
        byOpening.clear();
        characters = 0;
      }
      byOpening.set(opening, alike);
      if (!lengths.includes(opening.length)) {
        lengths = OPENINGS.filter((each) => each === opening.length || lengths.includes(each));
      }
      alike.candidates.unshift({ ...parts, value });
      alike.candidates.length = Math.min(alike.candidates.length, MOST_ALIKE);
    },
  };

  function findAmong(alike: Alike<Value>, text: string): Found<Value> | undefined {
    if (alike.resting > 0) {
      alike.resting -= 1;
      return undefined;
    }
    const { candidates } = alike;
    for (let at = 0; at < candidates.length; at += 1) {
      const candidate = candidates[at];
      const cuts = candidate && cutsAlong(text, candidate, lexical);
      if (candidate !== undefined && cuts !== undefined) {
        if (at > 0) {
          candidates.splice(at, 1);
          candidates.unshift(candidate);
        }
        alike.luck = Math.min(alike.luck + 1, MOST_LUCK);
        return { value: candidate.value, cuts };
      }
    }
    alike.luck -= 1;
    if (alike.luck < LEAST_LUCK) {
      Object.assign(alike, { luck: 0, resting: REST });
      candidates.length = 0;
    }
    return undefined;
  }

  /** Of the piece that begins with the first word; a text that holds a literal earlier has none. */
  function openingOf({ sql, count, starts }: TextSketch): string | undefined {
    const from = firstWordAt(sql, lexical);
    let index = 0;
    while (index < count && (starts[index] ?? 0) < from) {
      index += 1;
    }
    const piece = index < count ? (starts[index] ?? 0) - from : sql.length - from;
    const length = OPENINGS.find((each) => each <= piece);
    return length === undefined ? undefined : sql.slice(from, from + length);
  }
}
