import { z } from 'zod';
import type { ChannelRef } from '../channel.ts';
import type { FileState } from './commits.ts';

/** Where a proposal stands on a git remote, as the daemon keeps it between cycles. */
export interface GitRef {
  readonly branch: string;
  /** Our last commit on it, and the commit of the base it was made from. */
  readonly head: string;
  readonly base: string;
  /** The meaning the commit was made for. */
  readonly meaning: string;
  /** What the commit left the files as. */
  readonly files: readonly FileState[];
}

const refSchema = z.object({
  branch: z.string(),
  head: z.string(),
  base: z.string(),
  meaning: z.string(),
  files: z.string(),
});
const filesSchema = z.array(z.tuple([z.string(), z.string().nullable()]));

/** Undefined where nothing is shown: never was, or there was nothing to change. */
export function readRef(ref: ChannelRef | undefined): GitRef | undefined {
  const read = refSchema.safeParse(ref);
  return read.success
    ? { ...read.data, files: filesSchema.parse(JSON.parse(read.data.files)) }
    : undefined;
}

export function writeRef(ref: GitRef): ChannelRef {
  return { ...ref, files: JSON.stringify(ref.files) };
}
