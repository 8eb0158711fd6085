import type { RelationId } from '../base/relation.ts';
import { bindView, type ViewCatalog } from './views-of.ts';

/** What a view rests on. */
export interface ViewSources {
  /** Base tables, reached directly or through other views. */
  readonly tables: readonly RelationId[];
  /** Views on the way. */
  readonly views: readonly RelationId[];
  /** Why the list may be short; empty when everything was resolved. */
  readonly notUnderstood: readonly string[];
}

/** The base tables a view reads in the end; of a table, itself. */
export function sourcesOf(view: RelationId, catalog: ViewCatalog): ViewSources {
  const relation = catalog.schema.relationOf(view);
  if (relation === undefined) {
    return { tables: [], views: [], notUnderstood: ['unknown relation'] };
  }
  const binding = bindView(relation, catalog);
  if (binding === undefined) {
    const isTable = relation.kind === 'table';
    return {
      tables: isTable ? [view] : [],
      views: [],
      notUnderstood: isTable ? [] : ['view without a readable definition'],
    };
  }
  const read = [...binding.relations.keys()];
  const isView = (id: RelationId) => catalog.schema.relationOf(id)?.kind === 'view';
  return {
    tables: read.filter((id) => !isView(id)),
    views: read.filter(isView),
    notUnderstood: binding.notUnderstood,
  };
}
