import { type RetryOptions, retry } from '../base/retry.ts';

/** The same chunks. A fault before the first of them has the stream begun anew, as `options` say; once there is one, nothing is read twice. */
export async function* begunAnew<Row>(
  begin: () => AsyncIterable<readonly Row[]>,
  options: RetryOptions,
): AsyncGenerator<readonly Row[]> {
  const { chunks, first } = await retry(async () => {
    const begun = begin()[Symbol.asyncIterator]();
    return { chunks: begun, first: await begun.next() };
  }, options);
  try {
    for (let next = first; next.done !== true; next = await chunks.next()) {
      yield next.value;
    }
  } finally {
    await chunks.return?.();
  }
}
