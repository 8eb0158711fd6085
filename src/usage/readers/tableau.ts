import type { Recogniser } from '../recogniser.ts';
import { tagOf } from '../recogniser.ts';

const ORIGINS = 'tableau-query-origins';

/** Tableau's query tag, `{"tableau-query-origins": {"dashboard": {"name": ...}, "worksheet": ...}}`, or its client's name. */
export const tableau: Recogniser = {
  id: 'tableau',

  recognise(asker) {
    if (asker.tags.tool !== 'tableau' && !asker.client.includes('tableau')) {
      return undefined;
    }
    const name =
      tagOf(
        asker,
        ...['dashboard', 'worksheet', 'workbook', 'datasource'].flatMap((level) => [
          `${ORIGINS}.${level}.name`,
          `${ORIGINS}.${level}.luid`,
          `${ORIGINS}.${level}`,
          level,
        ]),
      ) ?? asker.user;
    return { kind: 'dashboard', name: name === '' ? 'tableau' : name, tool: 'tableau' };
  },
};
