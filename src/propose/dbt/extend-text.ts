import { sha256 } from '../../base/digest.ts';
import type { DbtModel } from '../../lineage/dbt/dbt-project.ts';
import { mayCompileTo, renderModel } from '../../lineage/dbt/render-model.ts';
import { type TextEdit, toSource, withEdits } from '../../lineage/dbt/source-map.ts';
import { type Addition, additionOf } from './addition.ts';
import { appendItems } from './append-items.ts';
import { breaksBelow } from './breaks-below.ts';
import { columnWords } from './column-words.ts';
import { describeAdded } from './describe-added.ts';
import type { ExtendRequest, Extension } from './extend-model.ts';
import { compareToModel, type Missing } from './find-extendable.ts';
import { placeAdditions } from './place-additions.ts';
import { expandedIn, orUnreadable, readModel, textOf } from './read-model.ts';
import { storeAsTable } from './store-as-table.ts';
import { throughViews } from './through-views.ts';

export interface ExtendText extends ExtendRequest {
  readonly model: DbtModel;
  /** May be none. */
  readonly missing: readonly Missing[];
  /** The model is a view, and is to be a table. */
  readonly makesTable: boolean;
}

type Extended = Extract<Extension, { readonly kind: 'extended' }>;

/** Writes the missing columns into one model; why not, in words, where that cannot be done for certain. */
export async function extendText(parts: ExtendText): Promise<Extended | string> {
  const { project, model, missing, wanted, world } = parts;
  const source = await parts.read(model.path);
  const rendered = source === undefined ? undefined : renderModel(model, { project, source });
  if (source === undefined || rendered === undefined) {
    return 'its file is not there';
  }
  if (rendered.kind === 'refused') {
    return rendered.because;
  }
  const { sql } = rendered.rendering;
  const before = await readModel(sql, world);
  const structure = textOf(sql, world);
  if (before.kind === 'unread') {
    return `its text is not understood: ${before.because}`;
  }
  if (typeof structure === 'string') {
    return `the structure of its text is not understood: ${structure}`;
  }
  const additions = missing.map((each) => additionOf(each, wanted));
  const because = additions.find((each) => typeof each === 'string');
  if (because !== undefined) {
    return because;
  }
  const plain: readonly Addition[] = await Promise.all(
    additions.flatMap((each) =>
      typeof each === 'string' ? [] : [throughViews(each, { model: before.query, world })],
    ),
  );
  const placed = orUnreadable(() =>
    placeAdditions(plain, { text: structure, bound: before.bound, dialect: world.dialect.name }),
  );
  if (typeof placed === 'string') {
    return `there is ${placed} in its text`;
  }
  const edits = [...placed].flatMap(([select, items]) =>
    appendItems(structure.tokens, select, items),
  );
  const sourceEdits = toSource(edits, rendered.rendering);
  if (sourceEdits.kind === 'refused') {
    return sourceEdits.because;
  }
  const compiled = withEdits(sql, edits);
  const inFile = withEdits(source, sourceEdits.edits);
  if (!mayCompileTo(model, { project, source: inFile, sql: compiled })) {
    return 'the extended file would not compile to what was looked at';
  }
  const after = await readModel(compiled, world);
  const whole = await readModel(compiled, expandedIn(world));
  const compared = whole.kind === 'read' ? compareToModel(wanted, whole.query) : undefined;
  if (
    after.kind === 'unread' ||
    compared?.kind !== 'has all' ||
    compareToModel(before.query, after.query).kind !== 'has all' ||
    after.bound.outputs.length !== before.bound.outputs.length + plain.length
  ) {
    return 'read again, the extended text would mean something else';
  }
  if (!before.bound.outputs.every((name, at) => after.bound.outputs[at] === name)) {
    return 'a new column would stand before others, which change their places';
  }
  const added = after.bound.outputs.slice(before.bound.outputs.length);
  const broken = added.length === 0 ? undefined : await breaksBelow(parts, { model, added });
  if (broken !== undefined) {
    return broken;
  }
  const edited = withEdits(
    source,
    sourceEdits.edits.flatMap((edit) => afterComment(edit, source)),
  );
  const stored = parts.makesTable
    ? storeAsTable(edited)
    : ({ kind: 'text', text: edited } as const);
  if (stored.kind === 'refused') {
    return stored.because;
  }
  return withDescription(parts, {
    source,
    text: stored.text,
    added: compared.names.filter(({ wanted: name }) => missing.some((each) => each.name === name)),
  });
}

/** New lines come after what a Jinja comment says of the line before; its comma stays where it is. */
function afterComment(edit: TextEdit, source: string): readonly TextEdit[] {
  const [comment] =
    /^[ \t]*\{#(?:(?!#\})[^\n])*#\}(?=[ \t]*\r?\n)/.exec(source.slice(edit.end)) ?? [];
  const lines = /^,?(?=\r?\n)/.exec(edit.text)?.[0];
  if (comment === undefined || lines === undefined) {
    return [edit];
  }
  const after = edit.end + comment.length;
  return [
    { ...edit, text: lines },
    { start: after, end: after, text: edit.text.slice(lines.length) },
  ];
}

interface Written {
  readonly source: string;
  readonly text: string;
  /** Each by the name that was wanted, and by the one the model gives it. */
  readonly added: readonly { readonly wanted: string; readonly model: string }[];
}

async function withDescription(
  { model, wanted, types, read, path: root, makesTable }: ExtendText,
  { source, text, added }: Written,
): Promise<Extended | string> {
  const { path, patchPath, hasContract } = model;
  const changed = (at: string, was: string, now: string) => ({
    path: root === '' ? at : `${root}/${at}`,
    text: now,
    was: sha256(was),
  });
  const files = [changed(path, source, text)];
  const names = added.map((each) => each.model);
  const yaml = patchPath === undefined ? undefined : await read(patchPath);
  if (patchPath === undefined || yaml === undefined) {
    return hasContract
      ? 'its contract is enforced, and the file that describes it is not there'
      : { kind: 'extended', model, added: names, makesTable, files, isDescribed: false };
  }
  const words = columnWords(wanted);
  const described = describeAdded({
    text: yaml,
    model: model.name,
    columns: added.map((each) => ({
      name: each.model,
      type: types?.get(each.wanted) ?? '',
      words: words.get(each.wanted),
    })),
    hasContract,
  });
  if (described.kind === 'refused') {
    return `${patchPath}: ${described.because}`;
  }
  const isDescribed = described.text !== yaml;
  const more = isDescribed ? [changed(patchPath, yaml, described.text)] : [];
  return {
    kind: 'extended',
    model,
    added: names,
    makesTable,
    files: [...files, ...more],
    isDescribed,
  };
}
