import { SLOTS } from './worker-messages.ts';

/** Runs asynchronous work of a native addon. */
export type RunNative = <T>(work: () => Promise<T>) => Promise<T>;

/** Longest wait for an addon before its thread is ended all the same. */
const PATIENCE_MS = 60_000;
const LOOK_MS = 5;

/**
 * An addon that finds its thread gone when it is through takes the whole process with it. The worker says when one is at work,
 * and starts none once it is to end; whoever ends the thread waits for that.
 */
export function nativeGate(slots: Int32Array): RunNative {
  return async (work) => {
    Atomics.add(slots, SLOTS.native, 1);
    try {
      if (Atomics.load(slots, SLOTS.ending) !== 0) {
        throw new Error('this worker is about to end');
      }
      return await work();
    } finally {
      // The addon's own callback is still on the stack below this promise; the next turn of the loop is free of it.
      setImmediate(() => Atomics.sub(slots, SLOTS.native, 1));
    }
  };
}

/** Resolves once no addon is at work in the worker, and none will be. */
export async function closeGate(
  slots: Int32Array,
  { isGone }: { readonly isGone: () => boolean },
): Promise<void> {
  Atomics.store(slots, SLOTS.ending, 1);
  const giveUpAt = performance.now() + PATIENCE_MS;
  while (Atomics.load(slots, SLOTS.native) > 0 && !isGone() && performance.now() < giveUpAt) {
    await new Promise((resolve) => {
      setTimeout(resolve, LOOK_MS);
    });
  }
}
