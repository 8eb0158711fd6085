import type { Recogniser } from '../recogniser.ts';
import { tagOf } from '../recogniser.ts';

/** Tools whose comments are JSON or pairs, and the keys that name what asks, most stable first. */
const NAME_KEYS: Readonly<Record<string, readonly string[]>> = {
  hex: ['project_url', 'projectUrl', 'project_id', 'user_email'],
  lightdash: ['dashboard_uuid', 'chart_uuid', 'saved_sql_uuid', 'explore_name', 'user_uuid'],
  mode: ['url', 'report', 'user', 'email'],
  redash: ['query_id', 'Query ID', 'Username'],
  sigma: ['sourceUrl', 'source-url', 'kind', 'email'],
};

/** Hex, Lightdash, Mode, Redash and Sigma, told from their own comments. */
export const biComments: Recogniser = {
  id: 'bi-comments',

  recognise(asker) {
    const tool = asker.tags.tool ?? '';
    const keys = Object.hasOwn(NAME_KEYS, tool) ? NAME_KEYS[tool] : undefined;
    if (keys === undefined) {
      return undefined;
    }
    const name = tagOf(asker, ...keys) ?? asker.user;
    return { kind: 'dashboard', name: name === '' ? tool : `${tool} ${name}`, tool };
  },
};
