import type { EpochMs } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import type { NanoUsd } from '../base/usd.ts';
import type { MartNaming } from '../candidates/author-mart.ts';
import type { HandedOver } from '../candidates/enumeration.ts';
import type { Capabilities, CatalogRelation } from '../connectors/connector.ts';
import type { PriceList } from '../cost/price-list.ts';
import type { ChosenWord } from '../lineage/words/chosen-word.ts';
import type { Facts } from '../marts/facts.ts';
import type { Mart, MartColumn, Obligation, SourceState } from '../marts/mart.ts';
import type { Receipt, WorkDone } from '../marts/receipt.ts';
import type { DialectName } from '../sql/dialect.ts';
import type { SchemaSnapshot } from '../sql/schema.ts';
import type { UsageSnapshot } from '../usage/template.ts';
import type { TemplatePast } from './forecast/past.ts';
import type { GroupNdv } from './group-values.ts';
import type { Intent } from './intent.ts';
import type { Policy } from './policy.ts';
import type { PruneInput } from './prune-input.ts';

/**
 * Everything one cycle's decision rests on, as plain values: recorded and replayed on another machine it gives the
 * same decision and the same plan digest (law 16).
 */
export interface CycleInput {
  readonly now: EpochMs;
  readonly mode: 'observe' | 'propose' | 'auto';
  readonly dialect: DialectName;
  readonly capabilities: Capabilities;
  /** How far apart cycles are at most: a shorter staleness bound cannot be kept. */
  readonly cyclePeriodMs: number;
  readonly usage: UsageSnapshot;
  /** Stable views of marts stand for their logical definitions. */
  readonly schema: SchemaSnapshot;
  readonly catalog: readonly CatalogRelation[];
  readonly marts: readonly Mart[];
  /** Sources as measured in this cycle; relations missing here could not be measured. */
  readonly sourceStates: readonly SourceState[];
  readonly facts: Facts;
  /** Obligations that were measured, whatever came out. */
  readonly factsChecked: readonly Obligation[];
  readonly columnNdvs: readonly ColumnNdv[];
  /** Absent in recordings of older versions. */
  readonly groupNdvs?: readonly GroupNdv[] | undefined;
  /** Columns of a definition as the warehouse describes them, by candidate key. */
  readonly described: readonly { readonly key: string; readonly columns: readonly MartColumn[] }[];
  readonly accumulators: readonly Accumulator[];
  readonly receipts: readonly Receipt[];
  readonly workDone: readonly WorkDone[];
  readonly prices: PriceList;
  /** Whose prices hold, where not the dialect's own: a replay may price a warehouse the list does not know. */
  readonly pricedAs?: DialectName | undefined;
  readonly policy: Policy;
  readonly caps: PlannerCaps;
  readonly adoptable: readonly {
    /** Its name; of a table where `handedOver` is given. */
    readonly view: RelationId;
    readonly maxStalenessMs: number;
    readonly handedOver?: HandedOver | undefined;
  }[];
  readonly naming: MartNaming;
  /** Staleness bound of marts of our own. */
  readonly maxStalenessMs: number;
  /** Readers who may not be answered as old as marts may be. */
  readonly readerStaleness?:
    | readonly { readonly reader: string; readonly maxStalenessMs: number }[]
    | undefined;
  /** Paired base runs per mart and cycle that measure savings where readers come by name; 0 where not told. */
  readonly pairedRunsPerCycle?: number | undefined;
  /** The history tells what the warehouse answered from a mart by itself. Absent: no, and then that is no road. */
  readonly tellsRewriting?: boolean | undefined;
  /** Absent where attributes are not pruned. */
  readonly prune?: PruneInput | undefined;
  /** What sources that changed under the marts ask for; absent where none did. */
  readonly drift?: DriftInput | undefined;
  /** What people said no to: a candidate's key, a definition's digest or a relation; `until` where it is not `policy.declinedFor`. */
  readonly declined: readonly {
    readonly digest: string;
    readonly at: EpochMs;
    readonly until?: EpochMs | 'for-good';
    /** What it would have read, where that is what was refused: a mart under any name that reads all of it is meant too. */
    readonly reads?: readonly RelationId[];
  }[];
  /** What people chose words to mean. Absent: nothing. */
  readonly words?: readonly ChosenWord[] | undefined;
  /** What nobody agreed to, or said no to: such marts are not demoted for their money, such attributes not hidden. Absent: all may be. */
  readonly held?: Held | undefined;
}

export interface Held {
  readonly drops: readonly RelationId[];
  readonly prunes: readonly RelationId[];
}

/** Marts whose sources are no longer what their definitions were written for. */
export interface DriftInput {
  /** The warehouse does not compute the definition any more, or it gives other columns than promised. */
  readonly broken: readonly MartMatter[];
  /** A view on the way to the sources says something else since the version was built. */
  readonly redefined: readonly MartMatter[];
  /** Something is wrong with the sources themselves: a version is not replaced by what they hold now while it may still answer. */
  readonly doubted: readonly MartMatter[];
  /** The same, source by source: nothing new is built from them. */
  readonly doubtedSources?: readonly MartMatter[];
  /** Rewritings that wait for a person. */
  readonly intents: readonly Intent[];
}

export interface MartMatter {
  readonly relation: RelationId;
  /** In words and numbers. */
  readonly because: string;
}

export interface ColumnNdv {
  readonly relation: RelationId;
  readonly column: string;
  /** Approximate number of distinct non-null values. */
  readonly distinct: number;
}

/** The part of the executor's caps a planner reads, so that it plans nothing the executor would refuse. */
export interface PlannerCaps {
  readonly buildsPerDay: number;
  readonly maxBuildUsdPerDay: number;
  readonly refreshesPerDay: number;
  readonly maxMarts: number;
  readonly maxStorageBytes: number;
  readonly quietHours?: { readonly from: string; readonly until: string } | undefined;
  /** How long builds are made in steps; absent: every build is made at once. */
  readonly steps?: { readonly sourceRows: number } | undefined;
  /** Milliseconds a version stays hidden before it is dropped. */
  readonly grace: number;
  /** The same for a version a newer one replaced. */
  readonly supersededGrace: number;
}

/** What is remembered of one candidate or mart between cycles. */
export interface Accumulator {
  readonly key: string;
  readonly relation: RelationId;
  /** Net saving missed while it was not physical (A of the ski-rental rule); never below zero. */
  readonly missed: NanoUsd;
  /** Net loss while it was physical (L); never below zero. */
  readonly lost: NanoUsd;
  /** Last UTC day counted, `YYYY-MM-DD`: each day counts once, however often a cycle runs. */
  readonly throughDay: string;
  readonly stage: 'none' | 'logical' | 'physical';
  readonly stageSince: EpochMs;
  /** UTC day on which it was last a table, where it is none any more: until then runs by its name do not show what base costs. */
  readonly answeredUntil?: string | undefined;
  /** When it was last given up as a view, where it ever was one. */
  readonly givenUpAt?: EpochMs | undefined;
  /** Mean base costs from before it became physical, by fingerprint: what runs would cost without it. */
  readonly baselines: readonly {
    readonly fingerprint: string;
    readonly cpuMs: number;
    readonly runs: number;
  }[];
  /** What its templates did by day, for longer than the evidence window; absent in memories of older versions. */
  readonly past?: readonly TemplatePast[] | undefined;
}
