import type { Cell } from './connector.ts';

/**
 * How a warehouse that commits each statement by itself checks one without carrying it out: as EXPLAIN. Nothing that is not in `takes` is
 * ever sent behind that word.
 */
export interface ExplainWording {
  /** How statements begin that are only planned when they are explained. */
  readonly takes: RegExp;
  /** Why others are not. */
  readonly otherwise: string;
  /** Present where EXPLAIN succeeds and says in its answer what is wrong: that, as the error the statement would have raised. */
  failure?(answer: readonly (readonly Cell[])[]): Error | undefined;
}
