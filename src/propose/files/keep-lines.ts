/**
 * A printed text with every line that printing alone changed put back as a person wrote it. `plain` is `original` printed without an
 * edit, `edited` is printed with one: what is equal in both prints is taken from the original.
 */
export function keepLines({
  original,
  plain,
  edited,
}: {
  readonly original: readonly string[];
  readonly plain: readonly string[];
  readonly edited: readonly string[];
}): readonly string[] | undefined {
  const written = common(original.map(squeeze), plain.map(squeeze));
  const kept = common(plain, edited);
  if (written === undefined || kept === undefined) {
    return undefined;
  }
  const ownWords = linesOf({ original, plain, pairs: written });
  const plainAt = new Map(kept.map(([at, now]) => [now, at]));
  const indents = new Map<number, number>();
  return edited.flatMap((line, now) => {
    const at = plainAt.get(now);
    const own = at === undefined ? undefined : ownWords[at];
    if (own === undefined) {
      return [indented(line, indents)];
    }
    const [first] = own;
    if (first !== undefined && first.trim() !== '') {
      indents.set(indentOf(line), indentOf(first));
    }
    return own;
  });
}

/** A new line stands as far in as the last line of the original that was printed as far in as it. */
function indented(line: string, indents: ReadonlyMap<number, number>): string {
  const printed = indentOf(line);
  const like = Math.max(...[...indents.keys()].filter((each) => each <= printed), 0);
  return line.trim() === ''
    ? line
    : ' '.repeat((indents.get(like) ?? like) + printed - like) + line.slice(printed);
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

type Pair = readonly [left: number, right: number];

/** For each plain line the original lines it stands for; what no plain line matches goes with the one before. */
function linesOf({
  original,
  plain,
  pairs,
}: {
  readonly original: readonly string[];
  readonly plain: readonly string[];
  readonly pairs: readonly Pair[];
}): readonly (readonly string[])[] {
  const lines = plain.map((): readonly string[] => []);
  const ends: readonly Pair[] = [...pairs, [original.length, plain.length]];
  let from: Pair = [0, 0];
  for (const [writtenEnd, plainEnd] of ends) {
    const between = original.slice(from[0], writtenEnd);
    const holder = plainEnd > from[1] ? from[1] : from[1] - 1;
    if (between.length > 0 && holder >= 0) {
      lines[holder] = [...(lines[holder] ?? []), ...between];
    }
    const own = original[writtenEnd];
    if (own !== undefined && plainEnd < plain.length) {
      lines[plainEnd] = [own];
    }
    from = [writtenEnd + 1, plainEnd + 1];
  }
  return lines;
}

/** What a printer may have changed in a line without changing its words. */
function squeeze(line: string): string {
  return line.trim().replaceAll(/\s+/g, ' ');
}

/** More than this many comparisons are not worth the blanks they save. */
const MOST_CELLS = 4_000_000;

/** Pairs of equal lines, ascending on both sides: as many as can be. */
function common(left: readonly string[], right: readonly string[]): readonly Pair[] | undefined {
  const most = Math.min(left.length, right.length);
  let start = 0;
  while (start < most && left[start] === right[start]) {
    start += 1;
  }
  let end = 0;
  while (end < most - start && left.at(-1 - end) === right.at(-1 - end)) {
    end += 1;
  }
  const [rows, columns] = [left.length - start - end, right.length - start - end];
  if (rows * columns > MOST_CELLS) {
    return undefined;
  }
  const middle = longest(
    left.slice(start, left.length - end),
    right.slice(start, right.length - end),
  );
  return [
    ...Array.from({ length: start }, (_, i): Pair => [i, i]),
    ...middle.map(([a, b]): Pair => [a + start, b + start]),
    ...Array.from({ length: end }, (_, i): Pair => [left.length - end + i, right.length - end + i]),
  ];
}

function longest(left: readonly string[], right: readonly string[]): readonly Pair[] {
  const width = right.length + 1;
  const lengths = new Uint32Array((left.length + 1) * width);
  const at = (i: number, j: number) => lengths[i * width + j] ?? 0;
  for (let i = left.length - 1; i >= 0; i -= 1) {
    for (let j = right.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] =
        left[i] === right[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const pairs: Pair[] = [];
  for (let i = 0, j = 0; i < left.length && j < right.length; ) {
    if (left[i] === right[j]) {
      pairs.push([i, j]);
      i += 1;
      j += 1;
    } else if (at(i + 1, j) >= at(i, j + 1)) {
      i += 1;
    } else {
      j += 1;
    }
  }
  return pairs;
}
