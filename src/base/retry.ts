import type { Clock } from './clock.ts';

export interface RetryOptions {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly attempts: number;
  /** Wait before the second attempt; doubled before each further one. */
  readonly firstDelayMs: number;
  readonly isRetryable: (error: unknown) => boolean;
  /** A wait the other side asked for (Retry-After), in milliseconds. */
  readonly askedDelayMs?: (error: unknown) => number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Runs `work` until it resolves, fails for good, or the attempts are used up; then the last error is thrown. */
export async function retry<Result>(
  work: () => Promise<Result>,
  options: RetryOptions,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= options.attempts || !options.isRetryable(error)) {
        throw error;
      }
      const delay = options.askedDelayMs?.(error) ?? options.firstDelayMs * 2 ** (attempt - 1);
      await options.clock.sleep(delay, options.signal);
    }
  }
}
