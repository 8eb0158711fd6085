import type { RelationId } from '../base/relation.ts';
import type { MartColumn, MartDefinition } from '../marts/mart.ts';
import type { RangeState } from '../marts/ranges.ts';
import type { ContentFingerprint } from '../prove/content-fingerprint.ts';
import type { Replayed } from '../prove/replay.ts';
import type { Verified } from '../prove/verify-obligations.ts';
import type { ActionOf } from './action-handler.ts';
import type { KeptRanges } from './make-whole.ts';

/** What a build has to show before a reader may see it; each piece is gathered when first asked for. */
export interface BuildEvidence {
  readonly action: Pick<ActionOf<'build-version'>, 'table' | 'slim'>;
  readonly definition: MartDefinition;
  readonly tableColumns: readonly MartColumn[];
  /** On the build's own snapshot. */
  readonly verified: () => Promise<Verified>;
  readonly contents: () => Promise<{
    readonly logical: ContentFingerprint;
    readonly table: ContentFingerprint;
  }>;
  /** Groups of rows whose floating-point values differ by more than a relative 1e-9. */
  readonly beyondTolerance: () => Promise<number>;
  /** The table by range; nothing where it is one piece. */
  readonly tableRanges: () => Promise<readonly RangeState[] | undefined>;
  /** What was taken from the version before; absent where everything was computed. */
  readonly kept: KeptRanges | undefined;
  /** The first pack of a slim version that does not come out the same again; nothing when all do. */
  readonly packsHold: () => Promise<RelationId | undefined>;
  /** Everything this build cost so far. */
  readonly cpuMs: () => number;
}

/** What is known once the hidden table stands and real statements ran on both sides. */
interface ReplayEvidence {
  readonly action: ActionOf<'build-version'>;
  readonly bytes: number;
  readonly cpuMs: number;
  readonly replayed: Replayed;
}

export type CheckVerdict =
  | { readonly kind: 'pass'; readonly evidence: Readonly<Record<string, string | number>> }
  | {
      readonly kind: 'fail';
      readonly because: string;
      readonly evidence: Readonly<Record<string, string | number>>;
    };

export interface BuildCheck {
  readonly id: string;
  check(evidence: BuildEvidence): Promise<CheckVerdict>;
}

export interface ReplayCheck {
  readonly id: string;
  check(evidence: ReplayEvidence): CheckVerdict;
}
