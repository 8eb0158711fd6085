import type { DbtModel, DbtProject } from '../../lineage/dbt/dbt-project.ts';
import { renderModel } from '../../lineage/dbt/render-model.ts';
import type { NormalQuery } from '../../sql/normal-query.ts';
import type { FileChange } from '../proposal.ts';
import { tablesIn } from './column-words.ts';
import { extendText } from './extend-text.ts';
import { type Comparison, compareToModel, type Missing } from './find-extendable.ts';
import { stages } from './model-home.ts';
import { expandedIn, type ModelWorld, type ReadModel, readModel } from './read-model.ts';

export interface ExtendRequest {
  readonly project: DbtProject;
  /** What a mart would hold, read with views as what they read where the world says what that is. */
  readonly wanted: NormalQuery;
  /** The types of its columns, as the warehouse writes them. */
  readonly types?: ReadonlyMap<string, string>;
  readonly world: ModelWorld;
  readonly read: (path: string) => Promise<string | undefined>;
  /** Where the project lies in the repository; empty at its root. */
  readonly path: string;
  /** What is wanted pays by being stored: a view that has it all is no answer, unless it is made a table. */
  readonly isStored?: boolean;
  /** Models read before, by id: the same project is asked for mart after mart. */
  readonly known?: Map<string, ReadModel>;
}

export type Extension =
  | {
      readonly kind: 'extended';
      readonly model: DbtModel;
      /** None where it has them all. */
      readonly added: readonly string[];
      /** It was a view, and is to be a table. */
      readonly makesTable: boolean;
      /** The model's file, and its description where its columns are described. */
      readonly files: readonly FileChange[];
      readonly isDescribed: boolean;
    }
  /** A model has all of it, under these names where they differ. */
  | {
      readonly kind: 'there';
      readonly model: DbtModel;
      readonly names: readonly { readonly wanted: string; readonly model: string }[];
    }
  | {
      readonly kind: 'suggestion';
      readonly model: DbtModel;
      readonly lacks: readonly string[];
      readonly because: string;
    }
  /** No model has these sources and this grain: a new one would have to be made. */
  | {
      readonly kind: 'none';
      /** Models that may have them and are not understood, by name. */
      readonly unread: readonly string[];
    };

/**
 * Looks for a model that has the rows a mart would have, and adds the columns it lacks: at the end of its last select list and in
 * the CTEs on the way, and to its description. The edited text is read again and must be, column for column, what it was and what
 * was wanted; and every model that reads it must be read as before.
 */
export async function extendModel(request: ExtendRequest): Promise<Extension> {
  const readings = request.known ?? new Map<string, ReadModel>();
  const found: Found[] = [];
  for (const model of request.project.models) {
    const compared = await comparisonWith(model, { ...request, known: readings });
    if (
      compared.kind !== 'other' &&
      !(request.isStored === true && stages(model, request.project))
    ) {
      found.push({ model, compared });
    }
  }
  const needsTable = ({ model }: Found) =>
    request.isStored === true && model.materialized === 'view';
  let refused: Extension | undefined;
  for (const each of found.toSorted(
    (a, b) =>
      Number(needsTable(a)) - Number(needsTable(b)) || lacksOf(a).length - lacksOf(b).length,
  )) {
    const { model, compared } = each;
    if (compared.kind === 'has all' && !needsTable(each)) {
      const names = compared.names.filter(({ wanted, model: own }) => wanted !== own);
      return { kind: 'there', model, names };
    }
    const missing = lacksOf(each);
    const outcome = await extendText({ ...request, model, missing, makesTable: needsTable(each) });
    if (typeof outcome !== 'string') {
      return outcome;
    }
    const lacks = missing.map(({ name }) => name);
    refused ??= { kind: 'suggestion', model, lacks, because: outcome };
  }
  const below = idsBelow(request);
  const unread = request.project.models.filter(
    ({ id }) => readings.get(id)?.kind === 'unread' && below.has(id),
  );
  return refused ?? { kind: 'none', unread: unread.map(({ name }) => name) };
}

/** Models that are made, directly or not, of something that is wanted. */
function idsBelow({ project, wanted }: ExtendRequest): ReadonlySet<string> {
  const tables = wanted.body.kind === 'block' ? tablesIn(wanted.body.block.from) : [];
  const relations = new Set(tables.map(({ relation }) => relation));
  const open = [...project.sources, ...project.models].flatMap(({ id, relation }) =>
    relation !== undefined && relations.has(relation) ? [id] : [],
  );
  const below = new Set<string>();
  for (let from = open.pop(); from !== undefined; from = open.pop()) {
    for (const { id, dependsOn } of project.models) {
      if (dependsOn.includes(from) && !below.has(id)) {
        below.add(id);
        open.push(id);
      }
    }
  }
  return below;
}

interface Found {
  readonly model: DbtModel;
  readonly compared: Exclude<Comparison, { readonly kind: 'other' }>;
}

function lacksOf({ compared }: Found): readonly Missing[] {
  return compared.kind === 'lacks' ? compared.missing : [];
}

async function comparisonWith(
  model: DbtModel,
  request: ExtendRequest & { readonly known: Map<string, ReadModel> },
): Promise<Comparison> {
  const { project, wanted, known } = request;
  if (model.kind !== 'model' || model.package !== project.name || model.relation === undefined) {
    return { kind: 'other' };
  }
  const before = known.get(model.id) ?? (await readWhole(model, request));
  known.set(model.id, before);
  return before.kind === 'read' ? compareToModel(wanted, before.query) : { kind: 'other' };
}

async function readWhole(
  model: DbtModel,
  { project, world }: Pick<ExtendRequest, 'project' | 'world'>,
): Promise<ReadModel> {
  const rendered = renderModel(model, { project, source: model.rawCode });
  return rendered.kind === 'refused'
    ? { kind: 'unread', because: rendered.because }
    : readModel(rendered.rendering.sql, expandedIn(world));
}
