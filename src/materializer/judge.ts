import type { CheckVerdict } from './check.ts';
import { StepRefused } from './step-refused.ts';

/** Rejects with the check's own words and numbers where it failed. */
export function judge(id: string, verdict: CheckVerdict): void {
  if (verdict.kind === 'fail') {
    throw new StepRefused(
      `CHECK_${id.toUpperCase().replaceAll('-', '_')}`,
      verdict.because,
      verdict.evidence,
    );
  }
}
