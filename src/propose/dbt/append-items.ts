import type { TextEdit } from '../../lineage/dbt/source-map.ts';
import type { Tokens } from '../../sql/tokens.ts';
import type { TextSelect } from './text-query.ts';

/** Writes items at the end of a select list, in its own style: one line or many, commas behind or before, its ends of lines. */
export function appendItems(
  { sql, starts, ends, comments }: Tokens,
  { items }: Pick<TextSelect, 'items'>,
  added: readonly string[],
): readonly TextEdit[] {
  const last = items.at(-1);
  const before = items.at(-2);
  if (last === undefined || added.length === 0) {
    return [];
  }
  const itemStart = starts[last.first] ?? 0;
  const itemEnd = ends[last.end - 1] ?? itemStart;
  const lineStart = sql.lastIndexOf('\n', itemStart - 1) + 1;
  const lead = sql.slice(lineStart, itemStart);
  const isOwnLine = /^[ \t]*,?[ \t]*$/.test(lead) && lineStart > 0;
  if (!isOwnLine) {
    return [{ start: itemEnd, end: itemEnd, text: added.map((item) => `, ${item}`).join('') }];
  }
  const isLeading =
    lead.includes(',') ||
    (before !== undefined && /\n/.test(sql.slice(ends[before.end - 1], starts[before.comma ?? 0])));
  const openComma = last.comma === undefined ? undefined : ends[last.comma];
  const listEnd = openComma ?? itemEnd;
  const comment = comments.find(
    (each) =>
      each.start >= listEnd &&
      !sql.slice(listEnd, each.start).includes('\n') &&
      sql.slice(listEnd, each.start).trim() === '',
  );
  const newline = sql.charAt(lineStart - 2) === '\r' ? '\r\n' : '\n';
  const lineEnd =
    comment === undefined
      ? listEnd
      : comment.end - (sql.slice(comment.start, comment.end).endsWith('\r') ? 1 : 0);
  if (isLeading) {
    const text = added
      .map((item) => `${newline}${lead.includes(',') ? lead : lead.replace(/ {2}$/, ', ')}${item}`)
      .join('');
    return [{ start: lineEnd, end: lineEnd, text }];
  }
  const lines = added.map((item) => `${newline}${lead}${item}`);
  const closing = openComma === undefined ? '' : ',';
  const text = `${lines.join(',')}${closing}`;
  if (openComma === undefined && comment !== undefined) {
    return [
      { start: itemEnd, end: itemEnd, text: ',' },
      { start: lineEnd, end: lineEnd, text },
    ];
  }
  return [{ start: lineEnd, end: lineEnd, text: openComma === undefined ? `,${text}` : text }];
}
