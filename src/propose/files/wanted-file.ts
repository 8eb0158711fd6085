import { GoldsmithError } from '../../base/goldsmith-error.ts';

/** A file as a proposal wants it. What it becomes depends on what the repository holds now: people's own parts stay. */
export interface WantedFile {
  /** Relative to the root of the repository, with `/`. */
  readonly path: string;
  readonly write: (now: string | undefined) => FileOutcome;
}

export type FileOutcome =
  /** Undefined takes the file away. */
  | { readonly kind: 'text'; readonly text: string | undefined }
  /** What is there is somebody's, and not to be edited safely. */
  | { readonly kind: 'left-alone'; readonly because: string };

/** What a commit has to change: never a file that is as it should be. */
export interface FilesToWrite {
  readonly changes: readonly { readonly path: string; readonly text: string | undefined }[];
  readonly leftAlone: readonly { readonly path: string; readonly because: string }[];
}

export function filesToWrite(
  wanted: readonly WantedFile[],
  textAt: (path: string) => string | undefined,
): FilesToWrite {
  const changes: { path: string; text: string | undefined }[] = [];
  const leftAlone: { path: string; because: string }[] = [];
  for (const { path, write } of wanted) {
    requireSafePath(path);
    const now = textAt(path);
    const outcome = write(now);
    if (outcome.kind === 'left-alone') {
      leftAlone.push({ path, because: outcome.because });
    } else if (outcome.text !== now) {
      changes.push({ path, text: outcome.text });
    }
  }
  return { changes: changes.toSorted((a, b) => (a.path < b.path ? -1 : 1)), leftAlone };
}

/**
 * A path that stays inside the repository on every system that checks it out: no `..`, nothing hidden but what people may keep
 * (`.github` is not ours to write), no backslash, no control character.
 */
export function requireSafePath(path: string): void {
  const isSafe =
    path.length <= 400 &&
    path.split('/').every((part) => /^(?!\.)[^\\:*?"<>|\p{Cc}]+(?<![. ])$/u.test(part));
  if (!isSafe) {
    throw new GoldsmithError(
      'PROPOSAL_PATH_UNSAFE',
      'a file of a proposal would lie outside the repository or under a hidden name; check propose.files and the dbt section',
    );
  }
}
