import { createInterface } from 'node:readline';
import type { CliStreams } from './streams.ts';

/**
 * JSONL in, JSONL out: exactly one answer line per input line, in order, whatever stands on it. `answer` gets the parsed line,
 * or `undefined` for one that is not JSON. Several lines are under way at once; order is kept.
 */
export async function answerLines(
  streams: CliStreams,
  answer: (line: unknown) => Promise<unknown>,
): Promise<void> {
  const pending: Promise<string>[] = [];
  const flush = async () => {
    const first = pending.shift();
    if (first !== undefined) {
      await write(streams, `${await first}\n`);
    }
  };

  for await (const line of createInterface({
    input: streams.stdin,
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    pending.push(answerOne(line, answer));
    if (pending.length >= 32) {
      await flush();
    }
  }
  while (pending.length > 0) {
    await flush();
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

function write({ stdout }: CliStreams, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
