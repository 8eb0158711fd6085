import { posix } from 'node:path';
import { type RelationId, relationId, relationParts } from '../../base/relation.ts';
import type { DbtModel, DbtProject } from '../../lineage/dbt/dbt-project.ts';
import type { DbtName } from '../files/with-references.ts';

/** Where a new model of a project belongs, and in what manner its neighbours are written. */
export interface ModelHome {
  readonly name: string;
  readonly folder: string;
  /** What dbt will make of it, as far as its neighbours tell. */
  readonly relation: RelationId;
  readonly quote: "'" | '"';
  /** The file that describes its neighbours together. */
  readonly sharedYaml?: string;
  /** A file that describes it alone, called as its neighbours' are. */
  readonly ownYaml: string;
  readonly testsAre: 'tests' | 'data_tests';
  readonly testsCombinations: boolean;
  /** Who its neighbours belong to, where they agree. */
  readonly owner?: string;
}

export interface HomeParts {
  readonly project: DbtProject;
  readonly mart: RelationId;
  readonly sources: readonly RelationId[];
}

/**
 * Finds the neighbours of a mart: models of the project in the mart's schema, else models that read what it reads. Most of them in
 * one folder make that its home. Says why where there are none: then it is no matter of this project.
 */
export function homeOf({
  project,
  mart,
  sources,
}: HomeParts): ModelHome | { readonly because: string } {
  const own = project.models.filter(
    ({ kind, package: of, language, relation }) =>
      kind === 'model' && of === project.name && language === 'sql' && relation !== undefined,
  );
  const read = new Set(
    [...project.models, ...project.sources]
      .filter(({ relation }) => relation !== undefined && sources.includes(relation))
      .map(({ id }) => id),
  );
  const beside = own.filter(({ relation }) => schemaOf(relation) === schemaOf(mart));
  const readers = own.filter(({ dependsOn }) => dependsOn.some((id) => read.has(id)));
  const near = beside.length > 0 ? beside : readers;
  const built = near.filter((model) => !stages(model, project));
  const pool = built.length > 0 ? built : near;
  const folder = mostOften(pool.map(({ path }) => posix.dirname(path)));
  if (folder === undefined) {
    const schema = schemaOf(mart);
    const because = `no model of ${project.name} is made in ${schema}, and none reads what it reads`;
    return { because };
  }
  const neighbours = pool.filter(({ path }) => posix.dirname(path) === folder);
  const name = `${prefixOf(neighbours)}${relationParts(mart).name}`;
  const taken = project.models.find((model) => model.name.toLowerCase() === name.toLowerCase());
  if (taken !== undefined) {
    return { because: `the project has a ${taken.kind} called ${taken.name} already` };
  }
  return {
    name,
    folder,
    relation: inSchemaOf(neighbours, { mart, name }),
    ...mannerOf(neighbours, project),
    ...yamlOf(neighbours, { folder, name }),
  };
}

/** What a project calls a relation: a model by its name, package and version, a source by both of its names. */
export function nameInProject(
  { models, sources, name }: DbtProject,
  relation: RelationId,
): DbtName | undefined {
  const made = models.filter((model) => model.relation === relation && model.isPrivate !== true);
  const model = made.find((each) => each.package === name) ?? made[0];
  if (model !== undefined) {
    return {
      kind: 'ref',
      model: model.name,
      ...(model.package === name ? {} : { package: model.package }),
      ...(model.isLatest || model.version === undefined ? {} : { version: model.version }),
    };
  }
  const source = sources.find((each) => each.relation === relation);
  return source && { kind: 'source', source: source.source, table: source.name };
}

/** Whether a model is a view over raw sources or seeds alone: no neighbour of a mart, and none that pays by being stored. */
export function stages(
  { dependsOn, materialized }: DbtModel,
  { sources, models }: DbtProject,
): boolean {
  const seeds = models.filter(({ kind }) => kind === 'seed');
  const raw = new Set([...sources, ...seeds].map(({ id }) => id));
  return materialized === 'view' && dependsOn.length > 0 && dependsOn.every((id) => raw.has(id));
}

function schemaOf(relation: RelationId | undefined): string {
  const { database, schema } = relationParts(relation ?? '');
  return [database, schema].filter((part) => part !== undefined).join('.');
}

function mostOften(names: readonly string[]): string | undefined {
  const counted = [...Map.groupBy(names, (name) => name)].toSorted(
    ([a, left], [b, right]) => right.length - left.length || (a < b ? -1 : 1),
  );
  return counted[0]?.[0];
}

/** `fct_`, where all of them begin so. */
function prefixOf(neighbours: readonly DbtModel[]): string {
  const prefixes = new Set(neighbours.map(({ name }) => PREFIX.exec(name)?.[0] ?? ''));
  const [only = ''] = prefixes;
  return prefixes.size === 1 && neighbours.length > 1 ? only : '';
}

const PREFIX = /^(fct|fact|agg|mart|rpt|report|obt|dm|gold)_/;

function inSchemaOf(
  neighbours: readonly DbtModel[],
  { mart, name }: { readonly mart: RelationId; readonly name: string },
): RelationId {
  const schemas = neighbours.map(({ relation }) => schemaOf(relation));
  const like = neighbours.find(({ relation }) => schemaOf(relation) === mostOften(schemas));
  const { database, schema } = relationParts(like?.relation ?? mart);
  return relationId({ database, schema, name });
}

function mannerOf(
  neighbours: readonly DbtModel[],
  { tests, dbtVersion = '' }: DbtProject,
): Pick<ModelHome, 'quote' | 'testsAre' | 'testsCombinations' | 'owner'> {
  const count = (pattern: RegExp) =>
    neighbours.filter(({ rawCode }) => pattern.test(rawCode)).length;
  const owners = new Set(neighbours.map(({ owner }) => owner));
  const [owner] = owners;
  const [, major = '1', minor = '8'] = /^(\d+)\.(\d+)/.exec(dbtVersion) ?? [];
  return {
    quote: count(/\b(ref|source)\s*\(\s*"/) > count(/\b(ref|source)\s*\(\s*'/) ? '"' : "'",
    testsAre: Number(major) > 1 || Number(minor) >= 8 ? 'data_tests' : 'tests',
    testsCombinations: tests.some(({ kind }) => kind === 'dbt_utils.unique_combination_of_columns'),
    ...(owners.size === 1 && owner !== undefined ? { owner } : {}),
  };
}

/** The file most of them are described in together, or the manner in which each has its own. */
function yamlOf(
  neighbours: readonly DbtModel[],
  { folder, name }: { readonly folder: string; readonly name: string },
): Pick<ModelHome, 'sharedYaml' | 'ownYaml'> {
  const described = neighbours.flatMap(({ name: of, patchPath: path }) =>
    path === undefined ? [] : [{ of, path }],
  );
  const isOwn = ({ of, path }: { readonly of: string; readonly path: string }) =>
    posix
      .basename(path)
      .replace(/^_+/, '')
      .replace(/\.ya?ml$/, '') === of;
  const own = described.find(isOwn);
  const shared = mostOften(described.filter((each) => !isOwn(each)).map(({ path }) => path));
  const like = own === undefined ? undefined : posix.basename(own.path);
  const extension = (like ?? shared ?? '').endsWith('.yaml') ? 'yaml' : 'yml';
  const begin = /^_+/.exec(like ?? '')?.[0] ?? '';
  return {
    ...(shared === undefined || own !== undefined ? {} : { sharedYaml: shared }),
    ownYaml: `${own === undefined ? folder : posix.dirname(own.path)}/${begin}${name}.${extension}`,
  };
}
