/** What one engine reached in one measure. */
export type Cell =
  | { readonly kind: 'share'; readonly hits: number; readonly of: number }
  | { readonly kind: 'number'; readonly value: number; readonly unit: string }
  /** Not measured, and why. */
  | { readonly kind: 'skipped'; readonly because: string };

/** One line of the table. */
export interface Measure {
  readonly name: string;
  /** What is asked of Goldsmith: a share in percent or a number, at least; 0 of what must not occur. */
  readonly asked?: { readonly atLeast: number } | { readonly atMost: number };
  /** By engine; an engine that is not named was not asked. */
  readonly cells: Readonly<Record<string, Cell>>;
}

/** One case that was missed: which, in which measure, and why. */
export interface Miss {
  readonly measure: string;
  readonly engine: string;
  readonly id: string;
  /** A stable code, or the short name of what happened. */
  readonly code: string;
  readonly because: string;
}

export interface Section {
  readonly title: string;
  /** How the numbers came about, a sentence each. */
  readonly notes: readonly string[];
  readonly measures: readonly Measure[];
  readonly misses: readonly Miss[];
}

export const OURS = 'goldsmith';

/** Hits out of tries, counted one at a time. */
export interface Tally {
  hits: number;
  of: number;
}

export function newTally(): Tally {
  return { hits: 0, of: 0 };
}

export function count(tally: Tally, isHit: boolean): void {
  tally.of += 1;
  tally.hits += isHit ? 1 : 0;
}

export function share({ hits, of }: Tally): Cell {
  return { kind: 'share', hits, of };
}

/** The tally of a name, made where there is none yet. */
export function tallyOf(tallies: Map<string, Tally>, name: string): Tally {
  const tally = tallies.get(name) ?? newTally();
  tallies.set(name, tally);
  return tally;
}

/** Whether what is asked is reached; `undefined` where nothing is asked or nothing was measured. */
export function isReached({ asked, cells }: Measure): boolean | undefined {
  const cell = cells[OURS];
  if (asked === undefined || cell === undefined || cell.kind === 'skipped') {
    return undefined;
  }
  const value = cell.kind === 'share' ? (100 * cell.hits) / Math.max(1, cell.of) : cell.value;
  return 'atLeast' in asked ? value >= asked.atLeast : value <= asked.atMost;
}
