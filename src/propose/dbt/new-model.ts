import type { RelationId } from '../../base/relation.ts';
import type { DbtProject } from '../../lineage/dbt/dbt-project.ts';
import { renderModel } from '../../lineage/dbt/render-model.ts';
import type { Facts } from '../../marts/facts.ts';
import type { MartDefinition } from '../../marts/mart.ts';
import { wholeKey } from '../../sql/match/whole-key.ts';
import type { NormalQuery } from '../../sql/normal-query.ts';
import { updateContract } from '../contract/update-contract.ts';
import { contractOf } from '../files/contract-of.ts';
import { newDbtModel } from '../files/dbt-model.ts';
import { martPath } from '../files/mart-path.ts';
import type { FileSettings } from '../files/settings.ts';
import type { FileChange } from '../proposal.ts';
import { columnWords, groupedBy, neverNull } from './column-words.ts';
import { homeOf, type ModelHome, nameInProject } from './model-home.ts';
import { expandedIn, type ModelWorld, readModel } from './read-model.ts';
import { readableAliases } from './readable-aliases.ts';
import { throughStaging } from './through-staging.ts';

export interface NewModelRequest {
  readonly project: DbtProject;
  readonly definition: MartDefinition;
  /** The definition's statement, read. */
  readonly query: NormalQuery;
  /** The same, with views as what they read. */
  readonly whole: NormalQuery;
  readonly world: ModelWorld;
  readonly facts: Facts;
  readonly read: (path: string) => Promise<string | undefined>;
  /** Where the project lies in the repository; empty at its root. */
  readonly path: string;
  /** Where data contracts lie. */
  readonly files: FileSettings;
  /** Whether it pays as a table; else it is one definition for all. */
  readonly isStored: boolean;
}

export type NewModel =
  | {
      readonly kind: 'new';
      readonly name: string;
      /** What dbt will make of it. */
      readonly relation: RelationId;
      readonly materialized: 'table' | 'view';
      readonly files: readonly FileChange[];
      /** What dbt will test of it, in words. */
      readonly tested: readonly string[];
    }
  | { readonly kind: 'no-place'; readonly because: string };

/**
 * A mart as a new model of the dbt project that makes its sources: the file, its description with tests and contract, and the data
 * contract beside those of marts. With its references followed, the file must be the very query the mart is.
 */
export async function newModel(request: NewModelRequest): Promise<NewModel> {
  const { project, definition, query, world, facts, read, isStored } = request;
  const { relation: mart, sources } = definition;
  const home = homeOf({ project, mart, sources });
  if ('because' in home) {
    return { kind: 'no-place', because: home.because };
  }
  const key = groupedBy(query);
  const notNull = neverNull(query, (relation, column) =>
    facts.notNull.some((each) => each.relation === relation && each.column === column),
  );
  const shared = home.sharedYaml === undefined ? undefined : await read(home.sharedYaml);
  const described =
    home.sharedYaml === undefined || shared === undefined
      ? {}
      : { describedIn: { path: home.sharedYaml, text: shared } };
  const materialized = isStored ? 'table' : 'view';
  const write = (statement: Statement) =>
    newDbtModel({
      ...home,
      ...described,
      definition: { ...definition, ...statement },
      dialect: world.dialect,
      nodeOf: (relation) => nameInProject(project, relation),
      key,
      notNull,
      docs: columnWords(query),
      materialized,
      testsAre: testsAre(home, shared),
    });
  const made = await firstThatHolds(await waysToWrite(request), { write, request });
  if ('because' in made) {
    return { kind: 'no-place', because: made.because };
  }
  const because = await whyNot(made.files, request);
  if (because !== undefined) {
    return { kind: 'no-place', because };
  }
  return {
    kind: 'new',
    name: home.name,
    relation: home.relation,
    materialized,
    files: [
      ...made.files.map((file) => inRepository(file, request)),
      ...contractFiles(request, { home, key }),
    ],
    tested: testedOf({ key, notNull, home }),
  };
}

type Statement = Pick<MartDefinition, 'sql' | 'sources'>;
type Made = ReturnType<typeof newDbtModel>;

