import { readFileSync } from 'node:fs';
import type { DbtProject } from '../../../src/lineage/dbt/dbt-project.ts';
import { type DbtArtifacts, readProject } from '../../../src/lineage/dbt/read-project.ts';
import { dialectOf } from '../../../src/sql/dialects.ts';
import type { SchemaSnapshot } from '../../../src/sql/schema.ts';

export const SHOP_FOLDER = 'test/fixtures/dbt/shop';

/** What `dbt docs generate` and `dbt test` left of the shop. */
export function shopArtifacts(): DbtArtifacts {
  const read = (name: string): unknown =>
    JSON.parse(readFileSync(`${SHOP_FOLDER}/artifacts/${name}.json`, 'utf8'));
  return {
    manifest: read('manifest'),
    catalog: read('catalog'),
    runResults: read('run_results'),
  };
}

export function shopProject(artifacts: DbtArtifacts = shopArtifacts()): DbtProject {
  return readProject(artifacts, { dialect: dialectOf('duckdb'), ownDatabase: 'shopfix' });
}

/** The relations of a project's own models and seeds, as its catalog has them. */
export function schemaOf({ models }: DbtProject): SchemaSnapshot {
  return {
    ownDatabase: 'shopfix',
    relations: models.flatMap(({ relation, columns }) =>
      relation === undefined
        ? []
        : [
            {
              id: relation,
              kind: 'table',
              columns: columns.map(({ name, type }) => ({ name, type, notNull: false })),
              keys: [],
              foreignKeys: [],
            },
          ],
    ),
  };
}
