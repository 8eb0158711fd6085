import type { Readable, Writable } from 'node:stream';

/** The process's own, or a test's. */
export interface CliStreams {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable;
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean };
}

/** Writes text, or the same as JSON for scripts. */
export function print(
  streams: CliStreams,
  answer: { readonly json: boolean; readonly text: string; readonly value: unknown },
): void {
  const { json, text, value } = answer;
  streams.stdout.write(
    json ? `${JSON.stringify(value, bigintAsText, 2)}\n` : text.endsWith('\n') ? text : `${text}\n`,
  );
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
