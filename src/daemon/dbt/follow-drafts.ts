import type { DbtModel } from '../../lineage/dbt/dbt-project.ts';
import { demandOf } from '../../propose/body/demand-of.ts';
import { draftFollow } from '../../propose/dbt/draft-follow.ts';
import { draftMovedSource } from '../../propose/dbt/draft-moved-source.ts';
import { followModel } from '../../propose/dbt/follow-model.ts';
import { subjectOfModel } from '../../propose/dbt/subject-of-model.ts';
import type { Draft } from '../../propose/proposal.ts';
import { indexSchema } from '../../sql/schema-index.ts';
import { type FormerWorld, formerWorlds } from '../drift/former-readings.ts';
import type { Engine } from '../engine.ts';
import { type DbtRead, projectText } from './dbt-beside.ts';
import type { DraftParts } from './mart-drafts.ts';
import { waitsForDbt } from './waits-for-dbt.ts';

/**
 * Questions about models of the project that still say the former names of columns that were renamed in the warehouse: the edit of the
 * model's file where it is sure, else a suggestion.
 */
export async function draftFollows(
  engine: Engine,
  { input, schema, signal, beside }: DraftParts & { readonly beside: DbtRead },
): Promise<readonly Draft[]> {
  const own = new Set<string>(input.marts.map(({ definition }) => definition.relation));
  const drafts: Draft[] = [];
  const asked = new Set<string>();
  for (const former of formerWorlds(engine, { schema, own })) {
    for (const model of readersOf(former, beside)) {
      signal?.throwIfAborted();
      const draft = asked.has(model.id)
        ? undefined
        : await draftOf(engine, { model, former, beside, usage: input.usage });
      if (draft !== undefined) {
        asked.add(model.id);
        drafts.push(draft);
      }
    }
  }
  return [...drafts, ...(await draftMoves(engine, { own, schema, beside, usage: input.usage }))];
}

/** Sources whose table is under another name now, and no longer under the one dbt knows. */
async function draftMoves(
  engine: Engine,
  {
    own,
    schema,
    beside: { project, world },
    usage,
  }: Pick<DraftParts, 'schema'> & {
    readonly own: ReadonlySet<string>;
    readonly beside: DbtRead;
    readonly usage: DraftParts['input']['usage'];
  },
): Promise<readonly Draft[]> {
  const { config, priceCpu } = engine;
  const standing = new Set(world.schema.snapshot.relations.map(({ id }) => id));
  const drafts = new Map<string, Draft>();
  for (const { changes } of formerWorlds(engine, { schema, own })) {
    for (const source of project.sources) {
      const change = changes.find(
        (each) => each.kind === 'relation-moved' && each.relation === source.relation,
      );
      const isOpen =
        change?.kind === 'relation-moved' &&
        !standing.has(source.relation) &&
        standing.has(change.to) &&
        (project.name === '' || source.package === project.name);
      if (!isOpen || drafts.has(source.id)) {
        continue;
      }
      const { relation } = source;
      const draft = draftMovedSource({
        source,
        change,
        text: await projectText(config.dbt.project ?? '', source.path ?? ''),
        path: config.dbt.path,
        models: project.models
          .filter(({ dependsOn }) => dependsOn.includes(source.id))
          .map(({ name }) => name),
        ...demandOf({ relation, steps: [], usage, priceCpu }),
      });
      drafts.set(source.id, draft);
    }
  }
  return [...drafts.values()];
}

/** The project's own models that depend on a relation of which a column was renamed. */
function readersOf(
  { sources }: FormerWorld,
  { project }: Pick<DbtRead, 'project'>,
): readonly DbtModel[] {
  const renamed = new Set(
    sources.filter((source) => source.renamed.size > 0).map(({ is }) => is.id),
  );
  const ids = new Set(
    [...project.models, ...project.sources].flatMap(({ id, relation }) =>
      relation !== undefined && renamed.has(relation) ? [id] : [],
    ),
  );
  return project.models.filter(
    ({ dependsOn, package: from }) =>
      (project.name === '' || from === project.name) && dependsOn.some((id) => ids.has(id)),
  );
}

async function draftOf(
  engine: Engine,
  {
    model,
    former,
    beside: { project, world },
    usage,
  }: {
    readonly model: DbtModel;
    readonly former: FormerWorld;
    readonly beside: DbtRead;
    readonly usage: DraftParts['input']['usage'];
  },
): Promise<Draft | undefined> {
  const { config, priceCpu } = engine;
  const relation = subjectOfModel(model);
  const read = (path: string) => projectText(config.dbt.project ?? '', path);
  const source = await read(model.path);
  if (source === undefined || (await waitsForDbt(engine, { model, relation }))) {
    return undefined;
  }
  const follow = await followModel({
    project,
    model,
    source,
    before: indexSchema(former.schema, world.dialect),
    world,
    read,
    sources: former.sources,
    changes: former.changes,
    path: config.dbt.path,
  });
  const { readers, runsPerDay } = demandOf({ relation, steps: [], usage, priceCpu });
  return draftFollow(follow, { model, readers, runsPerDay });
}
