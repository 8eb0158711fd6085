import type { CallOptions } from './connector.ts';

/** A statement that the warehouse has not ended. */
export interface RunningStatement {
  readonly id: string;
  readonly text: string;
}

/** How a warehouse is asked for our own statements, whichever process of ours sent them. */
interface StatementStopper {
  readonly running: () => Promise<readonly RunningStatement[]>;
  /** Asks that it be stopped; one that has ended meanwhile is no error. Absent: it is only waited for. */
  readonly cancel?: (id: string) => Promise<void>;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** A statement that is told to stop ends within seconds. */
const LOOKS_AT_CANCELLED = 20;
/** One that can only be waited for runs for as long as it takes: whoever asks comes again. */
const LOOKS_AT_OTHERS = 3;
const LOOK_EVERY_MS = 500;

/**
 * Stops statements of ours that write to any of these names (as our statements quote them), and waits for their end. Gives how many
 * run on all the same.
 */
export async function stopStatements(
  names: readonly string[],
  { running, cancel, sleep, signal }: StatementStopper & Pick<CallOptions, 'signal'>,
): Promise<number> {
  const looks = cancel === undefined ? LOOKS_AT_OTHERS : LOOKS_AT_CANCELLED;
  for (let look = 1; ; look += 1) {
    const left = (await running()).filter(({ text }) => writesTo(text, names));
    if (left.length === 0 || look >= looks) {
      return left.length;
    }
    for (const { id } of left) {
      await cancel?.(id);
    }
    await sleep(LOOK_EVERY_MS, signal);
  }
}

/** A comment ends at its first end: what stands between two of them is no comment. */
const READS =
  /^(?:\s|--[^\n]*\n|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\/|\()*(?:select|with|show|describe|explain)\b/i;

function writesTo(text: string, names: readonly string[]): boolean {
  return !READS.test(text) && names.some((name) => text.includes(name));
}
