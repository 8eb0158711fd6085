import type { Recogniser } from '../recogniser.ts';
import { tagOf } from '../recogniser.ts';

/** Our own statements carry our tag: `goldsmith='build'`. */
export const ownStatements: Recogniser = {
  id: 'own-statements',

  recognise(asker) {
    return tagOf(asker, 'goldsmith') === undefined
      ? undefined
      : { kind: 'goldsmith', name: 'goldsmith', tool: 'goldsmith' };
  },
};
