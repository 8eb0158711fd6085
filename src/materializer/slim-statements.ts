import type { RelationId } from '../base/relation.ts';
import type { Wording } from '../connectors/wording.ts';
import type { MartColumn } from '../marts/mart.ts';
import type { SlimForm } from '../marts/slim-form.ts';
import { selectBeside } from './select-beside.ts';

type SlimWording = Pick<Wording, 'names' | 'lookups' | 'staged'>;

export interface SlimView {
  readonly columns: readonly MartColumn[];
  readonly wording: SlimWording;
}

/** Every attribute of a slim version, by name, order and type as the contract has them. */
export function selectSlim(form: SlimForm, { columns, wording }: SlimView): string {
  const { names, lookups } = wording;
  return lookups === undefined
    ? selectPacked(form, { columns, names })
    : selectBeside(form, { columns, names, lookups });
}

/** Packs have one row each, so the product with them adds none, and a planner reads only the lists that are asked for. */
function selectPacked(
  form: SlimForm,
  { columns, names }: Pick<SlimView, 'columns'> & Pick<SlimWording, 'names'>,
): string {
  const alias = new Map(form.packs.map((pack, at) => [pack.table, `p${at + 1}`]));
  const position = new Map(form.packs.map((pack) => [pack.table, pack.position]));
  const valueOf = (attribute: SlimForm['attributes'][number]): string => {
    switch (attribute.kind) {
      case 'stored':
        return `v.${names.quote(attribute.name)}`;
      case 'packed': {
        const at = `v.${names.quote(position.get(attribute.pack) ?? '')}`;
        return `${alias.get(attribute.pack) ?? ''}.${names.quote(attribute.name)}[${at}]`;
      }
      case 'beside':
        throw new TypeError(
          `${attribute.name} lies in a side table, and here nothing is looked up`,
        );
      case 'tombstone':
        return `error(${names.text(attribute.message)})`;
    }
  };
  const items = form.attributes.map((attribute, at) => {
    const type = columns[at]?.type ?? '';
    return `cast(${valueOf(attribute)} as ${type}) as ${names.quote(attribute.name)}`;
  });
  const sources = [
    `${names.relation(form.rows)} as v`,
    ...form.packs.map((pack) => `${names.relation(pack.table)} as ${alias.get(pack.table) ?? ''}`),
  ];
  return `select ${items.join(',\n  ')}\nfrom ${sources.join(', ')}`;
}

/**
 * The same with a condition that holds for all rows or none, where what lies beside them is joined. It has to stand on the rows alone: a
 * planner that finds it above the joins keeps all of them, whoever asks for nothing of theirs.
 */
export function joinedBeside(
  form: SlimForm | undefined,
  { columns, wording, gate }: SlimView & { readonly gate: string },
): string | undefined {
  const { names, lookups } = wording;
  return form === undefined || lookups?.unique === undefined
    ? undefined
    : selectBeside(form, { columns, names, lookups, gate });
}

/** The version's own name: a view that gives every attribute. */
export function createSlimView(
  table: RelationId,
  {
    form,
    columns,
    comment,
    wording,
  }: SlimView & { readonly form: SlimForm; readonly comment: string | undefined },
): string {
  const { names, staged } = wording;
  const select = selectSlim(form, { columns, wording });
  const listed = columns.map(({ name }) => ({ name, comment: undefined }));
  return staged === undefined
    ? `create view ${names.relation(table)} as\n${select}`
    : staged.createView({ relation: table, select, comment, columns: listed, options: [] });
}

/** Makes the keys of its side tables unique, where joins to them rest on that; the last statements of a version. */
export function uniqueKeys(
  form: SlimForm | undefined,
  { lookups }: Pick<SlimWording, 'lookups'>,
): readonly string[] {
  return (form?.sides ?? []).flatMap(({ table, keys }) => lookups?.unique?.(table, keys) ?? []);
}

/** The stored attributes and positions, as the rows of a slim version have them. */
export function rowColumns(
  { attributes, packs }: SlimForm,
  columns: readonly MartColumn[],
): readonly MartColumn[] {
  return [
    ...columns.filter((_, at) => attributes[at]?.kind === 'stored'),
    ...packs.map(({ position }) => ({ name: position, type: 'INTEGER' })),
  ];
}
