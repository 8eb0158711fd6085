import type { RelationId } from '../base/relation.ts';
import type { SmallScopeRequest } from './small-scope.ts';
import { type CounterExample, tryOnSmallDatabases } from './small-scope.ts';

/** One way to write a query, its marts and its rewrite for the scratch engine. */
export interface TrialTexts {
  /** False: printed for the scratch engine, so that a text that does not run there says nothing. */
  readonly isAsWritten: boolean;
  readonly marts: readonly { readonly name: RelationId; readonly sql: string }[];
  readonly query: string;
  readonly rewritten: string;
}

export type TrialVerdict =
  | {
      readonly kind: 'equal';
      readonly databases: number;
      /** Of those, how many had a row in the answer. */
      readonly telling: number;
      readonly isAsWritten: boolean;
    }
  | {
      readonly kind: 'unequal';
      readonly databases: number;
      readonly counterExample: CounterExample;
    }
  | { readonly kind: 'not-tried'; readonly because: string };

/** Tries a rewrite in the first of several ways to write it that can be run. */
export async function tryWays(
  request: Omit<SmallScopeRequest, keyof TrialTexts | 'approximate'>,
  ways: readonly TrialTexts[],
): Promise<TrialVerdict> {
  let because = 'it has no text for the engine it would be tried in';
  for (const { isAsWritten, ...texts } of ways) {
    const outcome = await tryOnSmallDatabases({ ...request, ...texts, approximate: true });
    if (outcome.kind === 'equal') {
      return { ...outcome, isAsWritten };
    }
    if (outcome.kind === 'failed') {
      ({ because } = outcome);
      continue;
    }
    const { failure } = outcome.counterExample;
    if (failure === undefined || isAsWritten) {
      return outcome;
    }
    because = failure;
  }
  return { kind: 'not-tried', because: `it cannot be run on made-up rows: ${because}` };
}
