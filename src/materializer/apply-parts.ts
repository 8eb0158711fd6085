import type { Clock, EpochMs } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import type { NanoUsd } from '../base/usd.ts';
import type { Connector } from '../connectors/connector.ts';
import type { WorkDone } from '../marts/receipt.ts';
import type { Action } from '../plan/action.ts';
import type { Faults } from './faults.ts';
import type { Lease } from './lease.ts';
import type { Ledger } from './ledger.ts';
import type { CapsSettings } from './settings.ts';
import type { Unsettled } from './unsettled.ts';
import type { FreshnessPorts, ReplayPorts } from './work.ts';

export interface ApplyParts {
  readonly connector: Connector;
  readonly ledger: Ledger;
  readonly lease: Lease;
  readonly clock: Clock;
  readonly caps: CapsSettings;
  /** Views and tables of other people the operator lets Goldsmith take over. */
  readonly adoptable: ReadonlySet<RelationId>;
  /** What the first builds of this UTC day took before this plan, failed ones included. */
  readonly spentOnBuilds: () => NanoUsd;
  /** `observe` never acts; `propose` acts on what a person approved. */
  readonly mode: 'observe' | 'propose' | 'auto';
  /** A person said yes to exactly this plan. */
  readonly approved?: boolean;
  readonly killSwitch: () => boolean;
  /** Marts on which nothing is begun, with why: something of before is not settled. Absent: none. */
  readonly waiting?: ReadonlyMap<RelationId, Unsettled>;
  readonly replay: ReplayPorts;
  readonly freshness?: FreshnessPorts;
  /** What cpu time costs here, for the debit side. */
  readonly priceCpu: (cpuMs: number) => NanoUsd;
  readonly onEvent: (event: ApplyEvent) => void;
  readonly signal?: AbortSignal | undefined;
  /** Tests only. */
  readonly faults?: Faults;
}

/** For logs and notices; never holds a literal. */
export interface ApplyEvent {
  readonly kind: 'step-started' | 'step-done' | 'step-failed' | 'quarantined';
  readonly step: number;
  readonly action: Action;
  readonly detail: string;
}

export interface ApplyOutcome {
  readonly planDigest: string;
  /** `refused`: nothing was begun. `stopped`: at least one step is not done. */
  readonly kind: 'applied' | 'stopped' | 'refused';
  /** One sentence. */
  readonly because: string;
  readonly steps: readonly StepOutcome[];
  /** What our own statements cost, failed builds included. */
  readonly work: readonly WorkDone[];
}

export interface StepOutcome {
  readonly action: Action;
  /** `refused` by a cap before it began; `skipped` because an earlier step stopped the plan. */
  readonly outcome: 'done' | 'failed' | 'refused' | 'skipped';
  readonly code: string;
  readonly detail: string;
  readonly evidence: Readonly<Record<string, string | number>>;
  readonly startedAt?: EpochMs;
  readonly endedAt?: EpochMs;
}
