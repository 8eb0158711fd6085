import { type RelationId, relationId, relationParts } from '../base/relation.ts';
import type { Session } from '../connectors/connector.ts';
import { textCell } from '../prove/cells.ts';
import { quoteText } from '../prove/quote.ts';
import { MARKER_PREFIX } from './marker.ts';

const options = { purpose: 'catalog' } as const;

export interface FoundObject {
  readonly kind: 'table' | 'view';
  readonly comment?: string | undefined;
}

/** What stands under this name on the session's snapshot, the session's own uncommitted work included. */
export async function findObject(
  session: Session,
  relation: RelationId,
): Promise<FoundObject | undefined> {
  const { rows } = await session.query(
    `select table_type, table_comment from information_schema.tables where ${named(relation)}`,
    options,
  );
  const [found] = rows;
  if (found === undefined) {
    return undefined;
  }
  return {
    kind: kindOf(textCell(found[0])),
    comment: textCell(found[1]),
  };
}

/** A view's text as the warehouse stores it: equal texts, unchanged view. */
export async function storedViewText(
  session: Session,
  view: RelationId,
): Promise<string | undefined> {
  const { rows } = await session.query(
    `select view_definition from information_schema.views where ${named(view)}`,
    options,
  );
  return textCell(rows[0]?.[0]);
}

export interface ColumnComment {
  readonly column: string;
  readonly comment: string;
}

/** Comments on a relation's columns, in column order; columns without one are left out. */
export async function columnComments(
  session: Session,
  relation: RelationId,
): Promise<readonly ColumnComment[]> {
  const { rows } = await session.query(
    `select column_name, column_comment from information_schema.columns
where ${named(relation)} and column_comment is not null
order by ordinal_position`,
    options,
  );
  return rows.map(([column, comment]) => ({
    column: textCell(column) ?? '',
    comment: textCell(comment) ?? '',
  }));
}

/**
 * Views that read the relation, directly or through other views: every view whose text mentions its name as a word, and
 * theirs. It may name one too many (a column of the same name), never one too few. Views of our own versions are none: what they
 * read is ours to keep.
 */
export async function dependentViews(
  session: Session,
  relation: RelationId,
): Promise<readonly RelationId[]> {
  const { rows } = await session.query(
    `select table_catalog, table_schema, table_name, view_definition
from information_schema.views
where table_catalog not in ('system', 'temp')
  and table_schema not in ('information_schema', 'pg_catalog')
order by table_catalog, table_schema, table_name`,
    options,
  );
  const own = new Set(
    (await objectsMarked(session, `${MARKER_PREFIX}version `)).map(({ relation: id }) => id),
  );
  const views = rows.map(([database, schema, name, text]) => ({
    id: relationId({
      database: textCell(database),
      schema: textCell(schema),
      name: textCell(name) ?? '',
    }),
    name: textCell(name) ?? '',
    body: bodyOf(textCell(text) ?? ''),
  }));
  const { name, schema } = relationParts(relation);
  const isSelf = (id: RelationId) => {
    const parts = relationParts(id);
    return parts.name === name && (schema === undefined || parts.schema === schema);
  };
  const found = new Map<RelationId, string>();
  const names = [name];
  for (const wanted of names) {
    for (const view of views) {
      if (
        !found.has(view.id) &&
        !own.has(view.id) &&
        !isSelf(view.id) &&
        mentions(view.body, wanted)
      ) {
        found.set(view.id, view.name);
        names.push(view.name);
      }
    }
  }
  return [...found.keys()].toSorted();
}

/** Tables and views whose comment starts with a marker, views first: they may be dropped in this order. */
export async function objectsMarked(
  session: Session,
  prefix: string,
): Promise<
  readonly {
    readonly relation: RelationId;
    readonly kind: FoundObject['kind'];
    readonly comment: string;
  }[]
> {
  const { rows } = await session.query(
    `select table_catalog, table_schema, table_name, table_comment, table_type
from information_schema.tables
where starts_with(table_comment, ${quoteText(prefix)})
order by table_type = 'BASE TABLE', table_catalog, table_schema, table_name`,
    options,
  );
  return rows.map(([database, schema, name, comment, type]) => ({
    relation: relationId({
      database: textCell(database),
      schema: textCell(schema),
      name: textCell(name) ?? '',
    }),
    kind: kindOf(textCell(type)),
    comment: textCell(comment) ?? '',
  }));
}

function kindOf(type: string | undefined): FoundObject['kind'] {
  return type?.toUpperCase().includes('VIEW') === true ? 'view' : 'table';
}

/** Names compare case-insensitively, as the warehouse resolves them; parts left out mean the session's own. */
function named(relation: RelationId): string {
  const { database, schema, name } = relationParts(relation);
  const part = (column: string, value: string | undefined, standard: string) =>
    `lower(${column}) = lower(${value === undefined ? standard : quoteText(value)})`;
  return [
    part('table_catalog', database, 'current_database()'),
    part('table_schema', schema, 'current_schema()'),
    part('table_name', name, "''"),
  ].join(' and ');
}

/** Some warehouses store the whole CREATE statement, some the SELECT alone: the view's own name must not count. */
function bodyOf(text: string): string {
  const start = /^\s*create\b[\s\S]*?\bas\b/i.exec(text);
  return start === null ? text : text.slice(start[0].length);
}

function mentions(text: string, name: string): boolean {
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`(^|[^A-Za-z0-9_])${escaped}($|[^A-Za-z0-9_])`, 'i').test(text);
}
