import type { Receipt } from '../marts/receipt.ts';

/** One or two may have other causes. */
const LEAST_TEMPLATES = 3;

/**
 * Why a mart that made its readers slower is taken back whatever its money says; absent where it did not: the open
 * decision's latest time receipt tells which templates got slower.
 */
export function whyRollBack(receipts: readonly Receipt[]): string | undefined {
  const [latest] = receipts
    .filter(({ line, rolledBack }) => line === 'time' && !rolledBack)
    .toSorted((a, b) => b.until - a.until || b.from - a.from || (a.decision < b.decision ? -1 : 1));
  const slower = latest?.slower ?? [];
  const [worst] = slower.toSorted(
    (a, b) => b.martMs / b.baseMs - a.martMs / a.baseMs || (a.fingerprint < b.fingerprint ? -1 : 1),
  );
  return worst === undefined || slower.length < LEAST_TEMPLATES
    ? undefined
    : `${slower.length} kinds of statement are at least 15% slower on it than on base, the worst takes ${worst.martMs.toFixed(1)} ms instead of ${worst.baseMs.toFixed(1)} ms`;
}
