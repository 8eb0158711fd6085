import { counted } from '../../base/counted.ts';
import type { BuildCheck } from '../check.ts';

export const sameRowCount: BuildCheck = {
  id: 'same-row-count',

  async check({ contents }) {
    const { logical, table } = await contents();
    const evidence = { logicalRows: logical.rows, tableRows: table.rows };
    return logical.rows === table.rows
      ? { kind: 'pass', evidence }
      : {
          kind: 'fail',
          because: `the definition returns ${counted(logical.rows, 'row')}, the table holds ${table.rows}`,
          evidence,
        };
  },
};
