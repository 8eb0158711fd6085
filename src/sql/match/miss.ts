import type { MissReason } from '../../marts/certificate.ts';
import type { BoundExpr } from '../bound.ts';

/** Thrown inside the matcher only, and turned to a refusal by `matchBlock`. */
export class Miss extends Error {
  /** How many of the matcher's steps were passed. */
  readonly steps: number;
  readonly reason: MissReason;
  /** The mart's conditions that do not follow from the query's, over the query's sources. */
  readonly lacking: readonly BoundExpr[];

  constructor(steps: number, reason: MissReason, lacking: readonly BoundExpr[] = []) {
    // A stack trace costs a hundred times the match it ends, and nobody reads it.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(reason.text);
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'Miss';
    this.steps = steps;
    this.reason = reason;
    this.lacking = lacking;
  }
}
