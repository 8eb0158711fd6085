import { relationId } from '../../../src/base/relation.ts';
import type { DbtModel, DbtProject } from '../../../src/lineage/dbt/dbt-project.ts';

export function aModel(changes: Partial<DbtModel> = {}): DbtModel {
  const name = changes.name ?? 'model';
  return {
    id: `model.shop.${name}`,
    name,
    kind: 'model',
    package: 'shop',
    isLatest: true,
    relation: relationId({ schema: 'main', name }),
    relationText: `"shop"."main"."${name}"`,
    path: `models/${name}.sql`,
    language: 'sql',
    materialized: 'table',
    rawCode: '',
    columns: [],
    hasContract: false,
    isPublic: false,
    constrained: [],
    configWords: new Set(),
    dependsOn: [],
    ...changes,
  };
}

/** Three seeds, and nothing made of them. */
export function aProject(changes: Partial<DbtProject> = {}): DbtProject {
  return {
    name: 'shop',
    adapter: 'duckdb',
    madeAt: '',
    models: ['orders', 'customers', 'payments'].map((name) =>
      aModel({ name, id: `seed.shop.${name}`, kind: 'seed', path: `seeds/${name}.csv` }),
    ),
    sources: [],
    tests: [],
    unitTests: [],
    exposures: [],
    semanticModels: [],
    ...changes,
  };
}
