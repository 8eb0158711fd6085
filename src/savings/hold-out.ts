import { sha256 } from '../base/digest.ts';

export interface HoldOutQuestion {
  /** Unique for this execution, so that every execution is drawn on its own. */
  readonly askId: string;
  readonly fingerprint: string;
  /** 0..1. */
  readonly share: number;
}

/**
 * Whether this execution stays on base although a mart could answer it: a random draw by hash of the ask, so the
 * base runs are an unbiased sample of the same demand (randomised hold-out, `selection.md` 6.1) and an auditor can
 * repeat the draw.
 */
export function isHeldOut({ askId, fingerprint, share }: HoldOutQuestion): boolean {
  const draw = Number.parseInt(sha256(`hold-out/${fingerprint}/${askId}`).slice(0, 12), 16);
  return draw / 2 ** 48 < share;
}
