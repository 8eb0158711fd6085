import type { RelationId } from '../base/relation.ts';
import type { Engine } from './engine.ts';
import type { ObservedSchema } from './observe-schema.ts';

/** A relation as people write it, `gold.sales`, as the catalog knows it; unknown ones keep their written name. */
export function relationNamed(
  written: string,
  { schema, names }: { readonly schema: ObservedSchema; readonly names: Engine['names'] },
): RelationId {
  const path = written.split('.').map((name) => ({ name, quoted: false }));
  const found = schema.index.findRelation(path, names);
  return found.kind === 'found' ? found.relation.id : found.id;
}
