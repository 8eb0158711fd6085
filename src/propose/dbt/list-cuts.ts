import type { TextEdit } from '../../lineage/dbt/source-map.ts';
import { COMMA, isPunctuation, type Tokens, tokenText } from '../../sql/tokens.ts';
import { ordinalAt } from './ordinal-at.ts';
import type { TextItem, TextList, TextSelect, TokenRun } from './text-query.ts';

/**
 * Takes items out of a select list: each with its own comma and the comment behind it, as whole lines where it has lines of its
 * own. What is left is written as it was, leading commas or trailing ones.
 */
export function itemCuts(
  tokens: Tokens,
  { items }: Pick<TextSelect, 'items'>,
  cut: ReadonlySet<TextItem>,
): readonly TextEdit[] {
  const edits: TextEdit[] = [];
  const commas = items.map((item, at) => ownComma(tokens, items, at));
  const kept = items.filter((item) => !cut.has(item));
  for (const [at, item] of items.entries()) {
    if (cut.has(item)) {
      edits.push(cutOf(tokens, withComma(item, commas[at])));
    }
  }
  const [first, last] = [kept[0], kept.at(-1)];
  for (const [at, item] of items.entries()) {
    const comma = commas[at];
    const isLoose =
      comma !== undefined &&
      !cut.has(item) &&
      ((item === first && comma < item.first) ||
        (item === last && comma > item.first && items.at(-1)?.comma === undefined));
    if (isLoose) {
      edits.push(commaCut(tokens, comma, items[0]));
    }
  }
  return [
    ...edits,
    ...sparedCommas(items, { cut, commas }).map((comma) => commaCut(tokens, comma, items[0])),
  ];
}

/** Between two items that stay, commas that go with none of the items between them, but for the one that parts the two: mixed styles. */
function sparedCommas(
  items: readonly TextItem[],
  {
    cut,
    commas,
  }: { readonly cut: ReadonlySet<TextItem>; readonly commas: readonly (number | undefined)[] },
): readonly number[] {
  const taken = new Set(commas.filter((_, at) => cut.has(items[at] as TextItem)));
  const spare: number[] = [];
  const kept = items.flatMap((item, at) => (cut.has(item) ? [] : [at]));
  for (const [nth, until] of kept.entries()) {
    const from = kept[nth - 1];
    const left = from === undefined ? [] : items.slice(from, until);
    spare.push(
      ...left
        .flatMap(({ comma }) => (comma === undefined || taken.has(comma) ? [] : [comma]))
        .slice(1),
    );
  }
  return spare;
}

/** The comma that goes with an item: the one behind it, or, where commas lead the lines, the one before it. */
function ownComma(tokens: Tokens, items: readonly TextItem[], at: number): number | undefined {
  const item = items[at];
  const before = items[at - 1];
  if (before?.comma !== undefined && isLeading(tokens, before)) {
    return before.comma;
  }
  return item?.comma !== undefined && !isLeading(tokens, item) ? item.comma : undefined;
}

/** Whether the comma behind an item stands on a later line, before the next item. */
function isLeading(tokens: Tokens, { end, comma }: TextItem): boolean {
  return comma !== undefined && /\n/.test(between(tokens, end - 1, comma));
}

function between({ sql, starts, ends }: Tokens, left: number, right: number): string {
  return sql.slice(ends[left], starts[right]);
}

function withComma({ first, end }: TextItem, comma: number | undefined): TokenRun {
  return comma === undefined
    ? { first, end }
    : { first: Math.min(first, comma), end: Math.max(end, comma + 1) };
}

function commaCut(
  { sql, starts, ends }: Tokens,
  comma: number,
  opener: TextItem | undefined,
): TextEdit {
  const start = starts[comma] ?? 0;
  const end = ends[comma] ?? start;
  const columnOf = (at: number) => at - (sql.lastIndexOf('\n', at - 1) + 1);
  const isLeading = sql.slice(start - columnOf(start), start).trim() === '';
  if (!isLeading) {
    return { start, end, text: '' };
  }
  // What comes first now stands where the first item stood: at the comma, or behind it.
  const isInLine = columnOf(start) === columnOf(starts[opener?.first ?? comma] ?? start);
  return isInLine && sql[end] === ' '
    ? { start, end: end + 1, text: '' }
    : { start, end, text: ' ' };
}

