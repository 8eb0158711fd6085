import type { EpochMs } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import type { Shape } from '../sql/query-shape.ts';

/** All statements of one fingerprint, with what they read. Holds no literals. */
export interface Template {
  readonly fingerprint: string;
  /** The text without literals, comments, case and alias noise. */
  readonly normalForm: string;
  readonly shape: Shape;
}

export type ReaderKind =
  | 'person'
  | 'dashboard'
  | 'pipeline'
  | 'test'
  | 'agent'
  | 'goldsmith'
  | 'unknown';

/** Who asks; `name` is stable across runs (a dashboard's or model's name, else the user). */
export interface Reader {
  readonly kind: ReaderKind;
  readonly name: string;
  /** The tool, lower case: `dbt`, `looker`, `metabase`, `tableau`, `superset`, ...; empty when none is told. */
  readonly tool: string;
}

/** How the execution was answered: from base, from a mart by `route` or by the warehouse's own rewriting, or kept on base as hold-out. */
export type ServedBy =
  | { readonly kind: 'base' }
  | { readonly kind: 'route'; readonly mart: RelationId }
  | { readonly kind: 'rewritten'; readonly mart: RelationId }
  | { readonly kind: 'hold-out'; readonly mart: RelationId };

/**
 * Executions of one template on one UTC day by one reader over one client, answered one way: the unit of the state.
 * Sums are over successful, uncached executions; the others are only counted.
 */
export interface UsageFact {
  readonly fingerprint: string;
  /** UTC, `YYYY-MM-DD`. */
  readonly day: string;
  readonly reader: Reader;
  readonly client: string;
  readonly role: string;
  readonly servedBy: ServedBy;
  readonly runs: number;
  /** Runs whose cost the history tells; sums and squares are over these. */
  readonly costedRuns: number;
  readonly cpuMs: number;
  /** Sum of squares of cpuMs, for variances. */
  readonly cpuMsSquared: number;
  readonly durationMs: number;
  readonly rowsScanned: number;
  readonly bytesScanned: number;
  readonly failedRuns: number;
  readonly cachedRuns: number;
  readonly lastEndedAt: EpochMs;
  /** Ids of a few recent statements, to fetch their texts again when a proof needs samples. */
  readonly sampleIds: readonly string[];
}

/** What the decisions of one cycle rest on: all templates with use in the window, and their facts. */
export interface UsageSnapshot {
  readonly from: EpochMs;
  readonly until: EpochMs;
  readonly templates: readonly Template[];
  readonly facts: readonly UsageFact[];
  readonly coverage: Coverage;
  /** Clients that asked `route` within the window, lower case. */
  readonly routeClients: readonly string[];
}

/** How much of the history we understood, by statements and by cost (cpuMs). Shares are 0..1; 1 where nothing was seen. */
export interface Coverage {
  readonly statements: number;
  readonly parsedShare: number;
  readonly resolvedShare: number;
  readonly attributedShare: number;
  readonly costedShare: number;
  readonly cpuMs: number;
  readonly parsedCostShare: number;
  readonly resolvedCostShare: number;
  readonly attributedCostShare: number;
  /** Of the resolved statements, those of texts that only resolve against a former schema: they ran before it changed. Absent: none. */
  readonly formerShare?: number;
  /** Statements skipped, by skip rule. */
  readonly skipped: Readonly<Record<string, number>>;
  /** Statements not understood, by reason. */
  readonly notUnderstood: Readonly<Record<string, number>>;
}
