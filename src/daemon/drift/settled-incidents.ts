import { type Incident, incidentKey } from '../../drift/incidents/incident.ts';
import type { ApplyOutcome } from '../../materializer/apply-parts.ts';
import { incidentEnded } from '../../notify/incident-notice.ts';
import type { Action } from '../../plan/action.ts';
import type { Engine } from '../engine.ts';
import { handIn } from '../tell-people.ts';
import { keepIncidents, keepWell, openIncidents } from './incident-book.ts';
import { recordIncidents } from './incidents.ts';

/**
 * Ends the incidents that a carried-out step settled, with the step and not a cycle later: a definition that was rewritten, a mart that
 * was given up. Each is told once; returns how many they are.
 */
export function endSettled(
  engine: Pick<Engine, 'store' | 'clock' | 'log' | 'metrics' | 'notifier' | 'outbox'>,
  { steps }: Pick<ApplyOutcome, 'steps'>,
): number {
  const { documents } = engine.store;
  const done = steps.flatMap(({ action, outcome }) => (outcome === 'done' ? [action] : []));
  if (!done.some(({ kind }) => kind === 'follow-source' || kind === 'release-mart')) {
    return 0;
  }
  const now = engine.clock.now();
  const all = openIncidents(documents);
  const ended = all.flatMap((incident): readonly Incident[] => {
    const [ending] = done.flatMap((action) => endingOf(incident, action) ?? []);
    return ending === undefined ? [] : [{ ...incident, endedAt: now, ending }];
  });
  if (ended.length === 0) {
    return 0;
  }
  const over = new Set(ended.map(incidentKey));
  const open = all.filter((one) => !over.has(incidentKey(one)));
  documents.transaction(() => {
    keepIncidents(documents, { open, ended, now });
    for (const { relation } of ended) {
      if (!open.some((one) => one.relation === relation)) {
        keepWell(documents, relation, now);
      }
    }
    handIn(engine, ended.map(incidentEnded));
  });
  for (const { relation, kind, ending } of ended) {
    engine.log.info({ mart: relation, kind, because: ending }, 'incident ended');
  }
  recordIncidents(engine);
  return ended.length;
}

/** How a step ends an incident, in words; absent where it does not. */
function endingOf({ relation, kind }: Incident, action: Action): string | undefined {
  if (action.mart !== relation) {
    return undefined;
  }
  if (action.kind === 'release-mart') {
    return 'the mart was given up';
  }
  return action.kind === 'follow-source' && kind === 'definition-broken'
    ? `its definition was rewritten (${action.change})`
    : undefined;
}
