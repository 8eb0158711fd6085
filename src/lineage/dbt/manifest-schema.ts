import { z } from 'zod';

/**
 * What we need of `manifest.json`, versions 10 to 12 and newer: all else in it is left alone, and what older versions lack has a
 * default. https://schemas.getdbt.com/dbt/manifest/v12.json
 */
const text = z.string().nullish();
const record = z.record(z.string(), z.unknown());

const column = z.object({
  name: z.string(),
  data_type: text,
  description: text,
  constraints: z.array(z.object({ type: text, expression: text })).nullish(),
});

const constraint = z.object({
  type: text,
  columns: z.array(z.string()).nullish(),
  to_columns: z.array(z.string()).nullish(),
});

const dependsOn = z.object({ nodes: z.array(z.string()).default([]) }).prefault({});

const node = z.object({
  unique_id: z.string(),
  resource_type: z.string(),
  name: z.string(),
  package_name: z.string().default(''),
  database: text,
  schema: text,
  alias: text,
  relation_name: text,
  original_file_path: z.string().default(''),
  patch_path: text,
  raw_code: text,
  compiled_code: text,
  language: text,
  version: z.union([z.string(), z.number()]).nullish(),
  latest_version: z.union([z.string(), z.number()]).nullish(),
  columns: z.record(z.string(), column).default({}),
  config: record.default({}),
  contract: z.object({ enforced: z.boolean().nullish() }).nullish(),
  constraints: z.array(constraint).nullish(),
  depends_on: dependsOn,
  access: text,
  group: text,
  description: text,
  column_name: text,
  attached_node: text,
  test_metadata: z
    .object({ name: z.string(), namespace: text, kwargs: record.default({}) })
    .nullish(),
});

const source = z.object({
  unique_id: z.string(),
  source_name: z.string(),
  name: z.string(),
  package_name: z.string().default(''),
  database: text,
  schema: text,
  identifier: text,
  relation_name: text,
  original_file_path: text,
  columns: z.record(z.string(), column).default({}),
});

const owner = z.object({
  name: text,
  email: z.union([z.string(), z.array(z.string())]).nullish(),
});

const exposure = z.object({
  unique_id: z.string(),
  name: z.string(),
  label: text,
  type: text,
  url: text,
  owner: owner.nullish(),
  depends_on: dependsOn,
  meta: record.nullish(),
  config: z.object({ meta: record.nullish() }).nullish(),
});

const named = z.object({ name: z.string(), expr: z.unknown().optional() });

const semanticModel = z.object({
  unique_id: z.string(),
  name: z.string(),
  depends_on: dependsOn,
  entities: z.array(named).nullish(),
  dimensions: z.array(named).nullish(),
  measures: z.array(named).nullish(),
});

/** What is measured on semantic models; an exposure may depend on it. */
const metric = z.object({ unique_id: z.string(), depends_on: dependsOn });

const unitTest = z.object({
  unique_id: z.string(),
  name: z.string(),
  model: z.string(),
  version: z.union([z.string(), z.number()]).nullish(),
  original_file_path: text,
  depends_on: dependsOn,
  given: z.array(z.object({ input: z.string(), rows: z.unknown().optional() })).nullish(),
  expect: z.object({ rows: z.unknown().optional() }).nullish(),
});

const group = z.object({ name: z.string(), owner: owner.nullish() });

export const manifestSchema = z.object({
  metadata: z
    .object({ project_name: text, adapter_type: text, generated_at: text, dbt_version: text })
    .prefault({}),
  nodes: z.record(z.string(), node).default({}),
  sources: z.record(z.string(), source).default({}),
  exposures: z.record(z.string(), exposure).default({}),
  semantic_models: z.record(z.string(), semanticModel).default({}),
  metrics: z.record(z.string(), metric).default({}),
  unit_tests: z.record(z.string(), unitTest).default({}),
  groups: z.record(z.string(), group).default({}),
});

/** Of `catalog.json`, what `dbt docs generate` saw of each relation. */
export const catalogSchema = z.object({
  nodes: z
    .record(
      z.string(),
      z.object({
        columns: z.record(
          z.string(),
          z.object({ name: z.string(), type: text, index: z.number().default(0) }),
        ),
      }),
    )
    .default({}),
  sources: z
    .record(
      z.string(),
      z.object({
        columns: z.record(
          z.string(),
          z.object({ name: z.string(), type: text, index: z.number().default(0) }),
        ),
      }),
    )
    .default({}),
});

/** Of `run_results.json`, how each node of the last run ended. */
export const runResultsSchema = z.object({
  results: z
    .array(z.object({ unique_id: z.string(), status: z.string(), compiled_code: text }))
    .default([]),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestNode = z.infer<typeof node>;
export type ManifestOwner = z.infer<typeof owner>;
export type Catalog = z.infer<typeof catalogSchema>;
export type RunResults = z.infer<typeof runResultsSchema>;
