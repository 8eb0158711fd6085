import type { RelationId } from '../base/relation.ts';
import { type ViewCatalog, viewsOf } from './views-of.ts';

/** A view that reads a relation. */
export interface Dependent {
  readonly view: RelationId;
  /** `direct`: its text names the relation. `transitive`: only through other views. */
  readonly how: 'direct' | 'transitive';
}

/**
 * The views that read a relation, directly or through other views, in catalog order. Views whose definition could
 * not be read are not among them: ask the warehouse too before anything is dropped.
 */
export function dependentsOf(relation: RelationId, catalog: ViewCatalog): readonly Dependent[] {
  return viewsOf(catalog)
    .filter(({ all }) => all.includes(relation))
    .map(({ view, direct }) => ({
      view,
      how: direct.includes(relation) ? 'direct' : 'transitive',
    }));
}
