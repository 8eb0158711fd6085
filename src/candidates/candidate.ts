import type { RelationId } from '../base/relation.ts';
import type { MartDefinition, Obligation } from '../marts/mart.ts';
import type { NormalQuery } from '../sql/normal-query.ts';

/** How a statement reaches a mart (law 2); a statement without a road is unreachable demand. */
export type Road = 'stable-name' | 'route';

export type EnumeratorId = 'adopted' | 'adopted-table' | 'prejoined' | 'aggregated' | 'published';

/** A mart that could be built, before anybody judged it. */
export interface Candidate {
  /** Digest of what it holds, whatever it is called: its identity over cycles. */
  readonly key: string;
  readonly enumerator: EnumeratorId;
  readonly definition: MartDefinition;
  readonly query: NormalQuery;
  /** The reader whose bound its definition has, where that is stricter than what was configured for the mart. */
  readonly strictest?: { readonly reader: string; readonly maxStalenessMs: number };
  /** Its rows are rows of this relation, joined to others or grouped; absent for views taken as they are. */
  readonly anchor?: RelationId;
  /** What it groups by; absent where it does not aggregate. */
  readonly grain?: readonly GrainKey[];
  /** Obligations nobody has checked yet: the daemon measures them, the next pass judges. */
  readonly unverified: readonly Obligation[];
  /** Obligations that were checked and do not hold. */
  readonly failed: readonly Obligation[];
  /** Anything else that forbids it, in words; empty for most. */
  readonly objections: readonly string[];
}

/** A column the grouping rests on: its distinct values tell how many groups there are. */
export interface GrainKey {
  readonly relation: RelationId;
  readonly column: string;
  /** False where only an expression over it is grouped by, which has fewer values. */
  readonly isWhole: boolean;
}

/** A template a candidate can answer, and at what cost. */
export interface Answer {
  readonly fingerprint: string;
  /** `stable-name`: it names the mart; `route`: the matcher proved a rewrite. */
  readonly how: Road;
  /** Mean thread time of one run on base, as measured. */
  readonly baseCpuMs: number;
  /** Of one run on the mart, with finding the road to it: observed where it was, else modelled. */
  readonly martCpuMs: number;
  readonly martCostBasis: 'observed' | 'modelled';
  /** The warehouse answers it from the mart by itself, whoever asks. */
  readonly rewritten?: true;
  /** Outputs it compares with constants. Absent: none. */
  readonly filters?: readonly string[];
}

/** A frequent join or view that could not become a candidate, and why. */
export interface NotEnumerated {
  readonly enumerator: EnumeratorId;
  readonly about: string;
  readonly because: string;
}
