import type { DbtModel } from '../../lineage/dbt/dbt-project.ts';

/** Who is to be asked about a model, where its project says so: a sentence with a blank behind it. */
export function whose({ owner, name }: DbtModel): string {
  return owner === undefined ? '' : `${name} belongs to ${owner}. `;
}
