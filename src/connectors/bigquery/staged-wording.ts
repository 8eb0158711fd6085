import { relationParts } from '../../base/relation.ts';
import type { StagedView, StagedWording } from '../wording.ts';
import { quoteName, quoteRelation, quoteText } from './quote.ts';

/** Every CREATE is atomic. What is not said again (descriptions, labels) is lost with the view that is replaced. */
export const stagedWording: StagedWording = {
  createTable: ({ relation, comment, select, clusteredBy = [], partedBy }) =>
    `create table ${quoteRelation(relation)}${partedBy === undefined ? '' : ` partition by ${monthOf(partedBy)}`}${clusteredBy.length === 0 ? '' : ` cluster by ${clusteredBy.map(quoteName).join(', ')}`} options (description = ${quoteText(comment)}) as\n${select}`,
  createView: (view) => `create view ${bodyOf(view)}`,
  replaceView: (view) => `create or replace view ${bodyOf(view)}`,
  // Of a view it is told when the view was changed, not what it reads.
  lastChange: (table) => {
    const { database, schema = '', name } = relationParts(table);
    const dataset = [...(database === undefined ? [] : [database]), schema]
      .map((part) => quoteName(part))
      .join('.');
    return `select if(t.type = 1, t.last_modified_time, null) as changed from ${dataset}.__TABLES__ as t where t.table_id = ${quoteText(name)}`;
  },
};

function bodyOf({ relation, select, comment, columns, options }: StagedView): string {
  const list = columns.some((column) => column.comment !== undefined)
    ? ` (${columns.map(columnOf).join(', ')})`
    : '';
  const said = [
    ...(comment === undefined ? [] : [`description = ${quoteText(comment)}`]),
    ...options,
  ].join(', ');
  const told = said === '' ? '' : ` options (${said})`;
  return `${quoteRelation(relation)}${list}${told} as\n${select}`;
}

function columnOf({ name, comment }: StagedView['columns'][number]): string {
  return comment === undefined
    ? quoteName(name)
    : `${quoteName(name)} options (description = ${quoteText(comment)})`;
}

/** Months, for a statement may change 4,000 parts: more than three hundred years of them. */
function monthOf({ name, type }: { readonly name: string; readonly type: string }): string {
  const kind = /^(date|datetime|timestamp)$/i.exec(type)?.[1] ?? 'date';
  return `${kind.toLowerCase()}_trunc(${quoteName(name)}, month)`;
}
