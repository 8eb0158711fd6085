import { type RelationId, relationId, relationParts } from '../base/relation.ts';
import type { SlimForm } from '../marts/slim-form.ts';

/** The name under which a version is built only to be measured, and dropped again. */
export function measuredTable(table: RelationId): RelationId {
  return behind(table, MEASURED);
}

/** Whether an object was made to measure a build of this version: all their names begin alike. */
export function isMeasured(relation: RelationId, table: RelationId): boolean {
  const [made, measured] = [relationParts(relation), relationParts(measuredTable(table))];
  return (
    made.schema === measured.schema &&
    (made.name === measured.name || made.name.startsWith(`${measured.name}__`))
  );
}

/** A form under such names, whatever version it is of. */
export function measuredForm(form: SlimForm, table: RelationId): SlimForm {
  const lent = measuredTable(table);
  const sides = form.sides ?? [];
  const names = new Map([
    ...form.packs.map((pack, at) => [pack.table, behind(lent, `__pack_${at + 1}`)] as const),
    ...sides.map((side, at) => [side.table, behind(lent, `__side_${at + 1}`)] as const),
  ]);
  const lentOf = (relation: RelationId) => names.get(relation) ?? relation;
  return {
    ...form,
    rows: behind(lent, '__rows'),
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

function behind(relation: RelationId, suffix: string): RelationId {
  const parts = relationParts(relation);
  return relationId({ ...parts, name: `${parts.name}${suffix}` });
}
