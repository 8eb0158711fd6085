import type { Tokens } from '../../sql/tokens.ts';
import { isPunctuation, tokenText, WORD } from '../../sql/tokens.ts';
import type { Looser } from './looser.ts';

/** Changes of a text, token by token, from left to right. */
export interface Edits {
  /** Puts `text` in the place of the tokens from `from` up to `to`, the end exclusive. */
  readonly replace: (from: number, to: number, text: string) => void;
  /** Says that a change leaves something out that changes the answer. */
  readonly leaveOut: (because: string) => void;
  /** Undefined where nothing was changed. */
  readonly done: () => Looser | undefined;
}

export function openEdits(tokens: Tokens): Edits {
  const parts: string[] = [];
  const opaque = new Set<string>();
  let end = 0;
  return {
    replace(from, to, text) {
      parts.push(tokens.sql.slice(end, tokens.starts[from] ?? tokens.sql.length), text);
      end = tokens.ends[to - 1] ?? end;
    },
    leaveOut: (because) => {
      opaque.add(because);
    },
    done: () =>
      parts.length === 0
        ? undefined
        : { sql: parts.join('') + tokens.sql.slice(end), opaque: [...opaque] },
  };
}

/** The word at this place, lower case; empty where there is none. */
export function wordAt(tokens: Tokens, index: number): string {
  return tokens.kinds[index] === WORD ? tokenText(tokens, index).toLowerCase() : '';
}

/** Whether all of these words stand here in a row. */
export function areWords(tokens: Tokens, from: number, words: string): boolean {
  return words.split(' ').every((word, index) => wordAt(tokens, from + index) === word);
}

export function isSign(tokens: Tokens, index: number, sign: string): boolean {
  const code = sign.charCodeAt(0);
  return sign.length === 1 && isPunctuation(tokens, index, code);
}
