import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

/** How much of a file's beginning tells it from another. */
const HEAD_BYTES = 1024;

/** The hash of a file's first bytes (of the packed ones in a `.gz`): the same for a file that only grew. */
export interface FileHead {
  readonly bytes: number;
  readonly hash: string;
}

/** `bytes`: as many as an earlier head had; absent: as many as there are, up to 1 KiB. */
export async function readFileHead(path: string, bytes = HEAD_BYTES): Promise<FileHead> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
    const hash = createHash('sha256').update(buffer.subarray(0, bytesRead)).digest('hex');
    return { bytes: bytesRead, hash: hash.slice(0, 16) };
  } finally {
    await file.close();
  }
}

/** Whether the file still begins as it did: if not, another file stands in its place. */
export async function beginsWith(path: string, head: FileHead): Promise<boolean> {
  const now = await readFileHead(path, head.bytes);
  return now.bytes === head.bytes && now.hash === head.hash;
}
