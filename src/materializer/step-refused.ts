import { GoldsmithError } from '../base/goldsmith-error.ts';

/** A step that must not be done, with the numbers that say so; its transaction is rolled back whole. */
export class StepRefused extends GoldsmithError {
  readonly evidence: Readonly<Record<string, string | number>>;

  constructor(
    code: string,
    because: string,
    evidence: Readonly<Record<string, string | number>> = {},
  ) {
    super(code, because, { details: evidence });
    this.evidence = evidence;
  }
}

/** Somebody else changed an object of ours (law 6): the mart is quarantined and people are told. */
export class ForeignChange extends StepRefused {
  constructor(because: string, evidence: Readonly<Record<string, string | number>> = {}) {
    super('FOREIGN_CHANGE', because, evidence);
  }
}
