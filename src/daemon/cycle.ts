import { DAY_MS } from '../base/clock.ts';
import type { NanoUsd } from '../base/usd.ts';
import type { CycleInput } from '../decide/cycle-input.ts';
import type { Incident } from '../drift/incidents/incident.ts';
import type { SchemaEvent } from '../drift/schema-event.ts';
import type { Mart } from '../marts/mart.ts';
import type { Receipt } from '../marts/receipt.ts';
import type { ApplyOutcome, StepOutcome } from '../materializer/apply-parts.ts';
import { type CycleDecision, decideCycle } from '../plan/decide-cycle.ts';
import { meterConnector } from '../prove/metered.ts';
import { ingestHistory } from '../usage/ingest-history.ts';
import type { IngestOutcome } from '../usage/ingest-outcome.ts';
import { shapeKeysOf } from '../usage/shape-keys.ts';
import { takeUsageSnapshot } from '../usage/snapshot.ts';
import type { UsageSnapshot } from '../usage/template.ts';
import { tendMarts } from './apply.ts';
import { draftEdits } from './dbt/dbt-drafts.ts';
import { debitRefreshes } from './debit-refreshes.ts';
import { keepNewBases } from './drift/drift-basis.ts';
import { reactToDrift } from './drift/drift-reaction.ts';
import { formerReadings } from './drift/former-readings.ts';
import { openIncidents } from './drift/incident-book.ts';
import { doubtedBy, doubtedSourcesBy, tendIncidents } from './drift/incidents.ts';
import { noteRenames } from './drift/rename-book.ts';
import { watchSchema } from './drift/watch-schema.ts';
import { type EditedDefinition, editedDefinitions, tellEdits } from './edited-definitions.ts';
import type { Engine } from './engine.ts';
import { gatherCycle } from './gather-cycle.ts';
import { keepReceipts, measurePairs, remember } from './keep-savings.ts';
import { keepWrites } from './lineage/kept-writes.ts';
import { observe } from './observe.ts';
import type { ObservedSchema } from './observe-schema.ts';
import { applyAgreed } from './proposals/apply-agreed.ts';
import { endProposals } from './proposals/end-proposals.ts';
import { settleProposals } from './proposals/settle-proposals.ts';
import { pollChannels, showProposals } from './proposals/show-proposals.ts';
import { type FormerReading, makeReadShapes, READERS_VERSION } from './read-shapes.ts';
import { openOverhead } from './share-overhead.ts';
import { shareRunning } from './share-running.ts';
import { noteLapses } from './standing.ts';
import { tellPeople } from './tell-people.ts';
import { draftWords } from './words/word-choices.ts';

/** What one cycle saw, decided and did. */
export interface CycleResult {
  readonly ingest: IngestOutcome;
  /** What reading the history cost in the warehouse; nothing where it is read from files. */
  readonly historyCost: NanoUsd;
  readonly input: CycleInput;
  readonly decision: CycleDecision;
  readonly applied: ApplyOutcome | undefined;
  readonly receipts: readonly Receipt[];
  /** As they stand now, after what was done. */
  readonly marts: readonly Mart[];
  readonly schema: ObservedSchema;
  /** What changed in the schema since the last cycle; nothing in a mere look. */
  readonly schemaEvents: readonly SchemaEvent[];
  /** What was done about sources that changed under marts, before anything was decided. */
  readonly reacted: readonly StepOutcome[];
  /** Handed-over definitions that were changed after their takeover. */
  readonly edited: readonly EditedDefinition[];
}

export interface CycleOptions {
  /** False for `plan`: everything up to the decision, nothing done and no accumulator moved. */
  readonly act: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((what: string) => void) | undefined;
}

