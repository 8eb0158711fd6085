import type { EpochMs } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import type { Facts } from './facts.ts';
import type { VersionGrowth } from './growth.ts';
import type { NativeRefusal, VersionNative } from './native-shape.ts';
import type { Unfinished, VersionRanges } from './ranges.ts';
import type { SlimForm } from './slim-form.ts';

/** What a mart holds; its digest identifies it for ever. */
export interface MartDefinition {
  /** The stable view readers see. */
  readonly relation: RelationId;
  /** Our own design, or somebody's gold view that was taken over. */
  readonly origin: 'candidate' | 'adopted';
  /** The logical definition: a SELECT in the warehouse's dialect, without a trailing semicolon. */
  readonly sql: string;
  readonly columns: readonly MartColumn[];
  /** Base tables it is computed from (views expanded), sorted. */
  readonly sources: readonly RelationId[];
  /** What must hold on the snapshot of each build, or the mart is not published. */
  readonly obligations: readonly Obligation[];
  /** Answers may be at most this old; 0 means never older than the sources. */
  readonly maxStalenessMs: number;
}

export interface MartColumn {
  readonly name: string;
  readonly type: string;
}

/** A fact a definition relies on; checked on the build's own snapshot. */
export type Obligation =
  | {
      readonly kind: 'unique-key';
      readonly relation: RelationId;
      readonly columns: readonly string[];
    }
  | {
      readonly kind: 'inclusion';
      readonly from: RelationId;
      readonly fromColumns: readonly string[];
      readonly to: RelationId;
      readonly toColumns: readonly string[];
    }
  | { readonly kind: 'not-null'; readonly relation: RelationId; readonly column: string };

/** A version of a mart's data: a hidden physical table, or what the warehouse has of its own in its place. */
export interface MartVersion {
  readonly version: number;
  readonly table: RelationId;
  readonly builtAt: EpochMs;
  /** The sources at the build's snapshot. */
  readonly sourceStates: readonly SourceState[];
  /** Last moment the sources were seen to be as in `sourceStates`. */
  readonly verifiedFreshAt: EpochMs;
  readonly rows: number;
  readonly bytes: number;
  readonly facts: Facts;
  /** Given where not every attribute is stored: then `table` is a view over these. */
  readonly slim?: SlimForm;
  /** Given where its next refresh may compute changed ranges alone. */
  readonly ranges?: VersionRanges;
  /** Given where its next refresh may add what was added to a source. */
  readonly growth?: VersionGrowth;
  /** Given where the warehouse itself keeps it: then it is refreshed in its place, and its content is not the same for ever. */
  readonly native?: VersionNative;
}

/**
 * `announced`: still stored, people are told. `hidden`: not stored a column of its own, but whoever selects it gets it.
 * `tombstoned`: no longer computed; naming it is an error that says how to get it back.
 */
export type PruneStage = 'announced' | 'hidden' | 'tombstoned';

export interface PrunedAttribute {
  readonly name: string;
  readonly stage: PruneStage;
  readonly since: EpochMs;
  /** Why, in words and numbers. */
  readonly because: string;
}

/** A step of one attribute up or down the ladder. */
export interface AttributeChange {
  readonly name: string;
  readonly from: PruneStage | 'kept';
  readonly to: PruneStage | 'kept';
  readonly because: string;
}

/** The content of a relation's used columns at one moment: equal states, equal content. */
export interface SourceState {
  readonly relation: RelationId;
  readonly rows: number;
  /** Order-free checksum of the used columns, as decimal text; empty where the rows said enough. */
  readonly checksum: string;
  /** Those it is over; absent: all. States over different columns tell nothing of each other. */
  readonly columns?: readonly SourceColumn[] | undefined;
}

/** A column of a source, in the order in which the source has them. */
export interface SourceColumn {
  readonly name: string;
  /** Its number among all columns of the source, from 0: what a renamed column is known by. */
  readonly place: number;
}

export type MartStage =
  /** The stable view answers from the logical definition. */
  | 'logical'
  /** The stable view answers from `current`. */
  | 'physical'
  /** Stopped after a foreign write, DDL or mismatch: original restored, people told. */
  | 'quarantined';

/** A mart whose readers keep the last good version, because its sources are no longer what its definition was written for. */
export interface HeldMart {
  readonly since: EpochMs;
  /** What became of the sources, in words. */
  readonly because: string;
}

/** A definition that was rewritten because its sources were renamed, moved or retyped. */
export interface FormerDefinition {
  readonly digest: string;
  readonly sql: string;
  readonly until: EpochMs;
  /** What became of the sources, in words. */
  readonly because: string;
}

/** A mart as the ledger tells it. */
export interface Mart {
  readonly definition: MartDefinition;
  readonly definitionDigest: string;
  readonly stage: MartStage;
  readonly createdAt: EpochMs;
  readonly current?: MartVersion;
  /** Versions no longer read, kept until their grace ends. */
  readonly hidden: readonly { readonly version: MartVersion; readonly hiddenAt: EpochMs }[];
  /** Its next version, built in steps over several cycles. */
  readonly unfinished?: Unfinished;
  /** Attributes on their way out, in the contract's order; all others are kept. */
  readonly pruned?: readonly PrunedAttribute[];
  /** For an adopted view: its definition before the takeover, exactly; after it followed its sources, as it was rewritten. */
  readonly originalSql?: string;
  /** Given while its definition cannot be computed: the stable view answers from `current` alone, and its age is told. */
  readonly held?: HeldMart;
  /** What its definition was before it followed its sources, oldest first. */
  readonly former?: readonly FormerDefinition[];
  /** Given for an adopted table: readers had a table before, so money alone never makes it a view. */
  readonly was?: 'table';
  /** Given where the warehouse would not keep it in a shape of its own: it is a table from then on. */
  readonly notNative?: NativeRefusal;
}
