import type { EpochMs } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import type { DbtNeed } from '../lineage/dbt/dbt-needs.ts';
import type { GoldUse } from '../prune/gold-relation-of.ts';
import type { PruneSettings } from '../prune/settings.ts';

/** The part of a cycle's input that pruning rests on; absent where it is switched off. */
export interface PruneInput {
  readonly settings: PruneSettings;
  /** Every gold relation whose attributes are watched, marts or not. */
  readonly gold: readonly GoldUse[];
  /** Attributes people asked back. */
  readonly kept: readonly { readonly relation: RelationId; readonly attribute: string }[];
  /** What a dbt project beside the warehouse needs of its relations. */
  readonly dbt?: readonly DbtNeed[];
  /** Slim builds that saved too little, by mart. */
  readonly refusedCuts: readonly { readonly relation: RelationId; readonly at: EpochMs }[];
}
