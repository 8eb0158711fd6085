import type { Tokens } from '../../sql/tokens.ts';

/** A run of tokens, the end exclusive. */
export interface Run {
  readonly from: number;
  readonly to: number;
}

/** Reads runs of one text's tokens, with the pipes in their brackets already written as queries. */
export interface RunReader {
  readonly tokens: Tokens;
  /** The text of a run, nested pipes rewritten. */
  readonly textOf: (run: Run) => string;
  /** Where one of the words stands outside of brackets, -1 where none does. */
  readonly findWord: (run: Run, words: readonly string[]) => number;
  /** The parts between commas outside of brackets. */
  readonly partsOf: (run: Run) => readonly Run[];
  readonly wordAt: (index: number) => string;
}
