import { type RelationId, relationId } from '../base/relation.ts';
import { cellText } from './cell-text.ts';
import type { CatalogRelation, Cell } from './connector.ts';

/** Tags of a relation and of its columns, by name; one without a value has an empty one. */
export interface CatalogTags {
  readonly own: Readonly<Record<string, string>>;
  readonly columns: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/** From rows of schema, relation, column (NULL: the relation itself), tag and value. */
export function tagsByRelation(
  rows: readonly (readonly Cell[])[],
): ReadonlyMap<RelationId, CatalogTags> {
  const found = new Map<
    RelationId,
    { own: Record<string, string>; columns: Map<string, Record<string, string>> }
  >();
  for (const [schema, name, column, tag, value] of rows) {
    const id = relationId({ schema: cellText(schema), name: cellText(name) });
    const tags = found.get(id) ?? { own: {}, columns: new Map() };
    found.set(id, tags);
    const isOwn = column === null || column === undefined;
    const bearer = isOwn ? tags.own : (tags.columns.get(cellText(column)) ?? {});
    bearer[cellText(tag)] = cellText(value);
    if (!isOwn) {
      tags.columns.set(cellText(column), bearer);
    }
  }
  return found;
}

/** Columns with the tags they bear. */
export function withTags(
  columns: CatalogRelation['columns'],
  tags: CatalogTags | undefined,
): CatalogRelation['columns'] {
  return tags === undefined || tags.columns.size === 0
    ? columns
    : columns.map((column) => {
        const own = tags.columns.get(column.name);
        return own === undefined ? column : { ...column, tags: own };
      });
}

/** A relation's own tags, where it has some. */
export function ownTags(tags: CatalogTags | undefined): Pick<CatalogRelation, 'tags'> {
  return tags === undefined || Object.keys(tags.own).length === 0 ? {} : { tags: tags.own };
}

/** A column's comment, where it has one. */
export function saidOf(comment: Cell | undefined): { readonly comment?: string } {
  return typeof comment === 'string' && comment !== '' ? { comment } : {};
}
