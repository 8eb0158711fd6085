import { z } from 'zod';
import type { RelationId } from '../../base/relation.ts';
import { withoutDefinitions } from '../../lineage/without-definitions.ts';
import type { MartDefinition } from '../../marts/mart.ts';
import type { ApplyEvent } from '../../materializer/apply-parts.ts';
import type { ResumeReport } from '../../materializer/resume.ts';
import { dataSourceOf } from '../../notify/open-lineage/data-source.ts';
import { describeAction, type MartPicture } from '../../notify/open-lineage/describe-action.ts';
import type { EventQueue } from '../../notify/open-lineage/event-queue.ts';
import {
  facet,
  PRODUCER,
  RUN_EVENT_URL,
  type RunEvent,
  runIdOf,
} from '../../notify/open-lineage/run-event.ts';
import { sendEvents } from '../../notify/open-lineage/send-events.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Engine } from '../engine.ts';
import type { ObservedSchema } from '../observe-schema.ts';
import { keptEvents } from './kept-events.ts';

/** Tells what each step of a plan read and wrote, as it happens; nothing leaves the process before `sendRuns`. */
export interface RunRecorder {
  onEvent(event: ApplyEvent): void;
}

type Parts = Pick<
  Engine,
  'config' | 'clock' | 'connector' | 'store' | 'parsers' | 'names' | 'metrics' | 'log' | 'ledger'
>;

/** A run that began and has not ended, kept so that a restart can end it. */
const OPEN_RUN = 'open-lineage-run';
const openRun = z.object({ verb: z.string(), mart: z.string(), started: z.custom<RunEvent>() });

const silent: RunRecorder = { onEvent() {} };

/** Looks up what the plan's marts are made of; records nothing where nobody listens. */
export async function recordRuns(
  engine: Parts,
  { plan, schema }: { readonly plan: Plan; readonly schema: ObservedSchema },
): Promise<RunRecorder> {
  if (!isListenedTo(engine)) {
    return silent;
  }
  const { clock, store, config, names } = engine;
  const pictures = await picturesOf(engine, { plan, schema });
  const source = dataSourceOf(config.warehouse, names.database);
  const queue = keptEvents(engine);
  return {
    onEvent({ kind, step, action, detail }) {
      const picture = pictures.get(action.mart);
      const key = `${plan.digest}/${step}`;
      const at = new Date(clock.now()).toISOString();
      const running = openRun.safeParse(store.documents.get(OPEN_RUN, key)).data;
      if (kind === 'step-started' && picture !== undefined) {
        const described = describeAction(action, { source, picture });
        if (described !== undefined) {
          const started = eventOf({ at, runId: runIdOf([plan.digest, step, at]), ...described });
          store.documents.transaction(() => {
            store.documents.put(OPEN_RUN, key, { verb: action.kind, mart: action.mart, started });
            queue.add(started);
          });
        }
      }
      if (running !== undefined && (kind === 'step-done' || kind === 'step-failed')) {
        end(engine, { key, event: ended(running.started, { at, ...ending(kind, detail) }) });
      }
    },
  };
}

/** Ends the runs a killed process left open, as the journal said they ended; call it once nothing of it runs any more. */
export function endInterruptedRuns(
  engine: Pick<Engine, 'config' | 'clock' | 'store' | 'metrics'>,
  { steps }: Pick<ResumeReport, 'steps'>,
): void {
  const at = new Date(engine.clock.now()).toISOString();
  for (const { key, value } of engine.store.documents.list(OPEN_RUN)) {
    const run = openRun.safeParse(value).data;
    const resumed = steps.find(({ verb, relation }) => verb === run?.verb && relation === run.mart);
    if (run === undefined) {
      engine.store.documents.remove(OPEN_RUN, key);
      continue;
    }
    const how: Ending =
      resumed?.outcome === 'done'
        ? { eventType: 'COMPLETE' }
        : {
            eventType: 'ABORT',
            because: resumed?.detail ?? 'the daemon was stopped before it ended',
          };
    end(engine, { key, event: ended(run.started, { at, ...how }) });
  }
}

