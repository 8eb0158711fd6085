import type { Recogniser } from '../recogniser.ts';
import { tagOf } from '../recogniser.ts';

/** Superset tells itself by its client's name or by a comment; its SQL Lab (`-- [SQL LAB] ada 2026-01-01`) is a person typing. */
export const superset: Recogniser = {
  id: 'superset',

  recognise(asker) {
    if (asker.tags.tool !== 'superset' && !/superset|preset\.io/.test(asker.client)) {
      return undefined;
    }
    const dashboard = tagOf(asker, 'dashboard_id', 'superset_dashboard_id', 'dashboard');
    const chart = tagOf(asker, 'slice_id', 'chart_id', 'superset_chart_id');
    if (dashboard !== undefined) {
      return { kind: 'dashboard', name: `superset dashboard ${dashboard}`, tool: 'superset' };
    }
    if (chart !== undefined) {
      return { kind: 'dashboard', name: `superset chart ${chart}`, tool: 'superset' };
    }
    const typed = tagOf(asker, 'username', 'user_name');
    if (typed !== undefined) {
      return { kind: 'person', name: typed, tool: 'superset' };
    }
    const name = asker.user === '' ? 'superset' : asker.user;
    return { kind: 'dashboard', name, tool: 'superset' };
  },
};
