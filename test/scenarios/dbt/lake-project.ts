import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { aGitRemote, type GitRemote } from '../../servers/git-remote.ts';
import { FIRST_DAY } from '../small-world.ts';

/** A model of a project over the small lakehouse, as a person wrote it. */
export interface LakeModel {
  readonly name: string;
  readonly sql: string;
  readonly dependsOn: readonly string[];
  readonly materialized?: string;
  /** Columns its YAML file describes. */
  readonly described?: readonly string[];
}

const SILVER = ['order_lines', 'orders', 'stores', 'products', 'customers'];

function sourcesYml(tables: readonly string[]): string {
  const names = tables.map((name) => `      - name: ${name}\n`);
  return `sources:\n  - name: silver\n    tables:\n${names.join('')}`;
}

const PROJECT_YML = `name: shop
version: '1.0'
profile: shop
model-paths: [models]
macro-paths: [macros]
models:
  shop:
    marts:
      +schema: gold
      +materialized: table
`;

const SCHEMA_MACRO = `{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}
`;

const PROFILE = `shop:
  target: dev
  outputs:
    dev: {type: duckdb, path: "{{ env_var('LAKE_DB') }}", threads: 1}
`;

const POSTGRES_PROFILE = `shop:
  target: dev
  outputs:
    dev:
      type: postgres
      host: "{{ env_var('LAKE_HOST') }}"
      port: "{{ env_var('LAKE_PORT') | int }}"
      dbname: "{{ env_var('LAKE_DB') }}"
      user: "{{ env_var('LAKE_USER') }}"
      password: "{{ env_var('LAKE_PASSWORD') }}"
      schema: public
      threads: 1
`;

/** Where the project's relations lie. */
interface Lake {
  readonly adapter: 'duckdb' | 'postgres';
  readonly database: string;
  readonly silver: readonly string[];
}

const DUCKDB_LAKE: Lake = { adapter: 'duckdb', database: 'lake', silver: SILVER };

/**
 * A dbt project of the folder `transform` in a repository, its checkout beside the warehouse, and the manifest that `dbt compile` would
 * leave of it. All models lie in `models/marts` and are made in `gold`.
 */
export interface LakeProject {
  readonly remote: GitRemote;
  readonly checkout: string;
  /** Writes these models into the checkout's manifest. */
  compile(models: readonly LakeModel[]): void;
  /** The checkout gets a file as the default branch holds it. */
  pull(...paths: readonly string[]): void;
  remove(): void;
}

export function lakeProject(
  models: readonly LakeModel[],
  files: Readonly<Record<string, string>> = {},
  lake: Lake = DUCKDB_LAKE,
): LakeProject {
  const remote = aGitRemote();
  const checkout = mkdtempSync(join(tmpdir(), 'goldsmith-transform-'));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(checkout, path)), { recursive: true });
    writeFileSync(join(checkout, path), text);
  };
  const all = {
    'dbt_project.yml': PROJECT_YML,
    'profiles.yml': lake.adapter === 'duckdb' ? PROFILE : POSTGRES_PROFILE,
    'macros/schema_name.sql': SCHEMA_MACRO,
    'models/sources.yml': sourcesYml(lake.silver),
    ...Object.fromEntries(models.map(({ name, sql }) => [`models/marts/${name}.sql`, sql])),
    ...files,
  };
  for (const [path, text] of Object.entries(all)) {
    write(path, text);
    remote.write(`transform/${path}`, text);
  }
  remote.commit('Begin a dbt project');
  const compile: LakeProject['compile'] = (compiled) =>
    write('target/manifest.json', JSON.stringify(manifest(compiled, lake)));
  compile(models);
  return {
    remote,
    checkout,
    compile,
    pull: (...paths) =>
      paths.forEach((path) => write(path, `${remote.file('main', `transform/${path}`)}\n`)),
    remove() {
      remote.remove();
      rmSync(checkout, { recursive: true, force: true });
    },
  };
}

function manifest(models: readonly LakeModel[], { adapter, database, silver }: Lake): object {
  return {
    metadata: {
      project_name: 'shop',
      adapter_type: adapter,
      dbt_version: '1.10.2',
      generated_at: new Date(FIRST_DAY).toISOString(),
    },
    nodes: Object.fromEntries(
      models.map((model) => [`model.shop.${model.name}`, nodeOf(model, database)]),
    ),
    sources: Object.fromEntries(
      silver.map((name) => [
        `source.shop.silver.${name}`,
        {
          unique_id: `source.shop.silver.${name}`,
          source_name: 'silver',
          name,
          package_name: 'shop',
          relation_name: `"${database}"."silver"."${name}"`,
        },
      ]),
    ),
  };
}

function nodeOf(
  { name, sql, dependsOn, materialized = 'table', described }: LakeModel,
  database: string,
): object {
  return {
    unique_id: `model.shop.${name}`,
    resource_type: 'model',
    name,
    package_name: 'shop',
    relation_name: `"${database}"."gold"."${name}"`,
    original_file_path: `models/marts/${name}.sql`,
    ...(described === undefined ? {} : { patch_path: 'shop://models/marts/schema.yml' }),
    raw_code: sql.trimEnd(),
    config: { materialized, schema: 'gold' },
    columns: Object.fromEntries((described ?? []).map((each) => [each, { name: each }])),
    depends_on: {
      nodes: dependsOn.map((each) =>
        each.startsWith('silver.') ? `source.shop.${each}` : `model.shop.${each}`,
      ),
    },
  };
}
