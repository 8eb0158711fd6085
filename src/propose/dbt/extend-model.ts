import { sha256 } from '../../base/digest.ts';
import type { DbtModel, DbtProject } from '../../lineage/dbt/dbt-project.ts';
import { renderModel } from '../../lineage/dbt/render-model.ts';
import { toSource, withEdits } from '../../lineage/dbt/source-map.ts';
import type { NormalQuery } from '../../sql/normal-query.ts';
import type { FileChange } from '../proposal.ts';
import { additionOf } from './addition.ts';
import { appendItems } from './append-items.ts';
import { compareToModel } from './find-extendable.ts';
import { placeAdditions } from './place-additions.ts';
import { type ModelWorld, orUnreadable, readModel, textOf } from './read-model.ts';

export interface ExtendRequest {
  readonly project: DbtProject;
  /** What a mart would hold. */
  readonly wanted: NormalQuery;
  readonly world: ModelWorld;
  readonly read: (path: string) => Promise<string | undefined>;
  /** Where the project lies in the repository; empty at its root. */
  readonly path: string;
}

export type Extension =
  | {
      readonly kind: 'extended';
      readonly model: DbtModel;
      readonly added: readonly string[];
      readonly files: readonly FileChange[];
    }
  /** A model has all of it. */
  | { readonly kind: 'there'; readonly model: DbtModel }
  | { readonly kind: 'suggestion'; readonly model: DbtModel; readonly because: string }
  /** No model has these sources and this grain: a new one would have to be made. */
  | { readonly kind: 'none' };

/**
 * Looks for a model that has the rows a mart would have, and adds the columns it lacks: at the end of its last select list and in
 * the CTEs on the way. The edited text is read again and must be, column for column, what it was and what was wanted.
 */
export async function extendModel(request: ExtendRequest): Promise<Extension> {
  const { project, wanted, world, read } = request;
  let refused: Extension = { kind: 'none' };
  for (const model of project.models) {
    if (model.kind !== 'model' || model.package !== project.name) {
      continue;
    }
    const rendered = renderModel(model, { project, source: model.rawCode });
    if (rendered.kind === 'refused') {
      continue;
    }
    const before = await readModel(rendered.rendering.sql, world);
    if (before.kind === 'unread') {
      continue;
    }
    const compared = compareToModel(wanted, before.query);
    if (compared.kind === 'has all') {
      return { kind: 'there', model };
    }
    if (compared.kind === 'lacks') {
      const source = await read(model.path);
      const outcome = await extended({
        ...request,
        model,
        source: source ?? '',
        missing: compared.missing,
        before,
      });
      if (typeof outcome !== 'string') {
        return outcome;
      }
      refused = { kind: 'suggestion', model, because: outcome };
    }
  }
  return refused;
}

interface Extending extends ExtendRequest {
  readonly model: DbtModel;
  readonly source: string;
  readonly missing: Extract<ReturnType<typeof compareToModel>, { kind: 'lacks' }>['missing'];
  readonly before: Extract<Awaited<ReturnType<typeof readModel>>, { kind: 'read' }>;
}

async function extended(parts: Extending): Promise<Extension | string> {
  const { project, model, source, missing, before, wanted, world, path } = parts;
  const rendered = renderModel(model, { project, source });
  if (rendered.kind === 'refused') {
    return rendered.because;
  }
  const additions = missing.map((each) => additionOf(each, wanted));
  const because = additions.find((each) => typeof each === 'string');
  const text = textOf(rendered.rendering.sql, world);
  if (typeof text === 'string') {
    return `the structure of its text is not understood: ${text}`;
  }
  if (because !== undefined) {
    return because;
  }
  const plain = additions.filter((each) => typeof each !== 'string');
  const placed = orUnreadable(() =>
    placeAdditions(plain, { text, bound: before.bound, dialect: world.dialect.name }),
  );
  if (typeof placed === 'string') {
    return `there is ${placed} in its text`;
  }
  const edits = [...placed].flatMap(([select, items]) => appendItems(text.tokens, select, items));
  const sourceEdits = toSource(edits, rendered.rendering);
  if (sourceEdits.kind === 'refused') {
    return sourceEdits.because;
  }
  const after = await readModel(withEdits(rendered.rendering.sql, edits), world);
  const isAsMeant =
    after.kind === 'read' &&
    compareToModel(wanted, after.query).kind === 'has all' &&
    compareToModel(before.query, after.query).kind === 'has all' &&
    before.bound.outputs.every((name) => after.bound.outputs.includes(name)) &&
    after.bound.outputs.length === before.bound.outputs.length + plain.length;
  if (!isAsMeant) {
    return 'read again, the extended text would mean something else';
  }
  const file = path === '' ? model.path : `${path}/${model.path}`;
  return {
    kind: 'extended',
    model,
    added: plain.map(({ name }) => name),
    files: [{ path: file, text: withEdits(source, sourceEdits.edits), was: sha256(source) }],
  };
}
