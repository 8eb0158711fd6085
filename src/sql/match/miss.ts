import type { MissReason } from '../../marts/certificate.ts';

/** Thrown inside the matcher only, and turned to a refusal by `matchBlock`. */
export class Miss extends Error {
  /** How many of the matcher's steps were passed. */
  readonly steps: number;
  readonly reason: MissReason;

  constructor(steps: number, reason: MissReason) {
    // A stack trace costs a hundred times the match it ends, and nobody reads it.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(reason.text);
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'Miss';
    this.steps = steps;
    this.reason = reason;
  }
}