/** A run of tokens with the comment behind it; with its lines where nothing else stands on them. */
export function cutOf(tokens: Tokens, { first, end }: TokenRun): TextEdit {
  const { sql, starts, ends, comments } = tokens;
  let from = starts[first] ?? 0;
  let until = ends[end - 1] ?? from;
  const lineStart = sql.lastIndexOf('\n', from - 1) + 1;
  const opensLine = sql.slice(lineStart, from).trim() === '';
  const lineEnd = sql.indexOf('\n', until) === -1 ? sql.length : sql.indexOf('\n', until);
  const comment = comments.find(
    (each) =>
      each.start >= until && sql.slice(until, each.start).trim() === '' && each.start <= lineEnd,
  );
  if (comment !== undefined && !sql.slice(until, comment.start).includes('\n')) {
    until = comment.end;
  }
  const closes = sql.slice(
    until,
    sql.indexOf('\n', until) === -1 ? sql.length : sql.indexOf('\n', until),
  );
  if (closes.trim() !== '') {
    // Something follows on the line: one of the two blanks around goes.
    until +=
      opensLine || /\s$/.test(sql.slice(0, from)) ? (/^[ \t]*/.exec(closes)?.[0].length ?? 0) : 0;
    return { start: from, end: until, text: '' };
  }
  if (opensLine) {
    const newline = sql.indexOf('\n', until);
    return { start: lineStart, end: newline === -1 ? sql.length : newline + 1, text: '' };
  }
  from -= /[ \t]*$/.exec(sql.slice(0, from))?.[0].length ?? 0;
  return { start: from, end: until, text: '' };
}

/** Numbers of GROUP BY and ORDER BY that count items which moved up, because others before them went. */
export function movedOrdinals(
  tokens: Tokens,
  list: TextList | undefined,
  cutPlaces: readonly number[],
): readonly TextEdit[] {
  return (list?.elements ?? []).flatMap((element) => {
    const { first } = element;
    const ordinal = ordinalAt(tokens, element);
    const moved =
      ordinal === undefined ? 0 : cutPlaces.filter((place) => place + 1 < ordinal).length;
    return ordinal === undefined || moved === 0
      ? []
      : [
          {
            start: tokens.starts[first] ?? 0,
            end: tokens.ends[first] ?? 0,
            text: String(ordinal - moved),
          },
        ];
  });
}

/** Takes entries out of a WITH, each with the comma that ties it to the rest. */
export function entryCuts(
  tokens: Tokens,
  entries: readonly TokenRun[],
  cut: ReadonlySet<TokenRun>,
): readonly TextEdit[] {
  const items = entries.map(({ first, end }) => ({
    first,
    end,
    isStar: false,
    comma: isPunctuation(tokens, end, COMMA) ? end : undefined,
  }));
  const gone = new Set(items.filter((_, at) => cut.has(entries[at] ?? { first: 0, end: 0 })));
  return itemCuts(tokens, { items }, gone).map((edit) => withBlankLine(tokens.sql, edit));
}

/** Of two blank lines that would meet, one goes too. */
function withBlankLine(sql: string, edit: TextEdit): TextEdit {
  const isBetween = /\n[ \t]*\n$/.test(sql.slice(0, edit.start));
  const blank = /^[ \t]*\n/.exec(sql.slice(edit.end));
  const end = isBetween && blank !== null ? edit.end + blank[0].length : edit.end;
  return { ...edit, end };
}

/** All words of a run of tokens, lower case, quotes off. */
export function wordsIn(tokens: Tokens, { first, end }: TokenRun): readonly string[] {
  return Array.from({ length: end - first }, (_, at) =>
    tokenText(tokens, first + at)
      .toLowerCase()
      .replace(/^["`[]|["`\]]$/g, ''),
  );
}
