import { DAY_MS, dayNumber } from '../base/clock.ts';
import { type RelationId, relationParts } from '../base/relation.ts';
import type { CycleInput } from '../decide/cycle-input.ts';
import type { PruneInput } from '../decide/prune-input.ts';
import type { Mart } from '../marts/mart.ts';
import type { Receipt } from '../marts/receipt.ts';
import type { ApplyOutcome } from '../materializer/apply-parts.ts';
import { type CycleDecision, decideCycle } from '../plan/decide-cycle.ts';
import { meterConnector } from '../prove/metered.ts';
import type { GoldUse } from '../prune/gold-relation-of.ts';
import { ingestHistory } from '../usage/ingest-history.ts';
import type { IngestOutcome } from '../usage/ingest-outcome.ts';
import { shapeKeysOf } from '../usage/shape-keys.ts';
import { takeUsageSnapshot } from '../usage/snapshot.ts';
import type { UsageSnapshot } from '../usage/template.ts';
import { readAdoptables } from './adoptables.ts';
import { applyUnderLease, tendMarts } from './apply.ts';
import type { Engine } from './engine.ts';
import { gatherInput } from './gather-input.ts';
import { keepCarriedOut, keepReceipts, measurePairs, remember } from './keep-savings.ts';
import { type ObservedSchema, observeSchema } from './observe-schema.ts';
import { makeReadShapes, READERS_VERSION } from './read-shapes.ts';
import { relationNamed } from './relation-named.ts';
import { KEPT_ATTRIBUTE } from './restore.ts';
import { DECLINED } from './rollback.ts';
import { noteLapses } from './standing.ts';

/** What one cycle saw, decided and did. */
export interface CycleResult {
  readonly ingest: IngestOutcome;
  readonly input: CycleInput;
  readonly decision: CycleDecision;
  readonly applied: ApplyOutcome | undefined;
  readonly receipts: readonly Receipt[];
  /** As they stand now, after what was done. */
  readonly marts: readonly Mart[];
  readonly schema: ObservedSchema;
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
  const overhead = { cpuMs: 0 };
  const metered: Engine = {
    ...engine,
    connector: meterConnector(engine.connector, (_purpose, { cpuMs }) => {
      overhead.cpuMs += cpuMs;
    }),
  };

  onProgress?.('looking at the warehouse');
  if (act) {
    await tendMarts(metered, signal);
    if (engine.clock.kind === 'system' && engine.connector.capabilities.foldsNowInViews) {
      noteLapses(engine, await ledger.readRecords());
    }
  }
  const before = await ledger.readMarts();
  const schema = await observe(metered, { marts: before, signal });

  onProgress?.('reading the history');
  const ingest = await readHistory(metered, { schema, signal });
  const usage = usageSince(engine, engine.clock.now() - config.decide.evidenceDays * DAY_MS);

  onProgress?.('measuring facts');
  const input = await gather(metered, { schema, marts: before, usage, signal });

  onProgress?.('deciding');
  const decision = decideCycle(input);
  if (!act) {
    return {
      ingest,
      input,
      decision,
      applied: undefined,
      receipts: memory.receipts.list(),
      marts: before,
      schema,
    };
  }
  memory.accumulators.replaceAll(decision.accumulators.map((one) => [one.key, one]));
  memory.plans.put('latest', decision.plan);
  shareOverhead(engine, { marts: before, cpuMs: overhead.cpuMs });

  const applied =
    config.mode === 'auto'
      ? await applyUnderLease(engine, {
          plan: decision.plan,
          schema,
          facts: input.facts,
          sourceStates: input.sourceStates,
          measuredAt: input.now,
          approved: false,
          signal,
        })
      : undefined;
  const marts = applied === undefined ? before : await ledger.readMarts();

  onProgress?.('measuring savings');
  if (applied !== undefined) {
    keepCarriedOut(engine, {
      plan: decision.plan,
      outcome: applied,
      marts,
      predictedMs: (mart) => predictedMsPerDay(mart, { decision, usage }),
    });
    await measurePairs(engine, { marts, usage, schema, signal });
  }
  const receipts = keepReceipts(engine, { marts });
  return { ingest, input, decision, applied, receipts, marts, schema };
}

interface Seen {
  readonly marts: readonly Mart[];
  readonly signal: AbortSignal | undefined;
}

export function observe(
  engine: Pick<Engine, 'connector' | 'parsers' | 'config' | 'names'>,
  { marts, signal }: Seen,
): Promise<ObservedSchema> {
  const { dataSchema, ledgerSchema } = engine.config.marts;
  return observeSchema({
    connector: engine.connector,
    parse: engine.parsers.parse,
    marts,
    ownSchemas: [dataSchema, ledgerSchema],
    ownDatabase: engine.names.database,
    signal,
  });
}

