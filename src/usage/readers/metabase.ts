import type { Recogniser } from '../recogniser.ts';
import { tagOf } from '../recogniser.ts';

/**
 * `-- Metabase:: userID: 1 queryType: MBQL queryHash: ab12...`, or the same as JSON with `dashboardId`, `cardId` and `context`.
 * The hash covers parameters, so it names no reader. A native query asked ad hoc is a person writing SQL.
 */
export const metabase: Recogniser = {
  id: 'metabase',

  recognise(asker) {
    if (asker.tags.tool !== 'metabase' && !asker.client.includes('metabase')) {
      return undefined;
    }
    const dashboard = tagOf(asker, 'dashboardId', 'dashboardID', 'dashboard_id');
    const card = tagOf(asker, 'cardId', 'cardID', 'chart_id');
    const user = tagOf(asker, 'userID', 'userId', 'optional_user_id');
    if (dashboard !== undefined) {
      return { kind: 'dashboard', name: `metabase dashboard ${dashboard}`, tool: 'metabase' };
    }
    if (card !== undefined) {
      return { kind: 'dashboard', name: `metabase card ${card}`, tool: 'metabase' };
    }
    const name = user === undefined ? asker.user : `metabase user ${user}`;
    const isAdHoc = /^ad-?hoc$/i.test(tagOf(asker, 'context') ?? '');
    const isNative = /^native$/i.test(tagOf(asker, 'queryType') ?? '');
    return {
      kind: isAdHoc && isNative ? 'person' : 'dashboard',
      name: name === '' ? 'metabase' : name,
      tool: 'metabase',
    };
  },
};
