import type { Path } from '../ir.ts';
import type { Tokens } from '../tokens.ts';
import { DOT, isPunctuation, OPEN, QUOTED, tokenText, WORD } from '../tokens.ts';

/** Where a column stands in a text, as a run of tokens. */
export interface NamePlace {
  readonly first: number;
  readonly end: number;
  /** As `nameOf` gives it. */
  readonly name: string;
}

/** One word for a dotted name, as it is written. */
export function nameOf(path: Path): string {
  return path.map(({ name }) => name).join('\0');
}

/**
 * The places of an expression's columns in its text. Undefined where there are more or fewer than columns: then a word of
 * the text is a column in one place and something else in another, such as `day` in `extract(day from day)`.
 */
export function placesOfNames(
  tokens: Tokens,
  {
    first,
    end,
    paths,
  }: { readonly first: number; readonly end: number; readonly paths: readonly Path[] },
): readonly NamePlace[] | undefined {
  const missing = new Map<string, number>();
  for (const path of paths) {
    const name = nameOf(path);
    missing.set(name, (missing.get(name) ?? 0) + 1);
  }
  const places: NamePlace[] = [];
  for (let index = first; index < end; index += 1) {
    const after = endOfName(tokens, { first: index, end });
    if (after === index) {
      continue;
    }
    const name = wordsBetween(tokens, index, after);
    const left = missing.get(name);
    if (left !== undefined && !isPunctuation(tokens, after, OPEN)) {
      missing.set(name, left - 1);
      places.push({ first: index, end: after, name });
    }
    index = after - 1;
  }
  return [...missing.values()].every((left) => left === 0) ? places : undefined;
}

/** The end of the dotted name that begins here; the same place where none does. */
function endOfName(
  tokens: Tokens,
  { first, end }: { readonly first: number; readonly end: number },
): number {
  let at = first;
  while (at < end && isName(tokens, at)) {
    at += 1;
    if (at + 1 >= end || !isPunctuation(tokens, at, DOT) || !isName(tokens, at + 1)) {
      return at;
    }
    at += 1;
  }
  return at;
}

function isName(tokens: Tokens, index: number): boolean {
  return tokens.kinds[index] === WORD || tokens.kinds[index] === QUOTED;
}

function wordsBetween(tokens: Tokens, first: number, end: number): string {
  const words: string[] = [];
  for (let index = first; index < end; index += 2) {
    words.push(wordAt(tokens, index));
  }
  return words.join('\0');
}

/** What a name stands for, without its quotes. */
export function wordAt(tokens: Tokens, index: number): string {
  const text = tokenText(tokens, index);
  if (tokens.kinds[index] === WORD) {
    return text;
  }
  const quote = text.at(-1) ?? '';
  return text.slice(1, -1).replaceAll(quote + quote, quote);
}
