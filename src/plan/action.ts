import type { EpochMs } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import type { GrownBuild } from '../marts/growth.ts';
import type { AttributeChange, MartDefinition } from '../marts/mart.ts';
import type { NativeShape } from '../marts/native-shape.ts';
import type { RangedBuild, RangedBy } from '../marts/ranges.ts';
import type { SlimForm } from '../marts/slim-form.ts';

/** Everything Goldsmith may ever do to a warehouse. There is no other verb. */
export type Action =
  /** Publishes a mart of our own as a view over its logical definition. */
  | { readonly kind: 'create-mart'; readonly mart: RelationId; readonly definition: MartDefinition }
  /** Takes an adoptable view over: its definition goes into the ledger word for word; answers do not change. */
  | {
      readonly kind: 'adopt-view';
      readonly mart: RelationId;
      readonly definition: MartDefinition;
      readonly originalSql: string;
    }
  /**
   * Takes an adoptable table over, its own job switched off: what it holds becomes the first version, the stable view takes its
   * name; answers do not change.
   */
  | {
      readonly kind: 'adopt-table';
      readonly mart: RelationId;
      readonly definition: MartDefinition;
      readonly version: number;
      readonly table: RelationId;
      /** After this moment the view itself answers from the definition (law 4). */
      readonly freshUntil: EpochMs;
    }
  /**
   * Builds a hidden versioned table from the logical definition, verifies the obligations on the same snapshot, compares
   * content and replays real statements on both sides. Nothing a reader sees changes. A refresh is a build of the next version.
   */
  | {
      readonly kind: 'build-version';
      readonly mart: RelationId;
      readonly version: number;
      readonly table: RelationId;
      readonly reason: 'promote' | 'refresh';
      /** Statements to replay: a few recent ids per template, nearest in use first. */
      readonly replay: readonly {
        readonly fingerprint: string;
        readonly sampleIds: readonly string[];
      }[];
      /** Least cut in median cpu time over the replayed statements, as a share of base; 0 on refresh. */
      readonly minimumGain: number;
      readonly budget: { readonly cpuMs: number; readonly bytes: number };
      /** Given where some attributes are hidden or tombstoned. */
      readonly slim?: SlimForm;
      /** Least cut in a refresh's thread time against the form that stands, measured side by side before it is entered. */
      readonly minimumCut?: number;
      /** Given where the definition falls into ranges: of a version filled in steps, and of refreshes that compute changed ranges alone. */
      readonly ranged?: RangedBuild;
      /** Given where rows added to a source can be added to what the version before holds. */
      readonly grown?: GrownBuild;
      /** By which columns rows are to lie together, where the warehouse can be told; answers are the same. */
      readonly clusteredBy?: readonly string[];
      /** By the month of which column rows are to lie in parts, where the warehouse has such. */
      readonly partedBy?: string;
      /** Given where the warehouse is to keep it in a shape of its own; where it will not, it is built as a table. */
      readonly native?: NativeShape;
    }
  /**
   * Has the warehouse bring a version up to date in its place, on the name readers are led to, and proves on the same state of its
   * sources what the ledger then says of it. One that comes out otherwise than its definition is taken back at once.
   */
  | {
      readonly kind: 'refresh-version';
      readonly mart: RelationId;
      readonly version: number;
      readonly table: RelationId;
      /** Compared with the whole definition, not only in what it rests on. */
      readonly proveWhole: boolean;
      readonly budget: { readonly cpuMs: number };
    }
  /**
   * Fills a hidden versioned table over a long history in steps, a range of the definition each, as far as a cycle's time
   * goes; the next goes on where it stopped. Nothing is proved yet and nobody reads it: its build comes when it is full.
   */
  | {
      readonly kind: 'fill-version';
      readonly mart: RelationId;
      readonly version: number;
      readonly table: RelationId;
      readonly by: RangedBy;
      /** Rows of the driving source a step reads, about. */
      readonly rowsPerStep: number;
      /** For all its steps together. */
      readonly budget: { readonly cpuMs: number; readonly bytes: number };
      /** By which columns rows are to lie together, where the warehouse can be told; answers are the same. */
      readonly clusteredBy?: readonly string[];
      /** By the month of which column rows are to lie in parts, where the warehouse has such. */
      readonly partedBy?: string;
    }
  /** Notes which attributes of a mart are announced, hidden, tombstoned or kept again; what readers see changes with the next versions. */
  | {
      readonly kind: 'mark-attributes';
      readonly mart: RelationId;
      readonly changes: readonly AttributeChange[];
    }
  /** Points the stable view at a proved version, or back at the logical definition; the same verb renews the expiry it carries. */
  | { readonly kind: 'repoint-view'; readonly mart: RelationId; readonly to: Target }
  /**
   * Lets readers keep the version they have, alone and without an end, because the logical definition cannot be computed any more;
   * how old it is stands in the view's comment.
   */
  | {
      readonly kind: 'hold-version';
      readonly mart: RelationId;
      readonly version: number;
      readonly table: RelationId;
      readonly because: string;
    }
  /**
   * Gives a mart the definition it has now that its sources were renamed, moved or retyped: outputs keep their names and types. What
   * it holds is compared with what the new definition gives; without equal answers only the statement that was seen, or a person's word, lets it follow. A person's word alone lets go what
   * was made of something that is gone.
   */
  | {
      readonly kind: 'follow-source';
      readonly mart: RelationId;
      /** Digest of the definition this was written from. */
      readonly from: string;
      readonly definition: MartDefinition;
      /** What became of the sources, in words: kept in the ledger. */
      readonly change: string;
      /** What lets it follow: equal answers, the very statement that renamed its source, or a person's word. */
      readonly proof: 'same-answers' | 'statement-seen' | 'approved';
      /** Outputs that go. Absent: none. */
      readonly without?: readonly string[];
    }
  /** Drops a hidden version whose grace has ended. */
  | {
      readonly kind: 'drop-version';
      readonly mart: RelationId;
      readonly version: number;
      readonly table: RelationId;
    }
  /**
   * Gives a mart up: an adopted view gets its original definition back, an adopted table is a table again, one of ours is dropped. Only while
   * logical; or, as a person's word alone lets it, as it stands: readers keep the rows they have, and nobody refreshes them.
   */
  | { readonly kind: 'release-mart'; readonly mart: RelationId; readonly asItStands?: true };

export type Target =
  | {
      readonly kind: 'version';
      readonly version: number;
      readonly table: RelationId;
      /** After this moment the view itself answers from the logical definition again (law 4). */
      readonly freshUntil: EpochMs;
    }
  | { readonly kind: 'logical' };

export type ActionKind = Action['kind'];

/** The closed list, in the order a plan may hold them; tests loop over it. */
export const ACTION_KINDS = [
  'repoint-view',
  'hold-version',
  'follow-source',
  'drop-version',
  'release-mart',
  'create-mart',
  'adopt-view',
  'adopt-table',
  'mark-attributes',
  'fill-version',
  'refresh-version',
  'build-version',
] as const satisfies readonly ActionKind[];
