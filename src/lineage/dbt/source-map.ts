/** A stretch of a compiled text and the stretch of the model's source it was made of. */
export interface Segment {
  /**
   * `same`: both are the same characters. `made`: an expression gave it out, or something of which nothing is given out.
   * `controlled`: a statement or a block did: what stands there is decided elsewhere.
   */
  readonly kind: 'same' | 'made' | 'controlled';
  readonly start: number;
  readonly end: number;
  readonly sourceStart: number;
  readonly sourceEnd: number;
}

/** A model as the warehouse gets it, and where each part of it stands in the source. */
export interface Rendering {
  readonly sql: string;
  readonly segments: readonly Segment[];
  /** By whom: dbt itself (`compiled`), or by us, from names alone (`plain`). */
  readonly by: 'compiled' | 'plain';
  /** Words of Jinja code that may name columns, lower case: whoever takes a column of such a name away may break it. */
  readonly mentions: ReadonlySet<string>;
}

/** A change of a text: what stands between gives way to `text`. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export type SourceEdits =
  | { readonly kind: 'edits'; readonly edits: readonly TextEdit[] }
  /** `at` is an offset into the source. */
  | { readonly kind: 'refused'; readonly because: string; readonly at: number };

/** The same changes in the source. A change may take whole expressions with it, but touches no Jinja in part and no control flow. */
export function toSource(edits: readonly TextEdit[], rendering: Rendering): SourceEdits {
  const mapped: TextEdit[] = [];
  for (const edit of edits) {
    if (edit.start === edit.end) {
      const place = placeOf(edit.start, rendering);
      if (place === undefined) {
        const because = 'Jinja writes the text on both sides of it';
        return { kind: 'refused', because, at: 0 };
      }
      mapped.push({ start: place, end: place, text: edit.text });
      continue;
    }
    const inside = rendering.segments.filter(
      ({ start, end }) =>
        (start < edit.end && end > edit.start) ||
        (start === end && start > edit.start && start < edit.end),
    );
    const controlled = inside.find(({ kind }) => kind === 'controlled');
    if (controlled !== undefined) {
      const because = 'Jinja control flow writes it, or part of it';
      return { kind: 'refused', because, at: controlled.sourceStart };
    }
    const [first] = inside;
    const last = inside.at(-1);
    if (first === undefined || last === undefined) {
      const because = 'its place in the source is not known';
      return { kind: 'refused', because, at: 0 };
    }
    const torn = [first, last].find(
      ({ kind, start, end }) => kind === 'made' && (start < edit.start || end > edit.end),
    );
    if (torn !== undefined) {
      const because = 'one Jinja expression writes it together with something else';
      return { kind: 'refused', because, at: torn.sourceStart };
    }
    const start =
      first.kind === 'same' ? first.sourceStart + edit.start - first.start : first.sourceStart;
    const end = last.kind === 'same' ? last.sourceEnd - (last.end - edit.end) : last.sourceEnd;
    mapped.push({ start, end, text: edit.text });
  }
  return { kind: 'edits', edits: mapped };
}

/** Where something is put in: after the text before it, where that is written in the source as it is. */
function placeOf(at: number, { segments }: Rendering): number | undefined {
  const same = segments.filter(({ kind }) => kind === 'same');
  const before = same.find(({ start, end }) => start < at && at <= end);
  const after = before ?? same.find(({ start, end }) => start <= at && at < end);
  return after === undefined ? undefined : after.sourceStart + at - after.start;
}

/** The text with its changes made; they may come in any order and must not overlap. */
export function withEdits(text: string, edits: readonly TextEdit[]): string {
  let edited = '';
  let at = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    edited += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return edited + text.slice(at);
}

/** One-based, as editors count. */
export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
