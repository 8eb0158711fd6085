import { LOWERED } from './ascii-bytes.ts';
import type { Tokens } from './tokens.ts';

/** A normal form as it grows: tokens of the text, and what stands in their place. */
export interface FormWriter {
  /** A token as it stands in the text; in lower case where it folds. */
  token(index: number, folds: boolean): void;
  /** Anything else; ASCII where the text is. */
  text(piece: string): void;
  space(): void;
  /** Once. */
  end(): string;
}

/** Longer texts are written as strings. */
const LONGEST = 16_384;
/** No token comes out longer than this for each of its characters. */
const MOST_GROWTH = 10;
const form = Buffer.alloc(LONGEST * MOST_GROWTH);
const AS_IT_IS = Uint8Array.from({ length: 256 }, (_, code) => code);
const SPACE = 32;

/** One form at a time: where the text is ASCII, its bytes are copied several times as fast as parts of strings are joined. */
export function formWriter(tokens: Tokens): FormWriter {
  return tokens.bytes === undefined || tokens.sql.length > LONGEST
    ? new FormOfStrings(tokens)
    : new FormOfBytes(tokens, tokens.bytes);
}

class FormOfBytes implements FormWriter {
  readonly #tokens: Tokens;
  readonly #bytes: Uint8Array;
  #length = 0;

  constructor(tokens: Tokens, bytes: Uint8Array) {
    this.#tokens = tokens;
    this.#bytes = bytes;
  }

  token(index: number, folds: boolean): void {
    const bytes = this.#bytes;
    const written = folds ? LOWERED : AS_IT_IS;
    const end = this.#tokens.ends[index] ?? 0;
    let length = this.#length;
    for (let at = this.#tokens.starts[index] ?? 0; at < end; at += 1) {
      form[length] = written[bytes[at] ?? 0] ?? 0;
      length += 1;
    }
    this.#length = length;
  }

  text(piece: string): void {
    let length = this.#length;
    for (let at = 0; at < piece.length; at += 1) {
      form[length] = piece.charCodeAt(at);
      length += 1;
    }
    this.#length = length;
  }

  space(): void {
    form[this.#length] = SPACE;
    this.#length += 1;
  }

  end(): string {
    return form.toString('latin1', 0, this.#length);
  }
}

class FormOfStrings implements FormWriter {
  readonly #tokens: Tokens;
  /** The text in lower case, where that has as many characters. */
  readonly #lower: string | undefined;
  #form = '';

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
    const lower = tokens.sql.toLowerCase();
    this.#lower = lower.length === tokens.sql.length ? lower : undefined;
  }

  token(index: number, folds: boolean): void {
    const { sql, starts, ends } = this.#tokens;
    const text = (folds ? (this.#lower ?? sql) : sql).slice(starts[index], ends[index]);
    this.#form += folds && this.#lower === undefined ? text.toLowerCase() : text;
  }

  text(piece: string): void {
    this.#form += piece;
  }

  space(): void {
    this.#form += ' ';
  }

  end(): string {
    return this.#form;
  }
}
