import { dayOf } from '../../base/clock.ts';
import { counted } from '../../base/counted.ts';
import type { Incident } from '../../drift/incidents/incident.ts';
import type { SchemaEvent } from '../../drift/schema-event.ts';
import type { Report } from '../../http/service.ts';
import type { Mart } from '../../marts/mart.ts';
import { shortName } from '../cycle-report.ts';
import type { Engine } from '../engine.ts';
import { endedIncidents, openIncidents } from './incident-book.ts';
import { answersOf } from './incidents.ts';

/** What the report tells besides changes of the schema. */
export interface DriftState {
  readonly marts: readonly Mart[];
  /** Each with how readers are answered at the moment. */
  readonly open: readonly (Incident & { readonly answered: readonly string[] })[];
  readonly ended: readonly Incident[];
}

/** The marts and their incidents, as they stand. */
export async function driftState(
  engine: Pick<Engine, 'ledger' | 'store' | 'connector'>,
): Promise<DriftState> {
  const { documents } = engine.store;
  const marts = await engine.ledger.readMarts();
  return {
    marts,
    open: openIncidents(documents).map((one) => ({
      ...one,
      answered: answersOf(engine, marts, one),
    })),
    ended: endedIncidents(documents),
  };
}

/**
 * What changed in the schema, latest first, with whom each change reaches; before that, what is wrong now and which marts were
 * rewritten or keep an old version.
 */
export function driftReport(events: readonly SchemaEvent[], state: DriftState): Report {
  const changes =
    events.length === 0
      ? ['Nothing changed in the schema since Goldsmith began to watch it, or in the last 90 days.']
      : events.flatMap(linesOf);
  const before = [...incidentLines(state), ...state.marts.flatMap(martLines)];
  const lines = before.length === 0 ? changes : [...before, '', ...changes];
  const { open, ended } = state;
  const value = { events, incidents: { open, ended }, marts: state.marts.flatMap(toldOf) };
  return { text: `${lines.join('\n')}\n`, value };
}

function incidentLines({ open, ended }: DriftState): readonly string[] {
  return [
    ...open.flatMap(({ relation, beganAt, because, diagnosis, answered }) => [
      `${dayOf(beganAt)}  incident  ${shortName(relation)}: ${because}`,
      ...[...diagnosis, ...answered].map((line) => `    ${line}`),
    ]),
    ...ended
      .slice(0, MOST_ENDED)
      .map(
        ({ relation, beganAt, endedAt = beganAt, because, ending = '' }) =>
          `${dayOf(beganAt)}  over      ${shortName(relation)}: ${because}; on ${dayOf(endedAt)}: ${ending}`,
      ),
  ];
}

const MOST_ENDED = 10;

function martLines({ definition, current, held, former = [] }: Mart): readonly string[] {
  const name = shortName(definition.relation);
  const kept =
    held === undefined || current === undefined
      ? []
      : [
          `${dayOf(held.since)}  held      ${name} keeps version ${current.version}, as of ${new Date(current.verifiedFreshAt).toISOString()}: ${held.because}`,
        ];
  const followed = former.map(
    ({ until, because }) => `${dayOf(until)}  followed  ${name}: ${because}`,
  );
  return [...kept, ...followed];
}

function toldOf({ definition, current, held, former }: Mart) {
  const { relation, sql } = definition;
  return held === undefined && former === undefined
    ? []
    : [{ relation, sql, held, former, asOf: current?.verifiedFreshAt }];
}

function linesOf(event: SchemaEvent): readonly string[] {
  const { seenAt, severity, says, views, marts, written, readers, readerCount, dbt } = event;
  const more = readerCount - readers.length;
  return [
    `${dayOf(seenAt)}  ${severity.padEnd(8)}  ${says}`,
    ...list('marts of ours', marts.map(shortName)),
    ...list('views', views.map(shortName)),
    ...list('written from it', written.map(shortName)),
    ...list(
      'dbt models',
      (dbt?.models ?? []).map(({ name, owner }) =>
        owner === undefined ? name : `${name} (owned by ${owner})`,
      ),
    ),
    ...(dbt === undefined || dbt.below === 0
      ? []
      : [`    and ${counted(dbt.below, 'dbt model')} below`]),
    ...list(
      'exposed as',
      (dbt?.exposures ?? []).map(({ name, type, owner }) => `${name} (${type}, owned by ${owner})`),
    ),
    ...readers.map(
      ({ reader, runs, lastUse }) =>
        `    read by ${reader.name} (${reader.tool === '' ? reader.kind : `${reader.kind}, ${reader.tool}`}), ${counted(runs, 'run')}, last on ${dayOf(lastUse)}`,
    ),
    ...(more > 0 ? [`    and by ${more} more`] : []),
  ];
}

function list(title: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`    ${title}: ${names.join(', ')}`];
}
