import { z } from 'zod';

/** Calls, milliseconds, rows, blocks; milliseconds of waiting for files, which positions of before do not have. */
const counters = z
  .array(z.number())
  .min(4)
  .max(5)
  .transform((values) => values as readonly number[]);

/** Counters as they stood, by who ran what: to be told from what they are now. */
const countersPosition = z.strictObject({
  resetAt: z.string(),
  /** How often the server had made room; absent where it does not tell. */
  forgot: z.number().optional(),
  counters: z.record(z.string(), counters),
});

export type CountersPosition = z.infer<typeof countersPosition>;

/** A position we cannot read is no position: it begins again with a look that tells nothing. */
export function parsePosition(text: string | undefined): CountersPosition | undefined {
  if (text === undefined || text === '') {
    return undefined;
  }
  try {
    return countersPosition.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}

/** What ran between two looks. */
export interface Delta {
  readonly runs: number;
  readonly durationMs: number;
  /** Without its waiting for files, as far as the server measures that. */
  readonly cpuMs?: number;
  readonly rowsReturned: number;
  readonly bytesScanned: number;
}

/** Counters of blocks are in the server’s unit. */
const BLOCK_BYTES = 8192;

/** A counter that fell was forgotten and began again. */
export function deltaOf(now: readonly number[], was: readonly number[] | undefined): Delta {
  const since = was === undefined || fell(now, was) ? [0, 0, 0, 0, 0] : was;
  const beyond = (at: number) => Math.max(0, (now[at] ?? 0) - (since[at] ?? 0));
  const durationMs = beyond(1);
  return {
    runs: beyond(0),
    durationMs,
    ...(since[4] === undefined ? {} : { cpuMs: Math.max(0, durationMs - beyond(4)) }),
    rowsReturned: beyond(2),
    bytesScanned: beyond(3) * BLOCK_BYTES,
  };
}

export function fell([now = 0]: readonly number[], [was = 0]: readonly number[]): boolean {
  return now < was;
}
