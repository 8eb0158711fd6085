import type { EpochMs } from '../base/clock.ts';
import type { Mart } from '../marts/mart.ts';
import type { Access } from './access.ts';

/** Where a flip leads: what the ledger says of the mart once the view answers so. */
export type FlipTarget =
  | {
      readonly kind: 'version';
      readonly version: number;
      readonly freshUntil: EpochMs;
      readonly verifiedFreshAt: EpochMs;
    }
  | { readonly kind: 'logical' }
  | { readonly kind: 'held'; readonly because: string }
  | { readonly kind: 'quarantined'; readonly note: string }
  | { readonly kind: 'released' }
  /** It answers from another definition: the mart as the ledger has it then. */
  | {
      readonly kind: 'followed';
      readonly mart: Mart;
      /** Absent: its version answers without an end, or it is a view. */
      readonly freshUntil?: EpochMs;
    };

/**
 * A flip that was begun: written before the view is replaced, where the two cannot be committed together. Whoever finds the view
 * changed looks here first: is it as intended, the flip was ours and happened, and only the ledger is behind.
 */
export interface Intent {
  readonly at: EpochMs;
  /** What the view selects once it happened. */
  readonly select: string;
  readonly to: FlipTarget;
  /** Who owned the view and might read it before; absent where relations have no owners. */
  readonly access?: Access | undefined;
}
