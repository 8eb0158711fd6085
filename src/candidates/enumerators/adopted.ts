import { adoptedCandidates } from '../adopted-candidates.ts';
import type { Enumerator } from '../enumeration.ts';

/** A gold view somebody else wrote, materialized as it is: the statements that name it get faster unchanged. */
export const adopted: Enumerator = {
  id: 'adopted',

  enumerate: (input) =>
    adoptedCandidates(input, {
      enumerator: 'adopted',
      listed: input.adoptable.filter(({ handedOver }) => handedOver === undefined),
      understand({ view, sql }) {
        const read = input.definitionOf(view);
        return sql === undefined || read === undefined
          ? {
              because:
                'it is listed as adoptable, but the catalog holds no view of that name we can read',
            }
          : { sql: sql.trim().replace(/;\s*$/, ''), read };
      },
    }),
};
