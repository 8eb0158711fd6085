import type { Dialect } from '../../sql/dialect.ts';
import type { Tokens } from '../../sql/tokens.ts';
import type { Edits } from './edits.ts';

/** A word of a text, and where its changes go. */
export interface Place {
  readonly tokens: Tokens;
  readonly dialect: Dialect['name'];
  readonly at: number;
  readonly edits: Edits;
  readonly closers: readonly number[];
}

/** Looks at one word; returns where to go on if it put it otherwise. */
export type WordRule = (place: Place) => number | undefined;
