import type { Veto } from '../veto.ts';

/** A person asked for it back. */
export const keptByPerson: Veto = {
  id: 'kept-by-person',

  objects: ({ attribute, keptByPerson: kept }) =>
    kept.has(attribute.name)
      ? { because: 'a person asked for it back with `goldsmith restore`', evidence: {} }
      : undefined,
};
