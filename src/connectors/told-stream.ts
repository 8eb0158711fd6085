import type { CallOptions, QueryResult } from './connector.ts';

/** What a stream took, without the time its reader took between chunks. */
export interface StreamTaken {
  readonly durationMs: number;
  readonly rowsReturned: number;
  /** It failed or was cancelled. */
  readonly failed: boolean;
}

/** The same chunks; tells at their end, when they are left early and when they fail, what they took. What never began tells nothing. */
export async function* toldStream<Row>(
  chunks: AsyncGenerator<readonly Row[]>,
  tell: (taken: StreamTaken) => Promise<void> | void,
): AsyncGenerator<readonly Row[]> {
  let durationMs = 0;
  let rowsReturned = 0;
  let failed = true;
  async function timed<Result>(work: () => Promise<Result>): Promise<Result> {
    const startedAt = performance.now();
    try {
      return await work();
    } finally {
      durationMs += performance.now() - startedAt;
    }
  }
  try {
    for (;;) {
      const next = await timed(() => chunks.next());
      if (next.done === true) {
        break;
      }
      rowsReturned += next.value.length;
      failed = false;
      yield next.value;
      failed = true;
    }
    failed = false;
  } finally {
    await timed(() => chunks.return(undefined));
    await tell({ durationMs, rowsReturned, failed });
  }
}

/** The same answer, told where whoever asked gets none of its cost: a statement of a reading of the catalog, of prices, of bills. */
export async function toldAnswer(
  answer: Promise<QueryResult>,
  { onCost }: CallOptions,
): Promise<QueryResult> {
  const result = await answer;
  onCost?.(result.cost);
  return result;
}
