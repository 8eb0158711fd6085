import type { NormalQuery } from '../../sql/normal-query.ts';
import { quoteRelation } from '../../sql/print/quote-name.ts';
import type { Addition } from './addition.ts';
import { tablesIn } from './column-words.ts';
import { expandedIn, type ModelWorld, readModel } from './read-model.ts';

/**
 * The addition as a model can take it: where the model reads a view of the column's table, the view's own column. Left as it is
 * where the model reads the table itself, or no view or more than one hands the column on.
 */
export async function throughViews(
  addition: Addition,
  { model, world }: { readonly model: NormalQuery; readonly world: ModelWorld },
): Promise<Addition> {
  const { relation, column } = addition;
  const read = model.body.kind === 'block' ? tablesIn(model.body.block.from) : [];
  if (column === undefined || read.some((each) => each.relation === relation)) {
    return addition;
  }
  const ways: { readonly relation: typeof relation; readonly column: string }[] = [];
  for (const view of new Set(read.map((each) => each.relation))) {
    const name = quoteRelation(view, world.dialect.name);
    const whole = await readModel(`select * from ${name}`, expandedIn(world));
    if (whole.kind === 'read') {
      ways.push(
        ...outputsOf(whole.query, addition).map((each) => ({ relation: view, column: each })),
      );
    }
  }
  const [way, another] = ways;
  return way === undefined || another !== undefined ? addition : { ...addition, ...way };
}

/** Outputs that are the very column of the table. */
function outputsOf(
  { body, outputs }: NormalQuery,
  { relation, column }: Addition,
): readonly string[] {
  if (body.kind !== 'block') {
    return [];
  }
  const { from, items } = body.block;
  const occs = new Set(
    tablesIn(from)
      .filter((each) => each.relation === relation)
      .map(({ occ }) => occ),
  );
  return items.flatMap(({ expr, name }, at) =>
    expr.kind === 'ref' && occs.has(expr.occ) && expr.column === column
      ? [outputs[at] ?? name]
      : [],
  );
}
