import type { EpochMs } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import type { NanoUsd } from '../base/usd.ts';
import type { GrownBuild } from '../marts/growth.ts';
import type { AttributeChange, MartDefinition } from '../marts/mart.ts';
import type { NativeShape } from '../marts/native-shape.ts';
import type { RangedBuild, RangedBy } from '../marts/ranges.ts';
import type { SlimForm } from '../marts/slim-form.ts';

/** What a cycle wants done, before `plan/` puts it in order and into verbs. */
export type Intent = IntentKind & {
  readonly relation: RelationId;
  readonly because: string;
  readonly evidence: Readonly<Record<string, string | number>>;
  readonly predicted?: Predicted;
};

/** What a decision promises. */
export interface Predicted {
  /** Saving per day, net of upkeep. */
  readonly netPerDay: NanoUsd;
  /** What doing it costs, once. */
  readonly cost: NanoUsd;
  /** The lowest and the highest net saving per day the forecast allows. */
  readonly between?: readonly [NanoUsd, NanoUsd];
}

export type IntentKind =
  /** One of ours as a view, or somebody's view taken over, with its text before that. */
  | { readonly kind: 'publish'; readonly definition: MartDefinition; readonly originalSql?: string }
  /** Somebody's table taken over: what it holds becomes the first version. */
  | {
      readonly kind: 'adopt';
      readonly definition: MartDefinition;
      readonly version: number;
      readonly table: RelationId;
      readonly freshUntil: EpochMs;
    }
  /** Build the version, prove it, and point readers at it. */
  | {
      readonly kind: 'build';
      readonly version: number;
      readonly table: RelationId;
      readonly reason: 'promote' | 'refresh';
      readonly replay: readonly {
        readonly fingerprint: string;
        readonly sampleIds: readonly string[];
      }[];
      readonly minimumGain: number;
      readonly budget: { readonly cpuMs: number; readonly bytes: number };
      readonly freshUntil: EpochMs;
      readonly slim?: SlimForm;
      readonly minimumCut?: number;
      readonly ranged?: RangedBuild;
      readonly grown?: GrownBuild;
      readonly clusteredBy?: readonly string[];
      readonly partedBy?: string;
      readonly native?: NativeShape;
    }
  /** Have the warehouse bring the version it keeps up to date in its place. */
  | {
      readonly kind: 'refresh';
      readonly version: number;
      readonly table: RelationId;
      readonly proveWhole: boolean;
      readonly budget: { readonly cpuMs: number };
      readonly freshUntil: EpochMs;
    }
  /** Fill the version as far as a cycle's time goes; it is built when it is full. */
  | {
      readonly kind: 'fill';
      readonly version: number;
      readonly table: RelationId;
      readonly by: RangedBy;
      readonly rowsPerStep: number;
      readonly budget: { readonly cpuMs: number; readonly bytes: number };
      readonly clusteredBy?: readonly string[];
      readonly partedBy?: string;
    }
  /** Attributes of a mart step up or down the pruning ladder. */
  | { readonly kind: 'mark'; readonly changes: readonly AttributeChange[] }
  /** Sources are as at the build: the version may answer for longer. */
  | {
      readonly kind: 'renew';
      readonly version: number;
      readonly table: RelationId;
      readonly freshUntil: EpochMs;
    }
  /** Readers go back to the logical definition: at once where they would read stale answers. */
  | { readonly kind: 'withdraw'; readonly isUrgent: boolean }
  /** Its definition cannot be computed any more: readers keep the version they have, its age told. */
  | { readonly kind: 'hold'; readonly version: number; readonly table: RelationId }
  /** Its definition is rewritten after its sources; `from` is the digest of the one it has. */
  | {
      readonly kind: 'follow';
      readonly from: string;
      readonly definition: MartDefinition;
      readonly change: string;
      /** What lets it follow: equal answers, the very statement that renamed its source, or a person's word. */
      readonly proof: 'same-answers' | 'statement-seen' | 'approved';
      /** Outputs that go. Absent: none. */
      readonly without?: readonly string[];
    }
  | { readonly kind: 'drop'; readonly version: number; readonly table: RelationId }
  /** `asItStands`: what it is made of is gone, and a person's word alone leaves what readers have to whoever looks after it. */
  | { readonly kind: 'release'; readonly asItStands?: true };
