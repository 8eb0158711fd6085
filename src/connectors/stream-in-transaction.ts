import type { Cell, Connector, TransactionOptions } from './connector.ts';

type Chunk = readonly (readonly Cell[])[];

/**
 * Streams a statement inside a transaction of its own, which ends with the stream: the transaction hands over a chunk at a
 * time and waits until it was taken.
 */
export async function* streamInTransaction(
  connector: Connector,
  { sql, options }: { readonly sql: string; readonly options: TransactionOptions },
): AsyncGenerator<Chunk> {
  let offered = Promise.withResolvers<Chunk | undefined>();
  let taken = Promise.withResolvers<'more' | 'enough'>();

  const finished = connector.transaction(async (session) => {
    for await (const chunk of session.stream(sql, options)) {
      offered.resolve(chunk);
      if ((await taken.promise) === 'enough') {
        return;
      }
    }
  }, options);
  finished.then(
    () => offered.resolve(undefined),
    (error: unknown) => offered.reject(error),
  );

  try {
    for (;;) {
      const chunk = await offered.promise;
      if (chunk === undefined) {
        return;
      }
      offered = Promise.withResolvers();
      yield chunk;
      const previous = taken;
      taken = Promise.withResolvers();
      previous.resolve('more');
    }
  } finally {
    taken.resolve('enough');
    await finished;
  }
}
