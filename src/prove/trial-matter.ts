import type { RelationId } from '../base/relation.ts';
import type { BoundQuery } from '../sql/bound.ts';
import { sourcesOf } from '../sql/normalize/walk.ts';
import type { SchemaRelation, SchemaSnapshot } from '../sql/schema.ts';
import type { SeenLiterals } from './seen-literals.ts';
import { literalsOf } from './seen-literals.ts';

/** What databases for a query and its marts are made of. */
export interface TrialMatter {
  /** The tables they read, views read through, in the schema's order. */
  readonly relations: readonly SchemaRelation[];
  readonly literals: SeenLiterals;
}

export function trialMatter(queries: readonly BoundQuery[], schema: SchemaSnapshot): TrialMatter {
  const read = new Set<RelationId>(
    queries.flatMap((query) =>
      sourcesOf(query).flatMap((from) => (from.kind === 'table' ? [from.relation] : [])),
    ),
  );
  return {
    relations: schema.relations.filter(({ id, kind }) => kind === 'table' && read.has(id)),
    literals: literalsOf(queries),
  };
}
