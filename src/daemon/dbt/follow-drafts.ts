import type { RelationId } from '../../base/relation.ts';
import type { DbtModel } from '../../lineage/dbt/dbt-project.ts';
import { demandOf } from '../../propose/body/demand-of.ts';
import { draftFollow } from '../../propose/dbt/draft-follow.ts';
import { draftMovedSource } from '../../propose/dbt/draft-moved-source.ts';
import { followRenames, type ProjectFollow } from '../../propose/dbt/follow-renames.ts';
import { subjectOfModel } from '../../propose/dbt/subject-of-model.ts';
import type { Draft } from '../../propose/proposal.ts';
import { indexSchema } from '../../sql/schema-index.ts';
import { type FormerWorld, formerWorlds } from '../drift/former-readings.ts';
import type { Engine } from '../engine.ts';
import { type DbtRead, projectText, withRelations } from './dbt-beside.ts';
import type { DraftParts } from './mart-drafts.ts';
import { waitsForDbt } from './waits-for-dbt.ts';

export interface Follows {
  readonly drafts: readonly Draft[];
  /** The models they are about, by what they make: nobody is asked anything else about those meanwhile. */
  readonly models: ReadonlySet<RelationId>;
}

/**
 * Questions about models of the project that still say the former names of columns that were renamed in the warehouse: the edit of their
 * files where it is sure, else a suggestion. And about sources whose table is under another name.
 */
export async function draftFollows(
  engine: Engine,
  { input, schema, signal, beside }: DraftParts & { readonly beside: DbtRead },
): Promise<Follows> {
  const own = new Set<string>(input.marts.map(({ definition }) => definition.relation));
  const { usage } = input;
  const drafts: Draft[] = [];
  const asked = new Map<string, RelationId>();
  for (const former of formerWorlds(engine, { schema, own })) {
    signal?.throwIfAborted();
    const readers = readersOf(former, beside).filter(({ model }) => !asked.has(model.id));
    for (const follow of await followsOf(engine, { readers, former, beside })) {
      follow.models.forEach((model) => asked.set(model.id, subjectOfModel(model)));
      drafts.push(draftFollow(follow, evidenceOf(engine, { models: follow.models, usage })));
    }
  }
  const moves = await draftMoves(engine, { own, schema, beside, usage });
  return { drafts: [...drafts, ...moves], models: new Set(asked.values()) };
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
      if (draft !== undefined) {
        drafts.set(source.id, draft);
      }
    }
  }
  return [...drafts.values()];
}

interface SourceReader {
  readonly model: DbtModel;
  /** What it reads of which a column was renamed. */
  readonly renamed: RelationId;
}

/** The project's own models that depend on a relation of which a column was renamed. */
function readersOf(
  { sources }: FormerWorld,
  { project }: Pick<DbtRead, 'project'>,
): readonly SourceReader[] {
  const renamed = new Set(
    sources.filter((source) => source.renamed.size > 0).map(({ is }) => is.id),
  );
  const byId = new Map(
    [...project.models, ...project.sources].flatMap(({ id, relation }) =>
      relation !== undefined && renamed.has(relation) ? [[id, relation] as const] : [],
    ),
  );
  return project.models.flatMap((model) => {
    const [first] = model.dependsOn.flatMap((id) => byId.get(id) ?? []).toSorted();
    const isOwn = project.name === '' || model.package === project.name;
    return first === undefined || !isOwn ? [] : [{ model, renamed: first }];
  });
}

async function followsOf(
  engine: Engine,
  {
    readers,
    former,
    beside: { project, world, ephemeral },
  }: {
    readonly readers: readonly SourceReader[];
    readonly former: FormerWorld;
    readonly beside: DbtRead;
  },
): Promise<readonly ProjectFollow[]> {
  const { config } = engine;
  const read = (path: string) => projectText(config.dbt.project ?? '', path);
  const models: { readonly model: DbtModel; readonly source: string }[] = [];
  for (const { model, renamed } of readers) {
    const source = await read(model.path);
    if (source !== undefined && !(await waitsForDbt(engine, { model, relation: renamed }))) {
      models.push({ model, source });
    }
  }
  const { sources, changes } = former;
  const { dialect } = world;
  const before = withRelations(indexSchema(former.schema, dialect), { more: ephemeral, dialect });
  const { path } = config.dbt;
  return followRenames({ project, models, before, world, sources, changes, read, path });
}

function evidenceOf(
  { priceCpu }: Pick<Engine, 'priceCpu'>,
  {
    models,
    usage,
  }: { readonly models: readonly DbtModel[]; readonly usage: DraftParts['input']['usage'] },
) {
  const each = models.map((model) =>
    demandOf({ relation: subjectOfModel(model), steps: [], usage, priceCpu }),
  );
  return {
    readers: [...new Set(each.flatMap(({ readers }) => readers))],
    runsPerDay: each.reduce((sum, { runsPerDay }) => sum + runsPerDay, 0),
  };
}
