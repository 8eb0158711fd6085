import type { RelationId } from '../../base/relation.ts';
import { type ColumnEdge, keyOf } from '../../lineage/column-edges.ts';
import type { ColumnOf } from '../../sql/query-shape.ts';
import { shortName } from '../cycle-report.ts';
import type { DbtBeside } from './dbt-beside.ts';

/** What a dbt project adds to the lineage that the warehouse tells. */
export interface DbtLineage {
  readonly edges: readonly ColumnEdge[];
  readonly exposures: readonly ExposureOn[];
}

/** A dashboard or another use outside the warehouse that a project declares. */
export interface ExposureOn {
  readonly relation: RelationId;
  readonly name: string;
  readonly type: string;
  readonly owner: string;
  readonly url?: string;
  /** Absent: it does not say which columns it takes. */
  readonly columns?: readonly string[];
}

export function dbtLineage(beside: DbtBeside): DbtLineage {
  if (beside.kind !== 'read') {
    return { edges: [], exposures: [] };
  }
  const { project, reads } = beside;
  const relationOf = new Map(
    [...project.models, ...project.sources].map(({ id, relation }) => [id, relation]),
  );
  const edges = reads.flatMap(({ id, lineage }) => {
    const relation = relationOf.get(id);
    return relation === undefined
      ? []
      : lineage.flatMap(({ column, sources }) =>
          sources.map(
            (from): ColumnEdge => ({
              from: { relation: from.relation, column: from.column },
              to: { relation, column },
              how: 'dbt',
            }),
          ),
        );
  });
  const exposures = project.exposures.flatMap(({ name, type, owner, url, columns, dependsOn }) =>
    dependsOn.flatMap((id): readonly ExposureOn[] => {
      const relation = relationOf.get(id);
      const more = {
        ...(url === undefined ? {} : { url }),
        ...(columns === undefined ? {} : { columns }),
      };
      return relation === undefined ? [] : [{ relation, name, type, owner, ...more }];
    }),
  );
  return { edges, exposures };
}

/** The edges of models beside those the warehouse tells itself. */
export function withModels(
  seen: readonly ColumnEdge[],
  { edges }: Pick<DbtLineage, 'edges'>,
): readonly ColumnEdge[] {
  const pair = ({ from, to }: ColumnEdge) => `${keyOf(from)} > ${keyOf(to)}`;
  const told = new Set(seen.map(pair));
  return [...seen, ...edges.filter((edge) => !told.has(pair(edge)))];
}

/** The exposures that take one of these columns, or may. */
export function exposuresOn(
  columns: readonly ColumnOf[],
  { exposures }: Pick<DbtLineage, 'exposures'>,
): readonly ExposureOn[] {
  return exposures.filter(({ relation, columns: taken }) =>
    columns.some(
      (each) =>
        each.relation === relation &&
        (taken === undefined ||
          taken.some((name) => name.toLowerCase() === each.column.toLowerCase())),
    ),
  );
}

export function sayExposure({ relation, name, type, owner, columns, url }: ExposureOn): string {
  const what = columns === undefined ? '' : ` (${columns.join(', ')})`;
  const where = url === undefined ? '' : `, ${url}`;
  return `  exposed as ${name} (${type}, owned by ${owner}${where}): takes ${shortName(relation)}${what}`;
}
