import { isFor } from '../../lineage/dbt/dbt-needs.ts';
import type { Veto } from '../veto.ts';

/** A model downstream, or a dashboard the project declares, is made of it: what it takes it needs, read lately or not. */
export const dbtDependents: Veto = {
  id: 'dbt-dependents',

  objects({ attribute, of }) {
    const need = of.dbt?.find(
      (each) => (each.kind === 'model' || each.kind === 'exposure') && isFor(each, attribute.name),
    );
    if (need === undefined) {
      return undefined;
    }
    const takes = need.columns === 'all' ? 'may take it' : 'takes it';
    return {
      because: `${need.who} ${takes}; ${need.advice}`,
      evidence: { dependent: need.who },
    };
  },
};
