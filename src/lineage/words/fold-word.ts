/** Equal folds, one word: `Net Revenue`, `net_revenue`, `netRevenue` and `NETREVENUE` are `netrevenue`. */
export function foldWord(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '');
}

/** What warehouses call outputs nobody named, and names that only say that something was counted or added. */
const MADE = /^(f\d+|col\d*|column\d*|expr\d*|unnamed\d*|[a-z]{0,2}\d*)$/;
const GENERIC: ReadonlySet<string> = new Set(
  `cnt count num number total totals sum avg mean average median min max value val values result results res measure
  metric amt rows rowcount records record quantity tmp temp data output item items countstar`.split(
    /\s+/,
  ),
);

/** Whether a name was given by a person and says what is measured; a function's own name says nothing. */
export function isBusinessWord(name: string, calledFunction: string | undefined): boolean {
  const fold = foldWord(name);
  return (
    /^[\p{L}_][\p{L}\p{N}_ \-/%]*$/u.test(name.trim()) &&
    /\p{L}/u.test(fold) &&
    name.length <= 80 &&
    !MADE.test(fold) &&
    !GENERIC.has(fold) &&
    fold !== foldWord(calledFunction ?? '')
  );
}
