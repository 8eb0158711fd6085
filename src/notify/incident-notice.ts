import { formatDuration } from '../base/duration.ts';
import { readableRelation as readable } from '../base/relation.ts';
import type { Incident } from '../drift/incidents/incident.ts';
import type { Notice } from './notice.ts';

/** The one message when an incident begins; `answered` says what readers get meanwhile. */
export function incidentBegan(
  { relation, kind, because, diagnosis }: Incident,
  answered: readonly string[],
): Notice {
  const name = readable(relation);
  return {
    title: `Incident on ${name}`,
    because: [because, ...diagnosis, ...answered].join('; '),
    next:
      kind === 'definition-broken'
        ? 'put the source back, or agree to what is proposed (`goldsmith proposals`), or replace the view by one of your own; `goldsmith drift` shows it as long as it lasts'
        : '`goldsmith drift` shows it as long as it lasts; it ends by itself when its source heals',
    planDigest: '',
  };
}

/** The one message when it ends. */
export function incidentEnded({
  relation,
  beganAt,
  endedAt,
  because,
  ending = '',
}: Incident): Notice {
  const name = readable(relation);
  return {
    title: `Incident on ${name} is over after ${formatDuration((endedAt ?? beganAt) - beganAt)}`,
    because: `${ending}; it was: ${because}`,
    planDigest: '',
  };
}