function readHistory(
  engine: Engine,
  { schema, signal }: { readonly schema: ObservedSchema; readonly signal: AbortSignal | undefined },
): Promise<IngestOutcome> {
  const { connector, config, store, source, clock, names, parsers } = engine;
  const { idRetentionDays, factRetentionDays, columnRetentionDays } = config.usage;
  return ingestHistory({
    source,
    log: store.usage,
    interpret: engine.interpret,
    readShapes: makeReadShapes({
      shapesOf: parsers.shapesOf,
      dialect: connector.dialect,
      schema: schema.snapshot,
      names,
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

async function gather(
  engine: Engine,
  {
    schema,
    marts,
    usage,
    signal,
  }: Seen & { readonly schema: ObservedSchema; readonly usage: UsageSnapshot },
): Promise<CycleInput> {
  const { connector, config, memory, clock, store, prices, names, ledger } = engine;
  const now = clock.now();
  const refusals = await ledger.readRefusals();
  const declined = refusals
    .filter(({ code }) => code === DECLINED)
    .map(({ relation, at }) => ({ digest: relation, at }));
  return gatherInput(
    {
      now,
      mode: config.mode,
      dialect: connector.dialect,
      capabilities: connector.capabilities,
      cyclePeriodMs: config.schedule.period,
      usage,
      schema: schema.snapshot,
      catalog: schema.catalog,
      marts,
      accumulators: memory.accumulators.list(),
      receipts: memory.receipts.list(),
      workDone: memory.work
        .list()
        .filter(({ at }) => dayNumber(now) - dayNumber(at) <= config.decide.evidenceDays),
      prices,
      policy: config.decide,
      caps: config.caps,
      pairedRunsPerCycle: config.schedule.period / config.savings.pairedRunsEvery,
      adoptable: await readAdoptables(config.marts.adoptable, {
        parse: engine.parsers.parse,
        dialect: connector.dialect,
        nameOf: (written) => relationNamed(written, { schema, names }),
        isOurs: (relation) => marts.some(({ definition }) => definition.relation === relation),
        signal,
      }),
      naming: {
        goldSchema: config.marts.goldSchema,
        dataSchema: config.marts.dataSchema,
      },
      maxStalenessMs: config.marts.maxStaleness,
      declined,
      ...(config.prune.enabled ? { prune: pruneInput(engine, { schema, marts, refusals }) } : {}),
    },
    { connector, documents: store.documents, schemaDigest: schema.digest, now, signal },
  );
}

function pruneInput(
  engine: Engine,
  {
    refusals,
    ...world
  }: GoldWorld & { readonly refusals: Awaited<ReturnType<Engine['ledger']['readRefusals']>> },
): PruneInput {
  return {
    settings: engine.config.prune,
    gold: goldUseOf(engine, world),
    kept: refusals
      .filter(({ code }) => code === KEPT_ATTRIBUTE)
      .map(({ relation, digest }) => ({ relation, attribute: digest })),
    refusedCuts: refusals
      .filter(({ code }) => code === 'CUT_TOO_SMALL')
      .map(({ relation, at }) => ({ relation, at })),
  };
}

interface GoldWorld {
  readonly schema: ObservedSchema;
  readonly marts: readonly Mart[];
}

/** The use of every relation in the gold schema, and of every mart wherever it lies. */
export function goldUseOf(
  { config, store, clock, readGoldUse }: Engine,
  { schema, marts }: GoldWorld,
): readonly GoldUse[] {
  const isGold = (id: RelationId) => relationParts(id).schema === config.marts.goldSchema;
  const own = new Set(marts.map(({ definition }) => definition.relation));
  return readGoldUse({
    log: store.usage,
    relations: new Map(
      schema.snapshot.relations
        .filter(({ id }) => isGold(id) || own.has(id))
        .map(({ id, columns }) => [id, columns.map(({ name }) => name)]),
    ),
    marts,
    columnDays: config.usage.columnRetentionDays,
    now: clock.now(),
  });
}

/**
 * Reader time a mart is expected to save a day: its predicted cut in thread time, in the proportion in which readers
 * have waited for thread time so far.
 */
export function predictedMsPerDay(
  mart: RelationId,
  { decision, usage }: { readonly decision: CycleDecision; readonly usage: UsageSnapshot },
): number {
  const numbers = decision.verdicts.find(({ relation }) => relation === mart)?.numbers;
  const cpuMs = usage.facts.reduce((sum, fact) => sum + fact.cpuMs, 0);
  const durationMs = usage.facts.reduce((sum, fact) => sum + fact.durationMs, 0);
  return numbers === undefined || cpuMs === 0
    ? 0
    : numbers.runsPerDay * (numbers.basePerRunMs - numbers.martPerRunMs) * (durationMs / cpuMs);
}

/** What a cycle's looking and measuring cost is shared by the marts that stand: receipts are net of everything. */
function shareOverhead(
  engine: Engine,
  { marts, cpuMs }: { readonly marts: readonly Mart[]; readonly cpuMs: number },
): void {
  const physical = marts.filter(({ stage }) => stage === 'physical');
  for (const { definition } of physical) {
    remember(engine, {
      relation: definition.relation,
      kind: 'daemon',
      cpuMs: cpuMs / physical.length,
    });
  }
}
