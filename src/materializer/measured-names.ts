import { namedAfter } from '../base/named-after.ts';
import { type RelationId, relationParts } from '../base/relation.ts';
import type { SlimForm } from '../marts/slim-form.ts';

/** The name under which a version is built only to be measured, and dropped again. */
export function measuredTable(table: RelationId): RelationId {
  return namedAfter(table, MEASURED);
}

/** Whether an object was made to measure a build of this version. */
export function isMeasured(relation: RelationId, table: RelationId): boolean {
  const made = relationParts(relation);
  const [suffix] = /__measured(__(rows|(side|pack)_[0-9]+))?$/i.exec(made.name) ?? [];
  const named = suffix === undefined ? undefined : relationParts(namedAfter(table, suffix));
  return made.name === named?.name && made.schema === named.schema;
}

/** A form under such names, whatever version it is of. */
export function measuredForm(form: SlimForm, table: RelationId): SlimForm {
  const lent = (what: string) => namedAfter(table, `${MEASURED}__${what}`);
  const sides = form.sides ?? [];
  const names = new Map([
    ...form.packs.map((pack, at) => [pack.table, lent(`pack_${at + 1}`)] as const),
    ...sides.map((side, at) => [side.table, lent(`side_${at + 1}`)] as const),
  ]);
  const lentOf = (relation: RelationId) => names.get(relation) ?? relation;
  return {
    ...form,
    rows: lent('rows'),
    packs: form.packs.map((pack) => ({ ...pack, table: lentOf(pack.table) })),
    ...(form.sides === undefined
      ? {}
      : { sides: sides.map((side) => ({ ...side, table: lentOf(side.table) })) }),
    attributes: form.attributes.map((attribute) => {
      switch (attribute.kind) {
        case 'packed':
          return { ...attribute, pack: lentOf(attribute.pack) };
        case 'beside':
          return { ...attribute, side: lentOf(attribute.side) };
        case 'stored':
        case 'tombstone':
          return attribute;
      }
    }),
  };
}

const MEASURED = '__measured';
