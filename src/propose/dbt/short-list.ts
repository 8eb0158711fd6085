const MOST_LISTED = 5;

/** `a, b, c, d, e and 3 more`: titles and sentences stay readable. */
export function shortList(names: readonly string[]): string {
  const more = names.length - MOST_LISTED;
  return `${names.slice(0, MOST_LISTED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
