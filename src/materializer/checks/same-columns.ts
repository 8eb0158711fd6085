import { columnsDiffer } from '../../prove/describe-query.ts';
import type { BuildCheck } from '../check.ts';

/** The table has the definition's columns by name and order; a differing type is cast back by the view. */
export const sameColumns: BuildCheck = {
  id: 'same-columns',

  async check({ definition, tableColumns }) {
    const names = tableColumns.map(({ name }, position) => ({
      name,
      type: definition.columns[position]?.type ?? '',
    }));
    const differing = columnsDiffer(definition.columns, names);
    return differing === undefined
      ? { kind: 'pass', evidence: { columns: tableColumns.length } }
      : {
          kind: 'fail',
          because: `the table does not have the definition's columns: ${differing}`,
          evidence: { columns: tableColumns.length },
        };
  },
};
