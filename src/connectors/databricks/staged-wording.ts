import type { StagedView, StagedWording } from '../wording.ts';
import { databricksNames as names } from './names.ts';

/**
 * Every CREATE is one commit of Delta or Unity Catalog. A table's history counts its commits and tells when each was made; a
 * table made anew under an old name begins again, at another time.
 */
export const stagedWording: StagedWording = {
  createTable: ({ relation, comment, select, clusteredBy = [] }) =>
    `create table ${names.relation(relation)}${clusteredBy.length === 0 ? '' : ` cluster by (${clusteredBy.map((name) => names.quote(name)).join(', ')})`} comment ${names.text(comment)} as\n${select}`,
  createView: (view) => `create view ${bodyOf(view)}`,
  replaceView: (view) => `create or replace view ${bodyOf(view)}`,
  lastChange: (table) => `describe history ${names.relation(table)} limit 1`,
};

/** What is not said again is lost with the view that is replaced. */
function bodyOf({ relation, select, comment, columns }: StagedView): string {
  const list = columns.some((column) => column.comment !== undefined)
    ? ` (${columns.map(columnOf).join(', ')})`
    : '';
  const said = comment === undefined ? '' : ` comment ${names.text(comment)}`;
  return `${names.relation(relation)}${list}${said} as\n${select}`;
}

function columnOf({ name, comment }: StagedView['columns'][number]): string {
  return comment === undefined
    ? names.quote(name)
    : `${names.quote(name)} comment ${names.text(comment)}`;
}
