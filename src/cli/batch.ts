import type { Readable } from 'node:stream';
import { GoldsmithError } from '../base/goldsmith-error.ts';
import type { CliStreams } from './streams.ts';

/** Lines under way at once: enough to keep the parsers busy, few enough to hold no file in memory. */
const UNDER_WAY = 32;

/**
 * JSONL in, JSONL out: exactly one answer line per input line, in order, whatever stands on it, each as soon as it and
 * those before it are ready. `answer` gets the parsed line, or `undefined` for one that is not JSON. Ends in order, too,
 * when nobody reads the answers any more (`| head`).
 */
export async function answerLines(
  streams: CliStreams,
  answer: (line: unknown) => Promise<unknown>,
): Promise<void> {
  const { stdin, stdout } = streams;
  let failure: NodeJS.ErrnoException | undefined;
  const nobodyReads = new Promise<void>((resolve) => {
    stdout.on('error', (error) => {
      failure ??= error;
      stdin.destroy();
      resolve();
    });
  });
  const answering = answerEach(streams, answer).catch((error: unknown) => {
    if (failure === undefined) {
      throw error;
    }
  });
  // Whatever is still under way when nobody reads is not waited for: its write may never be called back.
  await Promise.race([answering, nobodyReads]);
  if (failure !== undefined && failure.code !== 'EPIPE') {
    throw new GoldsmithError(
      'OUTPUT_FAILED',
      `the answers cannot be written (${failure.code ?? failure.name})`,
      { cause: failure },
    );
  }
}

async function answerEach(
  { stdin, stdout }: CliStreams,
  answer: (line: unknown) => Promise<unknown>,
): Promise<void> {
  const underWay: Promise<void>[] = [];
  let last: Promise<void> = Promise.resolve();
  for await (const line of linesOf(stdin)) {
    const before = last;
    const answered = answerOne(line, answer);
    last = (async () => {
      const text = await answered;
      await before;
      await new Promise<void>((resolve) => {
        stdout.write(`${text}\n`, () => resolve());
      });
    })();
    underWay.push(last);
    if (underWay.length >= UNDER_WAY) {
      await underWay.shift();
    }
  }
  await last;
}

/** A line ends at a line feed and nowhere else: JSON texts may hold every other separator Unicode knows. */
async function* linesOf(stdin: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let begun: string[] = [];
  for await (const chunk of stdin) {
    const text =
      typeof chunk === 'string' ? chunk : decoder.decode(chunk as Uint8Array, { stream: true });
    const [first = '', ...more] = text.split('\n');
    begun.push(first);
    for (const next of more) {
      yield begun.join('');
      begun = [next];
    }
  }
  const rest = begun.join('') + decoder.decode();
  if (rest !== '') {
    yield rest;
  }
}

async function answerOne(
  line: string,
  answer: (line: unknown) => Promise<unknown>,
): Promise<string> {
  return JSON.stringify(await answer(parseLine(line)));
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}
