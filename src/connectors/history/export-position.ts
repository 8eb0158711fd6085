import { z } from 'zod';

/** How far one file of an export was read. */
export type FilePosition = z.infer<typeof filePosition>;

const filePosition = z.strictObject({
  /** JSONL: first byte not read yet (unpacked). Parquet: first row not read yet. */
  at: z.int().min(0),
  /** JSONL: lines before `at`. */
  lines: z.int().min(0),
  head: z.strictObject({ bytes: z.int().min(0), hash: z.string() }),
  /** As the file was when it was read to its end; unchanged, it is not opened again. */
  bytes: z.int().min(0),
  modifiedMs: z.number(),
});

const positions = z.record(z.string(), filePosition);

export type ExportPosition = ReadonlyMap<string, FilePosition>;

/** A position we cannot read is no position: everything is read again, and ids keep it from counting twice. */
export function parseExportPosition(text: string | undefined): Map<string, FilePosition> {
  if (text === undefined) {
    return new Map();
  }
  try {
    const parsed = positions.safeParse(JSON.parse(text));
    return new Map(parsed.success ? Object.entries(parsed.data) : []);
  } catch (error) {
    if (error instanceof SyntaxError) {
      return new Map();
    }
    throw error;
  }
}

export function formatExportPosition(position: ExportPosition): string {
  return JSON.stringify(Object.fromEntries(position));
}
