import { it } from 'vitest';

export interface Part {
  /** Set to 1 to run it. */
  readonly variable: string;
  /** What it is run against, and what installs it. */
  readonly against: string;
}

/** Declares the tests of one part where it is asked for; else one test that is skipped and says how to ask. */
export function part({ variable, against }: Part, declare: () => void): void {
  if (process.env[variable] === '1') {
    declare();
    return;
  }
  const skipped = `skipped: ${against}; set ${variable}=1 to run it`;
  process.stdout.write(`${skipped}\n`);
  it.skip(skipped, () => undefined);
}
