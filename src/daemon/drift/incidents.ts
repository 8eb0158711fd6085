import { GoldsmithError } from '../../base/goldsmith-error.ts';
import type { RelationId } from '../../base/relation.ts';
import type { CycleInput, MartMatter } from '../../decide/cycle-input.ts';
import { answeredBy } from '../../drift/incidents/answered-by.ts';
import { diagnose } from '../../drift/incidents/diagnose.ts';
import type { Incident, Symptom, SymptomKind } from '../../drift/incidents/incident.ts';
import { nextIncidents } from '../../drift/incidents/next-incidents.ts';
import { type BrokenFact, symptomsOf } from '../../drift/incidents/symptoms.ts';
import { pictureOf } from '../../drift/schema-picture.ts';
import type { Mart, SourceState } from '../../marts/mart.ts';
import { incidentBegan, incidentEnded } from '../../notify/incident-notice.ts';
import { measureSourceState } from '../../prove/source-state.ts';
import type { UsageSnapshot } from '../../usage/template.ts';
import type { Engine } from '../engine.ts';
import { handIn } from '../tell-people.ts';
import { brokenFacts } from './broken-facts.ts';
import { keptBasis } from './drift-basis.ts';
import {
  accept,
  acceptedOf,
  changesOf,
  keepIncidents,
  keepWell,
  noteChanges,
  openIncidents,
  wellAt,
} from './incident-book.ts';
import { schemaEvents } from './watch-schema.ts';

