import { isAscii } from 'node:buffer';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** A line of a file. */
export interface Line {
  /** Absent when it was longer than the limit. */
  readonly text: string | undefined;
  /** First byte of the line, and first byte after it (uncompressed). */
  readonly offset: number;
  readonly end: number;
  /** Counted from 1. */
  readonly number: number;
  /** A newline ended it; else it is the last one and may still be in the writing. */
  readonly complete: boolean;
}

export interface LineRange {
  readonly file: string;
  /** Where to begin: the first byte of a line. */
  readonly offset: number;
  /** Lines before `offset`. */
  readonly linesBefore: number;
  /** Bytes read at a time; 1 MiB unless told. */
  readonly chunkBytes?: number;
}

/** Longer lines are no statements; they are told without their text, and memory stays bounded. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;

const CHUNK_BYTES = 1024 * 1024;
const NEWLINE = 10;

/** The lines of a file from a byte on, chunk by chunk; `.gz` is unpacked on the way. */
export async function* readLines(range: LineRange): AsyncGenerator<readonly Line[]> {
  let { offset, linesBefore: number } = range;
  let parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of openBytes(range)) {
    const lines: Line[] = [];
    // Most exports are ASCII: then a chunk is unpacked once, and its lines are pieces of one text.
    const whole = isAscii(chunk) ? chunk.toString('latin1') : undefined;
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      const lineLength = length + at - from;
      const text =
        whole !== undefined && parts.length === 0
          ? whole.slice(from, at)
          : textOf(parts, { tail: chunk.subarray(from, at), length: lineLength });
      number += 1;
      const end = offset + lineLength + 1;
      lines.push({ text, offset, end, number, complete: true });
      offset = end;
      parts = [];
      length = 0;
      from = at + 1;
    }
    if (from < chunk.length) {
      length += chunk.length - from;
      parts = length > MAX_LINE_BYTES ? [] : [...parts, chunk.subarray(from)];
    }
    if (lines.length > 0) {
      yield lines;
    }
  }
  if (length > 0) {
    const text = textOf(parts, { tail: Buffer.alloc(0), length });
    yield [{ text, offset, end: offset + length, number: number + 1, complete: false }];
  }
}

function textOf(
  parts: readonly Buffer[],
  { tail, length }: { readonly tail: Buffer; readonly length: number },
): string | undefined {
  if (length > MAX_LINE_BYTES) {
    return undefined;
  }
  return parts.length === 0
    ? tail.toString('utf8')
    : Buffer.concat([...parts, tail]).toString('utf8');
}

async function* openBytes({
  file,
  offset,
  chunkBytes = CHUNK_BYTES,
}: LineRange): AsyncGenerator<Buffer> {
  if (!file.endsWith('.gz')) {
    yield* buffersOf(createReadStream(file, { start: offset, highWaterMark: chunkBytes }));
    return;
  }
  const packed = createReadStream(file, { highWaterMark: CHUNK_BYTES });
  const unpacked = createGunzip({ chunkSize: CHUNK_BYTES });
  packed.on('error', (error) => unpacked.destroy(error));
  packed.pipe(unpacked);
  try {
    yield* skipBytes(buffersOf(unpacked), offset);
  } finally {
    packed.destroy();
  }
}

async function* buffersOf(stream: Readable): AsyncGenerator<Buffer> {
  for await (const chunk of stream) {
    yield chunk as Buffer;
  }
}

async function* skipBytes(chunks: AsyncIterable<Buffer>, count: number): AsyncGenerator<Buffer> {
  let left = count;
  for await (const chunk of chunks) {
    if (left >= chunk.length) {
      left -= chunk.length;
      continue;
    }
    yield left === 0 ? chunk : chunk.subarray(left);
    left = 0;
  }
}
