import type { RelationId } from '../../base/relation.ts';
import type { DbtExposure, DbtModel, DbtProject } from './dbt-project.ts';
import type { DbtReads } from './dbt-reads.ts';

/** What of a project hangs on a relation, or on one column of it. */
export interface DbtReach {
  /** Models that read it themselves, by name. */
  readonly models: readonly ReachedModel[];
  /** How many models are made of those, on however many steps. */
  readonly below: number;
  /** What the project declares to be used outside of it, made of any of them. */
  readonly exposures: readonly ReachedExposure[];
}

export interface ReachedModel {
  readonly name: string;
  readonly owner?: string;
}

export interface ReachedExposure {
  readonly name: string;
  readonly type: string;
  readonly owner: string;
}

export const nothingReached: DbtReach = { models: [], below: 0, exposures: [] };

/**
 * Follows a change of a relation into a project: to the models whose text names it, and from there by what depends on what. A model that
 * is not understood counts as reading all it depends on.
 */
export function dbtReach(
  { project, reads }: { readonly project: DbtProject; readonly reads: readonly DbtReads[] },
  { relation, column }: { readonly relation: RelationId; readonly column?: string | undefined },
): DbtReach {
  const made = [...project.models, ...project.sources].filter((one) => one.relation === relation);
  const ids = new Set(made.map(({ id }) => id));
  const readsOf = new Map(reads.map((one) => [one.id, one]));
  const direct = project.models.filter((model) => {
    const read = readsOf.get(model.id);
    return read !== undefined && isReading({ model, read }, { relation, column, ids });
  });
  const met = new Set(direct.map(({ id }) => id));
  for (let size = -1; size !== met.size; ) {
    size = met.size;
    for (const { id, dependsOn } of project.models) {
      if (dependsOn.some((one) => met.has(one))) {
        met.add(id);
      }
    }
  }
  const isExposed = ({ dependsOn }: DbtExposure) =>
    dependsOn.some((one) => met.has(one) || ids.has(one));
  const exposures = project.exposures
    .filter((one) => isExposed(one) && takes(one, { column, ids, met }))
    .map(({ name, type, owner }): ReachedExposure => ({ name, type, owner }));
  return {
    models: direct
      .map(({ name, owner }) => ({ name, ...(owner === undefined ? {} : { owner }) }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    below: met.size - direct.length,
    exposures: [...new Map(exposures.map((one) => [one.name, one])).values()],
  };
}

interface Of {
  readonly relation: RelationId;
  readonly column: string | undefined;
  /** What the project calls the relation. */
  readonly ids: ReadonlySet<string>;
}

function isReading(
  { model, read }: { readonly model: DbtModel; readonly read: DbtReads },
  { relation, column, ids }: Of,
): boolean {
  if (read.notUnderstood !== undefined && model.dependsOn.some((one) => ids.has(one))) {
    return true;
  }
  const named = read.reads.find((one) => one.relation === relation);
  return (
    named !== undefined &&
    (column === undefined ||
      named.columns.some((one) => one === '*' || one.toLowerCase() === column.toLowerCase()))
  );
}

/** One that takes the relation itself, and says which columns, is reached by those. */
function takes(
  { columns, dependsOn }: DbtExposure,
  { column, ids, met }: Pick<Of, 'column' | 'ids'> & { readonly met: ReadonlySet<string> },
): boolean {
  return (
    column === undefined ||
    columns === undefined ||
    dependsOn.some((one) => met.has(one) && !ids.has(one)) ||
    columns.some((one) => one.toLowerCase() === column.toLowerCase())
  );
}
