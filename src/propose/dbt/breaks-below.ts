import type { RelationId } from '../../base/relation.ts';
import { COMPARES_ALL } from '../../lineage/dbt/dbt-needs.ts';
import type { DbtModel, DbtProject } from '../../lineage/dbt/dbt-project.ts';
import { renderModel } from '../../lineage/dbt/render-model.ts';
import { indexSchema, type SchemaIndex } from '../../sql/schema-index.ts';
import { type ModelWorld, readModel } from './read-model.ts';

export interface BelowParts {
  readonly project: DbtProject;
  readonly world: ModelWorld;
}

interface Grown {
  readonly model: DbtModel;
  /** Its outputs that are new. */
  readonly added: readonly string[];
}

/**
 * What would no longer hold if a model gave more columns: a test that counts or compares all of them, a model below that unites them
 * with others, that finds one of their names twice, or that hands them on by a `*` under an enforced contract. Undefined where nothing does.
 */
export async function breaksBelow(
  { project, world }: BelowParts,
  first: Grown,
): Promise<string | undefined> {
  const open: Grown[] = [first];
  let { schema } = world;
  for (let grown = open.shift(); grown !== undefined; grown = open.shift()) {
    const { model, added } = grown;
    const test = project.tests.find(
      ({ kind, dependsOn }) => COMPARES_ALL.test(kind) && dependsOn.includes(model.id),
    );
    if (test !== undefined) {
      return `dbt test ${test.kind} looks at all columns of ${model.name}`;
    }
    const before = { ...world, schema };
    schema = withColumns(schema, { relation: model.relation, added, world });
    for (const below of project.models.filter(({ dependsOn }) => dependsOn.includes(model.id))) {
      const change = await changeOf(below, { project, before, after: { ...world, schema } });
      if (typeof change === 'string') {
        return change;
      }
      if (change.length > 0) {
        open.push({ model: below, added: change });
      }
    }
  }
  return undefined;
}

/** The outputs a model gets because what it reads has more; why it does not go on, where it does not. */
async function changeOf(
  model: DbtModel,
  { project, before, after }: { project: DbtProject; before: ModelWorld; after: ModelWorld },
): Promise<readonly string[] | string> {
  const rendered = renderModel(model, { project, source: model.rawCode });
  if (rendered.kind === 'refused') {
    return [];
  }
  const { sql } = rendered.rendering;
  const was = await readModel(sql, before);
  if (was.kind === 'unread') {
    return [];
  }
  const is = await readModel(sql, after);
  if (is.kind === 'unread') {
    return `dbt model ${model.name} reads it, and would not go on with another column: ${is.because}`;
  }
  const given = new Set(was.bound.outputs);
  const more = is.bound.outputs.filter((name) => !given.has(name));
  return more.length > 0 && model.hasContract
    ? `dbt model ${model.name} hands all of it on, and its contract is enforced`
    : more;
}

function withColumns(
  { snapshot }: SchemaIndex,
  {
    relation,
    added,
    world,
  }: {
    readonly relation: RelationId | undefined;
    readonly added: readonly string[];
    readonly world: ModelWorld;
  },
): SchemaIndex {
  const moreThan = (columns: readonly { readonly name: string }[]) =>
    added
      .filter((name) => !columns.some((each) => each.name.toLowerCase() === name.toLowerCase()))
      .map((name) => ({ name, type: '', notNull: false }));
  return indexSchema(
    {
      ...snapshot,
      relations: snapshot.relations.map((each) =>
        each.id === relation
          ? { ...each, columns: [...each.columns, ...moreThan(each.columns)] }
          : each,
      ),
    },
    world.dialect,
  );
}
