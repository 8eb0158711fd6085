/** Many waits, one after another, that can all be given up at once. */
export interface Waits {
  /** Settles with the work, or rejects with the reason once all is given up. */
  until<Result>(work: Promise<Result>): Promise<Result>;
  giveUp(reason: unknown): void;
}

/**
 * `Promise.race` against one promise that lives as long as a statement would keep the result of each race until that settles: a
 * streamed result would be held whole. Here a wait leaves nothing behind.
 */
export function openWaits(): Waits {
  const rejects = new Set<(reason: unknown) => void>();
  let given: { readonly reason: unknown } | undefined;
  return {
    async until<Result>(work: Promise<Result>) {
      const { promise, resolve, reject } = Promise.withResolvers<Result>();
      work.then(resolve, reject);
      if (given !== undefined) {
        reject(given.reason);
      }
      rejects.add(reject);
      try {
        return await promise;
      } finally {
        rejects.delete(reject);
      }
    },
    giveUp(reason) {
      given ??= { reason };
      for (const reject of rejects) {
        reject(reason);
      }
    },
  };
}
