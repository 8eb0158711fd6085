import type { EpochMs } from '../base/clock.ts';

/** What a warehouse calls a stored relation whose definition it knows, and which it can bring up to date in its place. */
export type NativeKind = 'materialized view' | 'dynamic table';

/** A version that is such a relation, and how it is made. */
export interface NativeShape {
  readonly kind: NativeKind;
  /** Outputs that no two rows share: given where only these let it be refreshed while readers read it. */
  readonly key?: readonly string[];
  /** Given where the warehouse refreshes it by itself too, be the daemon there or not: how old it lets it become. */
  readonly lagMs?: number;
  /** The compute its refreshes run on, where it has to be said: whoever pays for that pays for them. */
  readonly compute?: string;
}

/** A native version as the ledger tells it. */
export interface VersionNative extends NativeShape {
  /** Times it was refreshed in its place since it was built. */
  readonly refreshes: number;
  /** Of these, since it was last compared with its whole definition. */
  readonly sinceWhole: number;
  /** Its text is of a definition the mart had before its sources were followed: a refresh would compute that one. */
  readonly isFormer?: true;
  /** The warehouse was told not to refresh it by itself: nobody reads it, or what it would compute. */
  readonly isAtRest?: true;
}

/** Why a mart is kept as a table: the warehouse took no native version of it, or stopped keeping one. */
export interface NativeRefusal {
  readonly since: EpochMs;
  /** Of which shape. Absent: of any. */
  readonly kind?: NativeKind;
  /** In the warehouse's words, where it said some. */
  readonly because: string;
}

/** What holds once another refusal comes on top of the one before: of two shapes, it is all of them. */
export function refusedToo(before: NativeRefusal | undefined, now: NativeRefusal): NativeRefusal {
  if (before === undefined || before.kind === now.kind || before.kind === undefined) {
    return now;
  }
  return { since: now.since, because: `${before.because}; ${now.because}` };
}

/** Whether a version of this shape can stay as it is where that one is asked for. */
export function isSameNative(one: NativeShape, other: NativeShape): boolean {
  return (
    one.kind === other.kind &&
    one.lagMs === other.lagMs &&
    one.compute === other.compute &&
    (one.key ?? []).join('\n') === (other.key ?? []).join('\n')
  );
}