/** The whole way of the data, once: observe, understand, decide, act, measure. The one file that knows it. */
export async function runCycle(
  engine: Engine,
  { act, signal, onProgress }: CycleOptions,
): Promise<CycleResult> {
  const { memory, ledger, config } = engine;
  const overhead = openOverhead();
  const metered: Engine = {
    ...engine,
    connector: meterConnector(engine.connector, overhead.onCost),
  };

  onProgress?.('looking at the warehouse');
  await engine.prices.refresh(signal);
  if (act) {
    await tendMarts(metered, signal);
    if (engine.clock.kind === 'system' && engine.connector.capabilities.foldsNowInViews) {
      noteLapses(engine, await ledger.readRecords());
    }
  }
  const known = await ledger.readMarts();
  const seen = await observe(metered, { marts: known, signal });
  const edited = editedDefinitions(engine, { marts: known, schema: seen });
  const since = () => usageSince(engine, engine.clock.now() - config.decide.evidenceDays * DAY_MS);
  const own = new Set<string>(known.map(({ definition }) => definition.relation));
  const schemaEvents = act
    ? await watchSchema(engine, { schema: seen, marts: known, usage: since, signal })
    : [];
  const reaction = await reactToDrift(engine, { act, marts: known, schema: seen, signal });
  const { marts: before, schema, drift, reacted } = reaction;

  onProgress?.('reading the history');
  const formers = formerReadings(engine, { schema, own });
  const spentBefore = engine.spentOn('history');
  const ingest = await readHistory(metered, { schema, formers, signal });
  const historyCost = engine.priceCpu(engine.spentOn('history') - spentBefore);
  const usage = since();
  await keepWrites(engine, { schema, usage, signal });

  onProgress?.('measuring facts');
  const gathered = await gatherCycle(metered, { schema, marts: before, usage, signal });
  const drifted = drift === undefined ? gathered : { ...gathered, drift };
  const incidents = act
    ? await tendIncidents(engine, { input: drifted, usage, signal })
    : openIncidents(engine.store.documents);
  const input = withDoubts(drifted, incidents);

  onProgress?.('deciding');
  const decision = decideCycle(input);
  if (!act) {
    return {
      ingest,
      historyCost,
      input,
      decision,
      applied: undefined,
      receipts: memory.receipts.list(),
      marts: before,
      schema,
      schemaEvents,
      reacted,
      edited,
    };
  }
  memory.accumulators.replaceAll(decision.accumulators.map((one) => [one.key, one]));
  memory.plans.put('latest', decision.plan);
  for (const [relation, cpuMs] of overhead.sharesOf(before)) {
    remember(engine, { relation, kind: 'daemon', cpuMs });
  }

  onProgress?.('asking people');
  await pollChannels(engine, signal);
  const edits = await draftEdits(engine, { input, decision, schema, signal });
  const others = [...edits, ...draftWords(engine)];
  const plan = await settleProposals(engine, { decision, input, others, approvedOnly: false });
  const isActing = config.mode === 'auto' || (config.mode === 'propose' && plan.steps.length > 0);
  const agreed = isActing
    ? await applyAgreed(engine, { plan, decision, input, schema, signal })
    : undefined;
  const { outcome: applied, marts } = agreed ?? { outcome: undefined, marts: before };

  onProgress?.('measuring savings');
  if (applied !== undefined) {
    endProposals(engine, {
      plan: { ...plan, steps: [...reaction.steps, ...plan.steps] },
      outcome: { ...applied, steps: [...reacted, ...applied.steps] },
      decision,
      usage,
      before,
      marts,
    });
    await measurePairs(engine, { marts, usage, schema, signal });
  }
  await debitRefreshes(engine, marts, signal);
  shareRunning(engine);
  const receipts = keepReceipts(engine, { marts });
  await keepNewBases(engine, { marts, schema, drift, signal });
  await tellEdits(engine, { edited, signal });
  await tellPeople(engine, [], signal);
  await showProposals(engine, signal);
  return {
    ingest,
    historyCost,
    input,
    decision,
    applied,
    receipts,
    marts,
    schema,
    schemaEvents,
    reacted,
    edited,
  };
}

function readHistory(
  engine: Engine,
  {
    schema,
    formers,
    signal,
  }: {
    readonly schema: ObservedSchema;
    readonly formers: readonly FormerReading[];
    readonly signal: AbortSignal | undefined;
  },
): Promise<IngestOutcome> {
  const { connector, config, store, source, clock, names, parsers } = engine;
  const { idRetentionDays, factRetentionDays, columnRetentionDays } = config.usage;
  return ingestHistory({
    source,
    log: store.usage,
    interpret(row) {
      const meaning = engine.interpret(row);
      if (meaning.kind === 'skip' && meaning.rule === 'ddl') {
        noteRenames(engine, row);
      }
      return meaning;
    },
    readShapes: makeReadShapes({
      shapesOf: parsers.shapesOf,
      dialect: connector.dialect,
      schema: schema.snapshot,
      names,
      formers,
    }),
    shapeKeys: shapeKeysOf({ schema: schema.snapshot, readersVersion: READERS_VERSION }),
    retention: {
      idDays: idRetentionDays,
      factDays: factRetentionDays,
      columnDays: columnRetentionDays,
    },
    now: clock.now(),
    signal,
  });
}

function usageSince({ store, clock }: Engine, from: number): UsageSnapshot {
  return takeUsageSnapshot(
    { from, until: clock.now() + 1 },
    { log: store.usage, routeAsks: store.routeAsks },
  );
}

function withDoubts(input: CycleInput, incidents: readonly Incident[]): CycleInput {
  const doubted = doubtedBy(incidents);
  const nothing = { broken: [], redefined: [], intents: [] };
  return doubted.length === 0
    ? input
    : {
        ...input,
        drift: {
          ...(input.drift ?? nothing),
          doubted,
          doubtedSources: doubtedSourcesBy(incidents),
        },
      };
}