/** As a person of this project would first; as it was printed last. */
async function waysToWrite({
  definition,
  project,
  world,
}: NewModelRequest): Promise<readonly Statement[]> {
  const staged = await throughStaging(definition, { project, world });
  return [...(staged === undefined ? [] : [staged]), definition].flatMap((each) => [
    { sources: each.sources, sql: readableAliases(each, world.dialect) },
    { sources: each.sources, sql: each.sql },
  ]);
}

async function firstThatHolds(
  ways: readonly Statement[],
  {
    write,
    request,
  }: { readonly write: (statement: Statement) => Made; readonly request: NewModelRequest },
): Promise<Made> {
  let last: Made = { because: 'it has no statement' };
  for (const way of ways) {
    last = write(way);
    if ('files' in last && (await isAsMeant(last.files, request))) {
      return last;
    }
  }
  return last;
}

/** As the file beside says it, whatever the version of dbt. */
function testsAre({ testsAre: by }: ModelHome, shared = ''): ModelHome['testsAre'] {
  const [isNew, isOld] = [/^\s+(- )?data_tests:/m, /^\s+(- )?tests:/m].map((each) =>
    each.test(shared),
  );
  return isNew === isOld ? by : isNew === true ? 'data_tests' : 'tests';
}

/** Nothing is written over, and the file says what the mart's statement says. */
async function whyNot(
  files: readonly FileChange[],
  request: NewModelRequest,
): Promise<string | undefined> {
  for (const { path, was } of files) {
    if (was === '' && (await request.read(path)) !== undefined) {
      return `there is a file ${path} already`;
    }
  }
  return (await isAsMeant(files, request))
    ? undefined
    : 'with its references followed, the file would not be read as the same query';
}

async function isAsMeant(
  files: readonly FileChange[],
  { project, whole, world }: NewModelRequest,
): Promise<boolean> {
  const rendered = renderNew(files[0]?.text ?? '', project);
  const again =
    rendered?.kind === 'rendered'
      ? await readModel(rendered.rendering.sql, expandedIn(world))
      : undefined;
  return (
    again?.kind === 'read' &&
    wholeKey(again.query) === wholeKey(whole) &&
    again.query.outputs.join() === whole.outputs.join()
  );
}

/** As one of the models there are would be read, had it this text. */
function renderNew(source: string, project: DbtProject) {
  const like = project.models.find(
    (each) => each.kind === 'model' && each.package === project.name,
  );
  if (like === undefined) {
    return undefined;
  }
  const { compiledCode: _of, ...model } = like;
  const named = { ...model, rawCode: source, language: 'sql', materialized: 'table' };
  return renderModel(named, { project, source });
}

function inRepository(file: FileChange, { path }: NewModelRequest): FileChange {
  return { ...file, path: path === '' ? file.path : `${path}/${file.path}` };
}

/** It promises columns, types and keys; how fresh it is follows from when dbt runs, and is nobody's promise here. */
function contractFiles(
  { definition, files: settings, isStored }: NewModelRequest,
  { home, key }: { readonly home: ModelHome; readonly key: readonly string[] | undefined },
): readonly FileChange[] {
  const { maxStalenessMs: _ours, ...wanted } = contractOf(definition, {
    mart: undefined,
    tombstoned: new Set(),
    isStored,
    owner: home.owner ?? settings.owner,
    key,
  });
  const written = updateContract({
    text: undefined,
    wanted: { ...wanted, relation: home.relation },
  });
  const path = martPath(settings.contracts, home.relation);
  return written.kind === 'written' ? [{ path, text: written.text, was: '' }] : [];
}

function testedOf({
  key = [],
  notNull,
  home,
}: {
  readonly key: readonly string[] | undefined;
  readonly notNull: ReadonlySet<string>;
  readonly home: ModelHome;
}): readonly string[] {
  const isKeyTested = key.length === 1 || (key.length > 1 && home.testsCombinations);
  return [
    ...(isKeyTested ? [`no two rows agree on ${key.join(', ')}`] : []),
    ...(notNull.size === 0 ? [] : [`never null: ${[...notNull].join(', ')}`]),
  ];
}
