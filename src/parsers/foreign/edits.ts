/** A stretch of a text and what stands there instead. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text with its edits done; of edits that overlap the outer one counts. */
export function edited(sql: string, edits: readonly Edit[]): string {
  const inOrder = edits.toSorted((a, b) => a.start - b.start || b.end - a.end);
  let done = 0;
  let text = '';
  for (const edit of inOrder) {
    if (edit.start >= done) {
      text += sql.slice(done, edit.start) + edit.text;
      done = edit.end;
    }
  }
  return text + sql.slice(done);
}
