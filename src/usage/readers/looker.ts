import type { Recogniser } from '../recogniser.ts';
import { tagOf } from '../recogniser.ts';

/** `-- Looker Query Context '{"user_id":7,"history_slug":"...","instance_slug":"..."}'`: the slug differs each run, the user stays. */
export const looker: Recogniser = {
  id: 'looker',

  recognise(asker) {
    if (asker.tags.tool !== 'looker' && !asker.client.includes('looker')) {
      return undefined;
    }
    const dashboard = tagOf(asker, 'dashboard_id', 'dashboard');
    const user = tagOf(asker, 'user_id');
    const name =
      dashboard !== undefined
        ? `looker dashboard ${dashboard}`
        : user !== undefined
          ? `looker user ${user}`
          : asker.user;
    return { kind: 'dashboard', name: name === '' ? 'looker' : name, tool: 'looker' };
  },
};
