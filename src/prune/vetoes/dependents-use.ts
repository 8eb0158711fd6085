import type { Veto } from '../veto.ts';

/** Dependents are readers (law 7): a view or model made of the relation takes it. */
export const dependentsUse: Veto = {
  id: 'dependents-use',

  objects({ attribute, of }) {
    const dependent = of.dependents.find(
      ({ attributes }) => attributes === 'all' || attributes.has(attribute.name),
    );
    if (dependent === undefined) {
      return undefined;
    }
    const how = dependent.attributes === 'all' ? 'may take it (it is not understood)' : 'takes it';
    return {
      because: `${dependent.relation} ${how}; change that first`,
      evidence: { dependent: dependent.relation },
    };
  },
};
