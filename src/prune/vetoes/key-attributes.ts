import type { Veto } from '../veto.ts';

/** Without its key nobody could tell the rows apart, nor join them. */
export const keyAttributes: Veto = {
  id: 'key-attributes',

  objects: ({ attribute, of }) =>
    of.keys.has(attribute.name)
      ? { because: `it is part of a key of ${of.relation}`, evidence: { keys: of.keys.size } }
      : undefined,
};
