import { closeSync, openSync, readSync } from 'node:fs';
import { APPLICATION_ID, refuseNewer } from './migrate.ts';
import { StoreError } from './store-error.ts';

const HEADER_BYTES = 100;
const MAGIC = 'SQLite format 3\0';

/**
 * Looks at the file's header before SQLite does, so that a file that is not ours, or of a newer Goldsmith,
 * is not touched at all. An absent or empty file is fine: it will be made.
 */
export function checkHeader(path: string): void {
  const header = readHeader(path);
  if (header === undefined || header.length === 0) {
    return;
  }
  if (header.length < HEADER_BYTES || header.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    throw new StoreError(
      'STATE_CORRUPT',
      `The state file ${path} is damaged or not a Goldsmith state file; move it away and Goldsmith starts anew from the history.`,
    );
  }
  // A database whose first transaction was never finished has neither: SQLite recovers it, then it is made anew.
  const version = header.readUInt32BE(60);
  const application = header.readUInt32BE(68);
  if (version > 0 && application !== APPLICATION_ID) {
    throw new StoreError(
      'STATE_NOT_OURS',
      `The file ${path} is a SQLite database of another application; state another path for the state file. It was not touched.`,
    );
  }
  refuseNewer(version, path);
}

function readHeader(path: string): Buffer | undefined {
  try {
    return readBytes(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return undefined;
    }
    throw new StoreError(
      'STATE_UNREACHABLE',
      `The state file ${path} cannot be opened; check that it is a file Goldsmith may read and write.`,
      { cause: error },
    );
  }
}

function readBytes(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    return header.subarray(0, readSync(file, header, 0, HEADER_BYTES, 0));
  } finally {
    closeSync(file);
  }
}
