import { type RelationId, relationId } from '../../base/relation.ts';
import type { DbtModel } from '../../lineage/dbt/dbt-project.ts';

/** What a proposal about a model is about: its relation; one without is known by its name. */
export function subjectOfModel({
  relation,
  name,
}: Pick<DbtModel, 'relation' | 'name'>): RelationId {
  return relation ?? relationId({ schema: 'dbt', name });
}
