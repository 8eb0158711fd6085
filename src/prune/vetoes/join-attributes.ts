import type { Veto } from '../veto.ts';

/** What others join by is needed by whoever reads anything of the other side. */
export const joinAttributes: Veto = {
  id: 'join-attributes',

  objects: ({ attribute, of }) =>
    of.joinedBy.has(attribute.name)
      ? { because: `${of.relation} is joined to others by it`, evidence: {} }
      : undefined,
};
