import type { Since } from '../../drift/sources-since.ts';
import { type DbtModel, type DbtProject, wordsOf } from '../../lineage/dbt/dbt-project.ts';
import type { SchemaIndex } from '../../sql/schema-index.ts';
import type { FileChange } from '../proposal.ts';
import { followDescribed, type Renamed } from './follow-described.ts';
import { followModel, type ModelFollow } from './follow-model.ts';
import type { ModelWorld } from './read-model.ts';
import { readQueries, renamesRead } from './renames-read.ts';

export interface FollowRequest extends Since {
  readonly project: DbtProject;
  /** Models that may say former names, each with the text of its file. */
  readonly models: readonly { readonly model: DbtModel; readonly source: string }[];
  /** The schema they were written for. */
  readonly before: SchemaIndex;
  /** As the schema is now. */
  readonly world: ModelWorld;
  /** The text of a file of the project as it is now; undefined where there is none. */
  readonly read: (path: string) => Promise<string | undefined>;
  /** Where the project lies in the repository; empty at its root. */
  readonly path: string;
}

/** What becomes of models whose sources have columns under new names: one question for all that read the same source. */
export type ProjectFollow =
  | {
      readonly kind: 'edit';
      readonly models: readonly DbtModel[];
      /** The models' files, then the YAML files that said the former names. */
      readonly files: readonly FileChange[];
      readonly renamed: readonly Renamed[];
    }
  | (Omit<Suggested, 'kind'> & {
      readonly kind: 'suggestion';
      readonly models: readonly DbtModel[];
    });

type Suggested = Extract<ModelFollow, { readonly kind: 'suggestion' }>;

interface Edited extends Extract<ModelFollow, { readonly kind: 'edit' }> {
  readonly model: DbtModel;
}

/**
 * Lets models of a project follow renamed source columns, all that read one source in one change together with the YAML files: merged alone,
 * each of them would leave the next `dbt build` red for the others. What is not sure comes back as a suggestion.
 */
export async function followRenames(request: FollowRequest): Promise<readonly ProjectFollow[]> {
  const follows: ProjectFollow[] = [];
  const edits: Edited[] = [];
  for (const { model, source } of request.models) {
    const follow = await followModel({ ...request, model, source });
    if (follow.kind === 'edit') {
      edits.push({ ...follow, model });
    } else if (follow.kind === 'suggestion') {
      follows.push({ ...follow, models: [model] });
    }
  }
  for (const group of bySource(edits)) {
    follows.push(await together(request, group));
  }
  return follows;
}

/** Edits that follow the same sources, directly or through others. */
function bySource(edits: readonly Edited[]): readonly (readonly Edited[])[] {
  let groups: readonly (readonly Edited[])[] = [];
  for (const edit of edits) {
    const sources = new Set(edit.renamed.map(({ relation }) => relation));
    const isBeside = (group: readonly Edited[]) =>
      group.some((one) => one.renamed.some(({ relation }) => sources.has(relation)));
    groups = [
      ...groups.filter((group) => !isBeside(group)),
      [...groups.filter(isBeside).flat(), edit],
    ];
  }
  return groups;
}

async function together(request: FollowRequest, group: readonly Edited[]): Promise<ProjectFollow> {
  const models = group.map(({ model }) => model);
  const all = group.flatMap((one) => one.renamed);
  const keys = all.map(({ relation, column }) => `${relation}.${column}`);
  const renamed = all.filter((_, at) => keys.indexOf(keys[at] ?? '') === at);
  const test = await singularTest(request, renamed);
  const described =
    test === undefined ? await followDescribed({ ...request, models, renamed }) : undefined;
  if (described?.kind !== 'files') {
    return {
      kind: 'suggestion',
      models,
      because: described?.because ?? `dbt test ${test} names what was renamed, too`,
      at: models.map(({ path }) => path).join(', '),
      renamed,
    };
  }
  const files = [...group.map(({ file }) => file), ...described.files];
  return { kind: 'edit', models, files, renamed };
}

/** A test with a SELECT of its own that names what was renamed: it would fail, whatever becomes of the model. */
async function singularTest(
  request: FollowRequest,
  renamed: readonly Renamed[],
): Promise<string | undefined> {
  const { project, world } = request;
  const of = new Set(renamed.map(({ relation }) => relation));
  const ids = new Set(
    project.sources.filter(({ relation }) => of.has(relation)).map(({ id }) => id),
  );
  const tests = project.tests.filter(
    ({ kind, dependsOn }) => kind === 'singular' && dependsOn.some((id) => ids.has(id)),
  );
  const queries = await readQueries(
    tests.map(({ compiledCode }) => compiledCode ?? ''),
    world,
  );
  const found = tests.find(({ rawCode }, at) => {
    const query = queries[at];
    const words = wordsOf(rawCode);
    return query === undefined
      ? renamed.some(({ column }) => words.has(column.toLowerCase()))
      : renamesRead(query, request).length > 0;
  });
  return found?.id.split('.')[2];
}
