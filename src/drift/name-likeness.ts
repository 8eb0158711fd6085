/**
 * True for names that share half of their words, or most of their letters: `cust_id` and `customer_id`,
 * `orderDate` and `order_date`. Likeness alone proves nothing.
 */
export function areAlike(a: string, b: string): boolean {
  const [left, right] = [wordsOf(a), wordsOf(b)];
  const shared = left.filter((word) => right.some((other) => startAlike(word, other))).length;
  const most = Math.max(left.length, right.length);
  if (most > 0 && shared / most >= 0.5) {
    return true;
  }
  const longest = Math.max(a.length, b.length);
  return longest > 0 && 1 - editDistance(a.toLowerCase(), b.toLowerCase()) / longest >= 0.7;
}

function wordsOf(name: string): readonly string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

/** Abbreviations count: `cust` for `customer`, not `c`. */
function startAlike(a: string, b: string): boolean {
  const shorter = Math.min(a.length, b.length);
  return a === b || (shorter >= 3 && (a.startsWith(b) || b.startsWith(a)));
}

/** Levenshtein's distance over code units, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
