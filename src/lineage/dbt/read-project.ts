import type { z } from 'zod';
import { GoldsmithError } from '../../base/goldsmith-error.ts';
import { configWords } from './config-words.ts';
import {
  type DbtColumn,
  type DbtModel,
  type DbtProject,
  type DbtSemanticModel,
  type DbtSource,
  type DbtTest,
} from './dbt-project.ts';
import { exposuresOf, expressionsOf } from './exposures-of.ts';
import {
  type Catalog,
  catalogSchema,
  type Manifest,
  type ManifestNode,
  manifestSchema,
  type RunResults,
  runResultsSchema,
} from './manifest-schema.ts';
import { ownerOf } from './owner-of.ts';
import { type RelationNames, relationOfParts, relationOfText } from './relation-of-text.ts';
import { unitTestsOf } from './unit-tests-of.ts';

/** The artifacts of a project's target folder, parsed as JSON; only the first must be there. */
export interface DbtArtifacts {
  readonly manifest: unknown;
  readonly catalog?: unknown;
  readonly runResults?: unknown;
  /**
   * The text of a file under `compiled/` of the target folder. Every command writes the manifest anew, and most leave out what was
   * compiled by another.
   */
  readonly compiledFile?: (path: string) => string | undefined;
}

/**
 * Reads a dbt project from its artifacts. Raises `DBT_ARTIFACT` for files that are none; what is in them but not needed, newer
 * fields and kinds of node, is left alone.
 */
export function readProject(artifacts: DbtArtifacts, names: RelationNames): DbtProject {
  const manifest = parsed('manifest.json', manifestSchema, artifacts.manifest);
  const parts: Parts = {
    names,
    manifest,
    compiledFile: artifacts.compiledFile ?? (() => undefined),
    catalog: parsed('catalog.json', catalogSchema, artifacts.catalog ?? {}),
    results: parsed('run_results.json', runResultsSchema, artifacts.runResults ?? {}),
  };
  const nodes = Object.values(manifest.nodes);
  const version = textOf(manifest.metadata.dbt_version);
  return {
    name: manifest.metadata.project_name ?? '',
    adapter: manifest.metadata.adapter_type ?? '',
    madeAt: manifest.metadata.generated_at ?? '',
    ...(version === undefined ? {} : { dbtVersion: version }),
    models: nodes.flatMap((node) => modelOf(node, parts)),
    sources: Object.values(manifest.sources).map((source) => sourceOf(source, parts)),
    tests: nodes
      .filter(({ resource_type: type }) => type === 'test')
      .map((node) => testOf(node, parts)),
    unitTests: unitTestsOf(manifest),
    exposures: exposuresOf(manifest),
    semanticModels: Object.values(manifest.semantic_models).map(semanticModelOf),
  };
}

interface Parts {
  readonly names: RelationNames;
  readonly manifest: Manifest;
  readonly catalog: Catalog;
  readonly results: RunResults;
  readonly compiledFile: (path: string) => string | undefined;
}

function parsed<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  value: unknown,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    const where = issue === undefined ? '' : ` at ${issue.path.join('.')}: ${issue.message}`;
    const message = `dbt's ${file} cannot be read${where}; write it anew with \`dbt compile\``;
    throw new GoldsmithError('DBT_ARTIFACT', message);
  }
  return result.data;
}

const MODEL_KINDS: ReadonlySet<string> = new Set(['model', 'snapshot', 'seed']);

function isModelKind(kind: string): kind is DbtModel['kind'] {
  return MODEL_KINDS.has(kind);
}