export interface TendParts {
  readonly input: CycleInput;
  readonly usage: Pick<UsageSnapshot, 'templates' | 'facts'>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Looks at every mart once a cycle against what it promises, and keeps what begins, lasts and ends. Keeping an incident and handing its
 * message in are one transaction of the state file, so that each is told once, whatever is killed when.
 */
export async function tendIncidents(
  engine: Engine,
  { input, usage, signal }: TendParts,
): Promise<readonly Incident[]> {
  const { store, config, clock, log, metrics } = engine;
  const { documents } = store;
  const now = clock.now();
  const open = openIncidents(documents);
  const states = onePerSource([
    ...input.sourceStates,
    ...(await statesOf(engine, { open, input, signal })),
  ]);
  noteChanges(documents, { states: input.sourceStates, now });
  const symptoms = symptomsOf({
    marts: input.marts,
    states,
    brokenDefinitions: input.drift?.broken ?? [],
    brokenFacts: await factsOf(engine, { input, usage, signal }),
    changesOf: (source) => changesOf(documents, source),
    accepted: (mart, subject) => acceptedOf(documents, mart, subject),
    open,
    now,
    settings: config.drift,
  });
  const next = nextIncidents(open, symptoms, { now, acceptAfterMs: config.drift.acceptAfter });
  const began = next.began.map((symptom) => begun(engine, { symptom, input, usage, now }));
  documents.transaction(() => {
    keepIncidents(documents, { open: [...next.lasting, ...began], ended: next.ended, now });
    for (const one of next.ended.filter(({ isAccepted }) => isAccepted === true)) {
      const rows = states.find(({ relation }) => relation === one.source)?.rows ?? 0;
      accept(documents, one, rows);
    }
    const troubled = new Set<RelationId>(symptoms.map(({ relation }) => relation));
    for (const { definition } of input.marts) {
      if (!troubled.has(definition.relation)) {
        keepWell(documents, definition.relation, now);
      }
    }
    const told = began.map((one) => incidentBegan(one, answersOf(engine, input.marts, one)));
    handIn(engine, [...told, ...next.ended.map(incidentEnded)]);
  });
  for (const { relation, kind, because } of began) {
    metrics.add('goldsmith_incidents_total', { kind });
    log.warn({ mart: relation, kind, because }, 'incident began');
  }
  for (const { relation, kind, ending } of next.ended) {
    log.info({ mart: relation, kind, because: ending }, 'incident ended');
  }
  recordIncidents(engine);
  return [...next.lasting, ...began];
}

/** How readers of an incident's mart are answered now, in a sentence; nothing where the mart is gone. */
export function answersOf(
  { connector }: Pick<Engine, 'connector'>,
  marts: readonly Mart[],
  { relation, kind }: Pick<Incident, 'relation' | 'kind'>,
): readonly string[] {
  const viewsFollow = connector.wording.objects.rebinding !== undefined;
  return marts
    .filter(({ definition }) => definition.relation === relation)
    .map((mart) => answeredBy(mart, { kind, viewsFollow }));
}

/** How many are open, by kind; zeros too, so that an alert sees them end. */
export function recordIncidents({ metrics, store }: Pick<Engine, 'metrics' | 'store'>): void {
  metrics.clear('goldsmith_incidents_open');
  metrics.set('goldsmith_incidents_open', 0, { kind: 'definition-broken' });
  const open = openIncidents(store.documents);
  for (const [kind, all] of Map.groupBy(open, (one) => one.kind)) {
    metrics.set('goldsmith_incidents_open', all.length, { kind });
  }
}

/** What keeps a version from being replaced by what its sources hold now, as long as it may still answer. */
const DOUBTS: ReadonlySet<SymptomKind> = new Set([
  'source-emptied',
  'rows-fell',
  'key-broken',
  'nulls',
  'orphans',
]);

/** The marts whose sources are not to be trusted at the moment. */
export function doubtedBy(incidents: readonly Incident[]): readonly MartMatter[] {
  return incidents
    .filter(({ kind }) => DOUBTS.has(kind))
    .map(({ relation, because }) => ({ relation, because }));
}

/** Their sources, each once. */
export function doubtedSourcesBy(incidents: readonly Incident[]): readonly MartMatter[] {
  const because = new Map(
    incidents.flatMap(({ kind, source, because: why }) =>
      source !== undefined && DOUBTS.has(kind) ? [[source, why] as const] : [],
    ),
  );
  return [...because].map(([relation, why]) => ({ relation, because: why }));
}

function begun(
  { store }: Pick<Engine, 'store'>,
  {
    symptom,
    input,
    usage,
    now,
  }: Pick<TendParts, 'input' | 'usage'> & { readonly symptom: Symptom; readonly now: number },
): Incident {
  const { relation } = symptom;
  const mart = input.marts.find(({ definition }) => definition.relation === relation);
  // Its version was proved equal to its sources then.
  const well = wellAt(store.documents, relation) ?? mart?.current?.verifiedFreshAt;
  const events = schemaEvents(store);
  return {
    ...symptom,
    beganAt: now,
    ...(well === undefined ? {} : { wellAt: well }),
    diagnosis:
      mart === undefined ? [] : diagnose(symptom, { mart, events, usage, now, wellAt: well }),
  };
}

/** A source may have been measured over several lists of columns: of its rows each says the same. */
function onePerSource(states: readonly SourceState[]): readonly SourceState[] {
  return [...new Map(states.map((state) => [state.relation, state])).values()];
}

/** Sources of open incidents that this cycle had no other reason to measure: a mart that went back to its definition among them. */
async function statesOf(
  { connector }: Pick<Engine, 'connector'>,
  {
    open,
    input,
    signal,
  }: Pick<TendParts, 'input' | 'signal'> & { readonly open: readonly Incident[] },
): Promise<readonly SourceState[]> {
  const measured = new Set(input.sourceStates.map(({ relation }) => relation));
  const wanted = new Set(open.flatMap(({ source }) => source ?? []));
  const states: SourceState[] = [];
  for (const relation of wanted) {
    if (measured.has(relation)) {
      continue;
    }
    try {
      const about = { relation, purpose: 'freshness', about: relation, signal } as const;
      states.push(await measureSourceState(connector, about));
    } catch (error) {
      if (!(error instanceof GoldsmithError) || !GONE.has(error.code)) {
        throw error;
      }
    }
  }
  return states;
}

const GONE: ReadonlySet<string> = new Set(['CONNECTOR_BAD_SQL', 'CONNECTOR_RELATION_MISSING']);

async function factsOf(
  engine: Engine,
  { input, signal }: TendParts,
): Promise<readonly BrokenFact[]> {
  const now = pictureOf(input.schema, { takenAt: 0 }).relations;
  const isBroken = (mart: RelationId) =>
    input.drift?.broken.some(({ relation }) => relation === mart) === true;
  const broken: BrokenFact[] = [];
  const look = {
    now,
    states: input.sourceStates,
    found: new Map<string, string | undefined>(),
    signal,
  };
  for (const mart of input.marts) {
    const { relation } = mart.definition;
    if (mart.stage !== 'physical' || isBroken(relation)) {
      continue;
    }
    const basis = keptBasis(engine.store.documents, mart);
    broken.push(...(await brokenFacts(engine, { mart, basis, ...look })));
  }
  return broken;
}