/** Sends what waits; a failure is counted and logged, and what was done stands. */
export async function sendRuns(
  engine: Pick<Engine, 'config' | 'clock' | 'store' | 'metrics' | 'log'>,
  signal?: AbortSignal,
): Promise<void> {
  const settings = engine.config.notify.openLineage;
  if (!isListenedTo(engine)) {
    return;
  }
  const { clock, metrics, log } = engine;
  const outcome = await sendEvents({ settings, queue: keptEvents(engine), clock, signal });
  metrics.add('goldsmith_open_lineage_events_total', { outcome: 'sent' }, outcome.sent);
  metrics.add('goldsmith_open_lineage_events_total', { outcome: 'refused' }, outcome.refused);
  metrics.set('goldsmith_open_lineage_events_waiting', outcome.waiting);
  if (outcome.refused > 0) {
    log.warn({ events: outcome.refused }, 'run events were refused by their receiver');
  }
  if (outcome.failure !== undefined) {
    metrics.add('goldsmith_open_lineage_events_total', { outcome: 'failed' });
    log.warn({ err: outcome.failure, waiting: outcome.waiting }, 'run events wait');
  }
}

function isListenedTo({ config }: Pick<Engine, 'config'>): boolean {
  const { url, file } = config.notify.openLineage;
  return url !== undefined || file !== undefined;
}

type Ending =
  | { readonly eventType: 'COMPLETE' }
  | { readonly eventType: 'FAIL' | 'ABORT'; readonly because: string };

function ending(kind: 'step-done' | 'step-failed', detail: string): Ending {
  return kind === 'step-done' ? { eventType: 'COMPLETE' } : { eventType: 'FAIL', because: detail };
}

function eventOf({
  at,
  runId,
  ...described
}: Pick<RunEvent, 'job' | 'inputs' | 'outputs'> & {
  readonly at: string;
  readonly runId: string;
}): RunEvent {
  return {
    eventType: 'START',
    eventTime: at,
    producer: PRODUCER,
    schemaURL: RUN_EVENT_URL,
    run: { runId, facets: {} },
    ...described,
  };
}

function ended(started: RunEvent, { at, ...how }: Ending & { readonly at: string }): RunEvent {
  const facets =
    how.eventType === 'COMPLETE'
      ? {}
      : facet('errorMessage', { message: how.because, programmingLanguage: 'SQL' });
  return {
    ...started,
    eventType: how.eventType,
    eventTime: at,
    run: { runId: started.run.runId, facets },
  };
}

function end(
  engine: Pick<Engine, 'store' | 'clock' | 'metrics'>,
  { key, event }: { readonly key: string; readonly event: RunEvent },
): void {
  const { documents } = engine.store;
  const queue: EventQueue = keptEvents(engine);
  documents.transaction(() => {
    queue.add(event);
    documents.remove(OPEN_RUN, key);
  });
}

/** What each mart of the plan is made of, one step up: views its definition names stay views. */
async function picturesOf(
  { connector, parsers, names, ledger }: Parts,
  { plan, schema }: { readonly plan: Plan; readonly schema: ObservedSchema },
): Promise<ReadonlyMap<RelationId, MartPicture>> {
  const known = await ledger.readMarts();
  const definitions = new Map<RelationId, MartDefinition>(
    known.map(({ definition }) => [definition.relation, definition]),
  );
  for (const { action } of plan.steps) {
    if ('definition' in action) {
      definitions.set(action.mart, action.definition);
    }
  }
  const marts = [...new Set(plan.steps.map(({ action }) => action.mart))].flatMap(
    (mart) => definitions.get(mart) ?? [],
  );
  const shapes = await parsers.shapesOf(
    marts.map(({ sql }) => ({ sql, names })),
    { world: { dialect: connector.dialect, schema: withoutDefinitions(schema.snapshot) } },
  );
  return new Map(
    marts.map(({ relation, columns }, at) => {
      const shape = shapes[at];
      const reads = (shape?.relations ?? []).map(({ relation: read }) => ({
        relation: read,
        columns: (schema.index.relationOf(read)?.columns ?? []).map(({ name, type }) => ({
          name,
          type,
        })),
      }));
      const standing = known.find(({ definition }) => definition.relation === relation);
      const serves = standing?.stage === 'physical' ? standing.current?.table : undefined;
      return [
        relation,
        {
          columns,
          reads,
          lineage: shape?.lineage ?? [],
          ...(serves === undefined ? {} : { serves }),
        },
      ];
    }),
  );
}
