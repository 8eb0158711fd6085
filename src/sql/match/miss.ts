import type { MissReason } from '../../marts/certificate.ts';

/** Thrown inside the matcher only, and turned to a refusal by `matchBlock`. */
export class Miss extends Error {
  /** How many of the matcher's steps were passed. */
  readonly steps: number;
  readonly reason: MissReason;

  constructor(steps: number, reason: MissReason) {
    super(reason.text);
    this.name = 'Miss';
    this.steps = steps;
    this.reason = reason;
  }
}
