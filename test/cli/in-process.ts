import { PassThrough, Readable, Writable } from 'node:stream';
import { runCli } from '../../src/cli/run-cli.ts';

export interface Answered {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `goldsmith` without a process of its own: the same verbs, streams a test can read. */
export async function cli(
  args: readonly string[],
  {
    stdin = Readable.from([]),
    env = {},
  }: { readonly stdin?: Readable; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Answered> {
  const stdout = collector();
  const stderr = collector();
  const code = await runCli(args, { env, stdin, stdout: stdout.stream, stderr: stderr.stream });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

export function linesOf(lines: Iterable<string>): Readable {
  return Readable.from(lines, { objectMode: false }).pipe(new PassThrough());
}

function collector(): { readonly stream: Writable; readonly text: () => string } {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  return { stream, text: () => chunks.join('') };
}
