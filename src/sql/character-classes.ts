import type { LexicalRules } from './dialect.ts';

export const BLANK = 1;
export const LETTER = 2;
export const DIGIT = 3;
export const STRING_QUOTE = 4;
export const NAME_QUOTE = 5;

const classesByRules = new WeakMap<LexicalRules, Uint8Array>();

/** Letters, digits and underscores of ASCII. */
export function isPlainWordCode(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95
  );
}

/** Beyond ASCII everything is a letter, but for the blanks people paste from documents. */
export function wideClass(code: number): number {
  const isBlank =
    code === 0xa0 ||
    code === 0xfeff ||
    code === 0x3000 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200b) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f;
  return isBlank ? BLANK : LETTER;
}

/** One byte a character: ASCII's code, or for all others this and their class. */
const WIDE = 128;

/** The byte that stands for a character: its code where that is ASCII's, else one that tells its class alone. */
export function byteOf(code: number): number {
  return code < WIDE ? code : WIDE + wideClass(code);
}

/** Lower-case bytes of the characters that go on with a word, 0 for all others. */
export const WORD_PART = Uint8Array.from({ length: 256 }, (_, byte) => {
  const lower = byte >= 65 && byte <= 90 ? byte + 32 : byte;
  return isPlainWordCode(byte) || byte === 36 || byte === WIDE + LETTER ? lower : 0;
});

/** The class of each byte, 0 for operators; made once for a dialect. */
export function classesOf(lexical: LexicalRules): Uint8Array {
  const known = classesByRules.get(lexical);
  if (known !== undefined) {
    return known;
  }
  const classes = new Uint8Array(256);
  classes[WIDE + BLANK] = BLANK;
  classes[WIDE + LETTER] = LETTER;
  for (let code = 0; code < 128; code += 1) {
    const isLetter = (code | 32) >= 97 && (code | 32) <= 122;
    classes[code] = code <= 32 ? BLANK : isLetter || code === 95 ? LETTER : 0;
    if (code >= 48 && code <= 57) {
      classes[code] = DIGIT;
    }
  }
  for (const quote of lexical.identifierQuotes) {
    classes[quote.charCodeAt(0)] = NAME_QUOTE;
  }
  for (const quote of lexical.stringQuotes) {
    classes[quote.charCodeAt(0)] = STRING_QUOTE;
  }
  if (lexical.bracketIdentifiers) {
    classes[91] = NAME_QUOTE;
  }
  classesByRules.set(lexical, classes);
  return classes;
}
