import { adoptedCandidates } from '../adopted-candidates.ts';
import type { Enumerator } from '../enumeration.ts';

/** A gold table whose defining SELECT the operator handed over: the statements that name it go on unchanged. */
export const adoptedTable: Enumerator = {
  id: 'adopted-table',

  enumerate: (input) =>
    adoptedCandidates(input, {
      enumerator: 'adopted-table',
      listed: input.adoptable.filter(({ handedOver }) => handedOver !== undefined),
      understand({ view: relation, handedOver, columns }) {
        if (handedOver?.kind === 'unread') {
          return { because: handedOver.because };
        }
        const read = input.definitionOf(relation);
        if (handedOver === undefined || read === undefined || columns.length === 0) {
          return {
            because: 'it is listed as adoptable, but the catalog holds no table of that name',
          };
        }
        return read.sources.includes(relation)
          ? {
              because:
                'the definition handed over reads the table itself, so it cannot make it from nothing',
            }
          : { sql: handedOver.sql, read };
      },
    }),
};
