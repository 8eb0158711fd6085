import type { EpochMs } from '../../base/clock.ts';
import { formatDuration } from '../../base/duration.ts';
import { type Incident, incidentKey, type Symptom } from './incident.ts';

export interface NextIncidents {
  /** Not seen before. */
  readonly began: readonly Symptom[];
  /** Seen before and still there, as they are told now. */
  readonly lasting: readonly Incident[];
  readonly ended: readonly Incident[];
}

export interface NextParts {
  readonly now: EpochMs;
  /** What lasts this long and may be meant is what the source is now. */
  readonly acceptAfterMs: number;
}

/** What begins, lasts and ends between two looks; each incident begins once and ends once. */
export function nextIncidents(
  open: readonly Incident[],
  symptoms: readonly Symptom[],
  { now, acceptAfterMs }: NextParts,
): NextIncidents {
  const seen = new Map(symptoms.map((one) => [incidentKey(one), one]));
  const known = new Set(open.map(incidentKey));
  const lasting: Incident[] = [];
  const ended: Incident[] = [];
  for (const incident of open) {
    const symptom = seen.get(incidentKey(incident));
    const isAccepted = incident.mayBeMeant === true && now - incident.beganAt >= acceptAfterMs;
    if (symptom === undefined) {
      ended.push({ ...incident, endedAt: now, ending: 'all is well again' });
    } else if (isAccepted) {
      const ending = `it has been so for ${formatDuration(acceptAfterMs)}, and is taken for what the source holds now: ${symptom.because}`;
      ended.push({ ...incident, endedAt: now, ending, isAccepted: true });
    } else {
      lasting.push({ ...incident, because: symptom.because });
    }
  }
  return { began: symptoms.filter((one) => !known.has(incidentKey(one))), lasting, ended };
}