function modelOf(node: ManifestNode, parts: Parts): readonly DbtModel[] {
  const { resource_type: kind, version, patch_path: patchPath } = node;
  const { manifest } = parts;
  if (!isModelKind(kind)) {
    return [];
  }
  const materialized = textOf(node.config['materialized']) ?? kind;
  const relation = materialized === 'ephemeral' ? aliasOf(node) : relationsOf(node, parts.names);
  const owner = ownerOf(node, manifest);
  const access = node.access ?? node.config['access'];
  const compiled = kind === 'seed' ? undefined : compiledOf(node, parts);
  return [
    {
      id: node.unique_id,
      name: node.name,
      kind,
      package: node.package_name,
      ...(version === undefined || version === null ? {} : { version: String(version) }),
      isLatest: (node.latest_version ?? version ?? '') === (version ?? ''),
      ...relation,
      path: slashed(node.original_file_path),
      // `project://models/schema.yml`
      ...(patchPath === undefined || patchPath === null
        ? {}
        : { patchPath: slashed(patchPath.replace(/^[^:]*:\/\//, '')) }),
      language: node.language ?? 'sql',
      materialized,
      rawCode: node.raw_code ?? '',
      ...(compiled === undefined ? {} : { compiledCode: compiled }),
      columns: columnsOf(node.columns, parts.catalog.nodes[node.unique_id]),
      hasContract: node.contract?.enforced === true,
      isPublic: access === 'public',
      ...(access === 'private' ? { isPrivate: true } : {}),
      constrained: constrainedBy(node),
      configWords: configWords(node.config),
      dependsOn: node.depends_on.nodes,
      ...(owner === undefined ? {} : { owner }),
    },
  ];
}

function aliasOf({ name, alias }: ManifestNode): Pick<DbtModel, 'alias'> {
  return alias === undefined || alias === null || alias === name ? {} : { alias };
}

/** Written on Windows, a manifest holds the other slash. */
function slashed(path: string): string {
  return path.replaceAll('\\', '/');
}

interface Named {
  readonly database?: string | null | undefined;
  readonly schema?: string | null | undefined;
  readonly alias?: string | null | undefined;
  readonly relation_name?: string | null | undefined;
  readonly name: string;
}

function relationsOf(named: Named, names: RelationNames) {
  const { relation_name: text, database, schema, alias, name } = named;
  if (text !== undefined && text !== null && text !== '') {
    return { relation: relationOfText(text, names), relationText: text };
  }
  const parts = [database, schema, alias ?? name].flatMap((part) =>
    part === undefined || part === null ? [] : [{ name: part, quoted: false }],
  );
  return {
    relation: relationOfParts(parts, names),
    relationText: parts.map((part) => part.name).join('.'),
  };
}

function compiledOf(node: ManifestNode, { results, compiledFile }: Parts): string | undefined {
  const run = results.results.find((result) => result.unique_id === node.unique_id);
  return (
    textOf(node.compiled_code) ??
    textOf(run?.compiled_code) ??
    textOf(compiledFile(`${node.package_name}/${node.original_file_path}`))
  );
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function columnsOf(
  described: ManifestNode['columns'],
  catalogued: Catalog['nodes'][string] | undefined,
): readonly DbtColumn[] {
  const known = Object.values(described);
  const seen = Object.values(catalogued?.columns ?? {}).toSorted((a, b) => a.index - b.index);
  const isKnown = (name: string) =>
    known.find((each) => each.name.toLowerCase() === name.toLowerCase());
  return seen.length > 0
    ? seen.map(({ name, type }) => ({
        name,
        type: (type ?? '').toLowerCase(),
        isDescribed: isKnown(name) !== undefined,
      }))
    : known.map(({ name, data_type: type }) => ({
        name,
        type: (type ?? '').toLowerCase(),
        isDescribed: true,
      }));
}

function constrainedBy({ columns, constraints }: ManifestNode): DbtModel['constrained'] {
  const own = Object.values(columns).flatMap(({ name, constraints: each }) =>
    (each ?? []).map(({ type }) => ({ column: name, kind: type ?? 'constraint' })),
  );
  const whole = (constraints ?? []).flatMap(({ type, columns: each }) =>
    (each ?? []).map((column) => ({ column, kind: type ?? 'constraint' })),
  );
  return [...own, ...whole];
}

function sourceOf(source: Manifest['sources'][string], { names, catalog }: Parts): DbtSource {
  const { identifier, name } = source;
  const path = textOf(source.original_file_path);
  return {
    id: source.unique_id,
    source: source.source_name,
    name,
    package: source.package_name,
    ...relationsOf({ ...source, alias: identifier ?? name }, names),
    ...(path === undefined ? {} : { path: slashed(path) }),
    columns: columnsOf(source.columns, catalog.sources[source.unique_id]),
  };
}

function testOf(node: ManifestNode, parts: Parts): DbtTest {
  const { results, manifest } = parts;
  const { test_metadata: generic, column_name: column, attached_node: at, config } = node;
  const status = results.results.find((result) => result.unique_id === node.unique_id)?.status;
  const namespace = textOf(generic?.namespace);
  const isSingular = generic === undefined || generic === null;
  const compiled = isSingular ? compiledOf(node, parts) : undefined;
  // Before version 11 nobody says where a generic test stands, but it hangs on one model more than it refers to.
  const place = textOf(at) ?? node.depends_on.nodes.findLast((id) => id in manifest.nodes);
  return {
    id: node.unique_id,
    kind:
      generic === undefined || generic === null
        ? 'singular'
        : [namespace, generic.name].filter(Boolean).join('.'),
    ...(generic === undefined || generic === null || place === undefined ? {} : { at: place }),
    ...(column === undefined || column === null ? {} : { column }),
    arguments: generic?.kwargs ?? {},
    isPartial:
      textOf(config['where']) !== undefined ||
      (config['limit'] !== undefined && config['limit'] !== null),
    dependsOn: node.depends_on.nodes,
    rawCode: node.raw_code ?? '',
    ...(compiled === undefined ? {} : { compiledCode: compiled }),
    ...(status === undefined ? {} : { status }),
  };
}

function semanticModelOf(model: Manifest['semantic_models'][string]): DbtSemanticModel {
  return {
    id: model.unique_id,
    name: model.name,
    dependsOn: model.depends_on.nodes,
    expressions: expressionsOf(model),
  };
}
