import { isFor } from '../../lineage/dbt/dbt-needs.ts';
import type { Veto } from '../veto.ts';

/** A test, a contract, a constraint or a semantic model of the dbt project names it: somebody promised it to somebody. */
export const dbtPromises: Veto = {
  id: 'dbt-promises',

  objects({ attribute, of }) {
    const need = of.dbt?.find(
      (each) => each.kind !== 'model' && each.kind !== 'exposure' && isFor(each, attribute.name),
    );
    return need === undefined
      ? undefined
      : {
          because: `${need.who} names it (${need.kind}); ${need.advice}`,
          evidence: { by: need.who, kind: need.kind },
        };
  },
};
