import type { EpochMs } from '../base/clock.ts';
import type { NanoUsd } from '../base/usd.ts';
import type { Candidate } from '../candidates/candidate.ts';
import type { MartEstimate } from '../cost/estimate.ts';
import type { Calibration } from './calibrate.ts';
import type { CandidateDemand } from './candidate-demand.ts';
import type { Accumulator, MartMatter } from './cycle-input.ts';
import type { Forecast } from './forecast.ts';
import type { Policy } from './policy.ts';
import type { Reservation } from './reservation.ts';
import type { Verdict } from './verdict.ts';

/** All a rule may ask about one candidate. */
export interface DecisionInput {
  readonly candidate: Candidate;
  readonly estimate: MartEstimate;
  readonly demand: CandidateDemand;
  readonly forecast: Forecast;
  readonly accumulator: Pick<Accumulator, 'missed' | 'givenUpAt'>;
  readonly policy: Policy;
  readonly now: EpochMs;
  readonly cyclePeriodMs: number;
  /** Share of the history's cost that was parsed and resolved, 0..1. */
  readonly coverage: number;
  /** Rows of the relation it groups; 0 where unknown. */
  readonly anchorRows: number;
  /** Last time a person said no, or it was rolled back. */
  readonly lastNo?:
    | {
        readonly at: EpochMs;
        readonly why: string;
        /** When it may be tried again, where that is not `policy.declinedFor` later. */
        readonly until?: EpochMs | 'for-good';
      }
    | undefined;
  /** Last time a build of it failed or did not pass its checks. */
  readonly lastFailureAt?: EpochMs | undefined;
  /** What it failed of, where that is known. */
  readonly lastFailure?: string | undefined;
  /** A source of it that something is wrong with, where there is one. */
  readonly doubt?: MartMatter | undefined;
  /** The forecast in money. */
  readonly saving: {
    readonly lowPerDay: NanoUsd;
    readonly meanPerDay: NanoUsd;
    readonly highPerDay: NanoUsd;
  };
  /** Mean saving less upkeep: what a day of waiting costs. */
  readonly netPerDay: NanoUsd;
  /** What earlier decisions taught about the saving; it is in `saving` and `netPerDay` already. */
  readonly calibration: Calibration;
  /** What the calendar says, where demand comes in seasons. */
  readonly reservation: Reservation;
}

/** One sentence to defend; `rules.ts` lists all in order. */
export interface DecisionRule {
  readonly id: string;
  readonly judge: (input: DecisionInput) => Verdict;
}
