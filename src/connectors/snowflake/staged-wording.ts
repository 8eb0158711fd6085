import { quoteName, quoteRelation } from '../quote.ts';
import type { StagedView, StagedWording } from '../wording.ts';
import { textLiteral } from './text-literal.ts';
import { NAMES_AS_SELECTED } from './view-definition.ts';

/**
 * Every CREATE is atomic and commits by itself. Marts are transient tables: what can be built again needs no fail-safe. Replacing
 * a view copies its grants in the same statement; a comment that is not said again is lost. Rows that are to lie together are sorted
 * once: a version never changes, and a clustering key would pay for keeping it in order.
 */
export const stagedWording: StagedWording = {
  createTable: ({ relation, comment, select, clusteredBy = [] }) =>
    `create transient table ${quoteRelation(relation)} comment = ${textLiteral(comment)} as\n${select}${clusteredBy.length === 0 ? '' : `\norder by ${clusteredBy.map(quoteName).join(', ')}`}`,
  createView: (view) => viewOf(view, { replace: '', grants: '' }),
  replaceView: (view) => viewOf(view, { replace: 'or replace ', grants: ' copy grants' }),
  lastChange: (table) =>
    `select system$last_change_commit_time(${textLiteral(quoteRelation(table))})::varchar`,
};

/** A column's comment can only be said in a list of all columns. */
function viewOf(
  { relation, select, comment, columns, options }: StagedView,
  { replace, grants }: { readonly replace: string; readonly grants: string },
): string {
  const secure = options.includes('secure') ? 'secure ' : '';
  const said = comment === undefined ? '' : ` comment = ${textLiteral(comment)}`;
  const list = columns.some((column) => column.comment !== undefined)
    ? ` ${NAMES_AS_SELECTED} (${columns.map(columnOf).join(', ')})`
    : '';
  return `create ${replace}${secure}view ${quoteRelation(relation)}${list}${grants}${said} as\n${select}`;
}

function columnOf({ name, comment }: StagedView['columns'][number]): string {
  return comment === undefined
    ? quoteName(name)
    : `${quoteName(name)} comment ${textLiteral(comment)}`;
}
