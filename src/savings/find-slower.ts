import type { SlowerTemplate } from '../marts/receipt.ts';
import type { TemplateMeasure } from './baseline.ts';

/** Slower by less is noise. */
const SLOWER = 1.15;

/**
 * Templates whose runs take at least 15 % longer on the mart than on base, in reader time and in thread time (a busy
 * machine slows the one, a cold cache the other), with at least `leastRuns` measured on either side.
 */
export function findSlower(
  measures: readonly TemplateMeasure[],
  { leastRuns }: { readonly leastRuns: number },
): readonly SlowerTemplate[] {
  return measures
    .filter(({ base, served }) => base.runs >= leastRuns && served.runs >= leastRuns)
    .filter(
      ({ base, served }) =>
        base.durationMs > 0 &&
        served.durationMs >= SLOWER * base.durationMs &&
        served.cpuMs >= SLOWER * base.cpuMs,
    )
    .map(({ fingerprint, base, served }) => ({
      fingerprint,
      baseMs: base.durationMs,
      martMs: served.durationMs,
    }))
    .toSorted((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
}
