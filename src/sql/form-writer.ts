import { LOOKAHEAD, LOWERED, writeBytes } from './text-bytes.ts';
import type { Tokens } from './tokens.ts';

/** Where most forms are written, one at a time; longer ones get room of their own. */
const LONGEST = 16_384;
/** No token comes out longer than this for each of its characters. */
const MOST_GROWTH = 10;
const scratch = Buffer.alloc(LONGEST * MOST_GROWTH);
const AS_IT_IS = Uint8Array.from({ length: 256 }, (_, code) => code);
const SPACE = 32;
const WIDE = 128;

/**
 * A normal form as it grows: tokens of the text, and what stands in their place. Only one at a time. ASCII is copied byte by
 * byte, several times as fast as parts of strings are joined; what is not, comes as strings between.
 */
export class FormWriter {
  readonly #tokens: Tokens;
  readonly #bytes: Uint8Array;
  readonly #form: Buffer;
  #length = 0;
  /** What came before the bytes in `#form`. */
  #before = '';
  #lower: string | undefined;

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
    this.#bytes = tokens.bytes ?? bytesOf(tokens.sql);
    this.#form = tokens.sql.length > LONGEST ? Buffer.allocUnsafe(roomFor(tokens)) : scratch;
  }

  /** A token as it stands in the text; in lower case where it folds. */
  token(index: number, folds: boolean): void {
    const bytes = this.#bytes;
    const form = this.#form;
    const written = folds ? LOWERED : AS_IT_IS;
    const end = this.#tokens.ends[index] ?? 0;
    let length = this.#length;
    let seen = 0;
    for (let at = this.#tokens.starts[index] ?? 0; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      seen |= byte;
      form[length] = written[byte] ?? 0;
      length += 1;
    }
    if (seen >= WIDE) {
      this.#wideToken(index, folds);
    } else {
      this.#length = length;
    }
  }

  /** Anything else. */
  text(piece: string): void {
    const form = this.#form;
    let length = this.#length;
    let seen = 0;
    for (let at = 0; at < piece.length; at += 1) {
      const code = piece.charCodeAt(at);
      seen |= code;
      form[length] = code;
      length += 1;
    }
    if (seen >= WIDE) {
      this.#wideText(piece);
    } else {
      this.#length = length;
    }
  }

  space(): void {
    this.#form[this.#length] = SPACE;
    this.#length += 1;
  }

  /** Once. */
  end(): string {
    const rest = this.#form.toString('latin1', 0, this.#length);
    return this.#before === '' ? rest : this.#before + rest;
  }

  #wideToken(index: number, folds: boolean): void {
    const { sql, starts, ends } = this.#tokens;
    const [start, end] = [starts[index], ends[index]];
    if (!folds) {
      this.#wideText(sql.slice(start, end));
      return;
    }
    // A letter's lower case may depend on those around it, and may be longer.
    this.#lower ??= sql.toLowerCase();
    const isAligned = this.#lower.length === sql.length;
    this.#wideText(isAligned ? this.#lower.slice(start, end) : sql.slice(start, end).toLowerCase());
  }

  #wideText(piece: string): void {
    this.#before += this.#form.toString('latin1', 0, this.#length) + piece;
    this.#length = 0;
  }
}

/** Enough for every token doubled (quotes in names are) with what may stand before it or in its place. */
function roomFor({ sql, count }: Tokens): number {
  return 2 * sql.length + 12 * count + 12;
}

function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length + LOOKAHEAD);
  writeBytes(text, bytes);
  return bytes;
}
