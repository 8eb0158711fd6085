import { type Document, isMap, isSeq, type YAMLMap } from 'yaml';
import { type RelationId, relationParts } from '../../base/relation.ts';

/** The items of a list that are maps; empty where there is no such list. */
export function mapsIn(parent: YAMLMap | Document, name: string): readonly YAMLMap[] {
  const list = parent.get(name, true);
  return isSeq(list) ? list.items.filter((item): item is YAMLMap => isMap(item)) : [];
}

export function textOf(parent: YAMLMap | Document, name: string): string | undefined {
  const value = parent.get(name);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

export function flagOf(parent: YAMLMap, name: string): boolean | undefined {
  const value = parent.get(name);
  return typeof value === 'boolean' ? value : undefined;
}

/** Of a list of maps the one that carries our id; whoever renames it takes it over. */
export function withId(
  parent: YAMLMap | Document,
  { list, id }: { readonly list: string; readonly id: string },
): YAMLMap | undefined {
  return mapsIn(parent, list).find((item) => textOf(item, 'id') === id);
}

/** The schema object that describes a relation: by its physical or plain name, else the only one there is. */
export function schemaOf(document: Document, relation: RelationId): YAMLMap | undefined {
  const objects = mapsIn(document, 'schema');
  const { schema, name } = relationParts(relation);
  const names = [name, `${schema ?? ''}.${name}`, relation].map((each) => each.toLowerCase());
  const named = objects.filter((object) =>
    ['physicalName', 'name'].some((key) =>
      names.includes((textOf(object, key) ?? '').toLowerCase()),
    ),
  );
  return named.length === 1 ? named[0] : objects.length === 1 ? objects[0] : undefined;
}

/** Ids of what is ours in lists people also write in. */
export const OUR_ROWS = 'goldsmith_rows';
export const OUR_NULLS = 'goldsmith_nulls';
export const OUR_FRESHNESS = 'goldsmith_freshness';
/** The custom property of the schema object that holds the digest of the statement. */
export const OUR_STATEMENT = 'goldsmithStatement';
