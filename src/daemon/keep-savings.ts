import { dayOf } from '../base/clock.ts';
import { digestOf } from '../base/digest.ts';
import { GoldsmithError } from '../base/goldsmith-error.ts';
import type { RelationId } from '../base/relation.ts';
import { addUsd, noMoney } from '../base/usd.ts';
import { priceStorage } from '../cost/price-work.ts';
import { noFacts } from '../marts/facts.ts';
import type { Mart } from '../marts/mart.ts';
import type { Receipt, WorkDone } from '../marts/receipt.ts';
import type { ApplyOutcome } from '../materializer/apply-parts.ts';
import type { Action } from '../plan/action.ts';
import { isRefuted } from '../plan/is-refuted.ts';
import type { Plan } from '../plan/plan.ts';
import { meterSession } from '../prove/metered.ts';
import { pairedRuns } from '../prove/paired-runs.ts';
import { attributeReads } from '../savings/attribute-reads.ts';
import { type CarriedOut, writeReceipts } from '../savings/write-receipts.ts';
import type { UsageSnapshot } from '../usage/template.ts';
import { compactWork } from './compact-work.ts';
import type { Engine } from './engine.ts';
import type { ObservedSchema } from './observe-schema.ts';
import { samplesOf } from './paired-samples.ts';
import { makeReplayPorts } from './replay-ports.ts';
import { countStorage, endWhatFell } from './standing.ts';

/** Remembers which marts became physical, and which stopped being so, with what was predicted. */
export function keepCarriedOut(
  { memory, clock }: Pick<Engine, 'memory' | 'clock'>,
  {
    plan,
    outcome,
    predictedMs,
    marts = [],
  }: {
    readonly plan: Plan;
    readonly outcome: ApplyOutcome;
    /** Reader time a mart is expected to save a day. */
    readonly predictedMs: (mart: RelationId) => number;
    /** As they stand after it. */
    readonly marts?: readonly Mart[];
  },
): void {
  const wereTables = new Set(
    marts.filter(({ was }) => was === 'table').map(({ definition }) => definition.relation),
  );
  for (const [at, { action, predicted, evidence }] of plan.steps.entries()) {
    if (outcome.steps[at]?.outcome !== 'done' || action.kind !== 'repoint-view') {
      continue;
    }
    const open = openDecision(memory.carriedOut.list(), action.mart);
    const isBackAgain = outcome.steps
      .slice(at)
      .some((later) => later.outcome === 'done' && becomesTable(later.action, action.mart));
    if (action.to.kind === 'logical' && open !== undefined && !isBackAgain) {
      memory.carriedOut.put(open.decision, {
        ...open,
        until: clock.now(),
        rolledBack: isRefuted(evidence),
      });
      moveCredit(memory, { from: open, into: evidence['mergedInto'], freed: predicted, clock });
    }
    // Readers of an adopted table had a table before: nothing is claimed for their reads.
    if (action.to.kind === 'version' && open === undefined && !wereTables.has(action.mart)) {
      const promised = predicted ?? promiseOf(plan, action.mart);
      const decision = `${plan.digest}/${action.mart}`;
      memory.carriedOut.put(decision, {
        decision,
        relation: action.mart,
        physicalSince: clock.now(),
        rolledBack: false,
        predictedNetPerDay: promised?.netPerDay ?? noMoney,
        predictedMsPerDay: predictedMs(action.mart),
      });
    }
  }
}

/**
 * The mart that answers in the place of another is promised what that one was, and what letting it go frees: its receipt is to be
 * read beside all that it is now there for.
 */
function moveCredit(
  memory: Engine['memory'],
  {
    from,
    into,
    freed,
    clock,
  }: {
    readonly from: CarriedOut;
    readonly into: string | number | undefined;
    readonly freed: Plan['steps'][number]['predicted'];
    readonly clock: Engine['clock'];
  },
): void {
  const survivor = memory.carriedOut
    .list()
    .find(({ relation, until }) => relation === into && until === undefined);
  if (survivor === undefined) {
    return;
  }
  const earlier = from.promisedMore ?? [];
  memory.carriedOut.put(survivor.decision, {
    ...survivor,
    promisedMore: [
      ...(survivor.promisedMore ?? []),
      {
        from: clock.now(),
        netPerDay: addUsd(
          from.predictedNetPerDay,
          ...earlier.map(({ netPerDay }) => netPerDay),
          freed?.netPerDay ?? noMoney,
        ),
        msPerDay: from.predictedMsPerDay + earlier.reduce((sum, { msPerDay }) => sum + msPerDay, 0),
      },
    ],
  });
}

/** A stale mart goes back to its view until its refresh is done: that is no end of the decision. */
function becomesTable(action: Action, mart: RelationId): boolean {
  return action.kind === 'repoint-view' && action.mart === mart && action.to.kind === 'version';
}

function promiseOf(plan: Plan, mart: RelationId) {
  return plan.steps.find(({ action, predicted }) => action.mart === mart && predicted !== undefined)
    ?.predicted;
}

function openDecision(all: readonly CarriedOut[], mart: RelationId): CarriedOut | undefined {
  return all.find(({ relation, until }) => relation === mart && until === undefined);
}

export interface SavingsParts {
  readonly marts: readonly Mart[];
  readonly usage: UsageSnapshot;
  readonly schema: ObservedSchema;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A/B/B/A runs of a few recent statements that reach each physical mart, on one read-only snapshot each. Their cost is work of that mart.
 */
export async function measurePairs(
  engine: Engine,
  { marts, usage, schema, signal }: SavingsParts,
): Promise<void> {
  const { connector, memory, config, clock } = engine;
  const replay = makeReplayPorts({
    source: engine.source,
    parse: engine.parsers.parse,
    dialect: connector.dialect,
    schema: schema.index,
    names: engine.names,
    facts: noFacts,
  });
  for (const mart of marts.filter(({ stage, was }) => stage === 'physical' && was === undefined)) {
    const { current, definition } = mart;
    if (current === undefined) {
      continue;
    }
    const { relation } = definition;
    for (const { fingerprint, sampleId } of samplesOf(relation, {
      usage,
      now: clock.now(),
      measured: memory.paired.list(),
      settings: config.savings,
    })) {
      const text = (await replay.fetchTexts([sampleId], { signal })).get(sampleId);
      const sides =
        text === undefined || !replay.isSafeToReplay(text).safe
          ? undefined
          : await replay.rewriteForReplay(fingerprint, text, {
              mart: relation,
              table: current.table,
              definition,
            });
      if (sides === undefined) {
        continue;
      }
      const options = {
        purpose: 'replay',
        timeoutMs: config.caps.replayStatementTimeout,
        signal,
      } as const;
      let cpuMs = 0;
      try {
        const runs = await connector.transaction(
          (session) =>
            pairedRuns(
              meterSession(session, (_purpose, cost) => {
                cpuMs += cost.cpuMs;
              }),
              { ...sides, keptOnServed: current.native !== undefined, ...options },
            ),
          { readOnly: true, ...options },
        );
        if (runs.comparison.kind === 'equal') {
          memory.paired.put(`${clock.now()}/${relation}/${fingerprint}`, {
            at: clock.now(),
            fingerprint,
            mart: relation,
            runsPerSide: 2,
            baseCpuMs: runs.baseCpuMs,
            servedCpuMs: runs.servedCpuMs,
            baseDurationMs: runs.baseMs,
            servedDurationMs: runs.servedMs,
          });
        }
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof GoldsmithError)) {
          throw error;
        }
        engine.log.warn({ err: error, mart: relation }, 'a paired run was not measured');
      } finally {
        remember(engine, { relation, kind: 'paired-run', cpuMs });
      }
    }
  }
}

/** Keeps one piece of our own work on the debit side of a mart. */
export function remember(
  {
    memory,
    clock,
    priceCpu,
  }: Pick<Engine, 'memory' | 'priceCpu'> & { readonly clock: Pick<Engine['clock'], 'now'> },
  work: Pick<WorkDone, 'relation' | 'kind' | 'cpuMs'>,
): void {
  const done: WorkDone = { ...work, at: clock.now(), cost: priceCpu(work.cpuMs) };
  memory.work.put(`${done.at}/${done.relation}/${done.kind}/${digestOf(done)}`, done);
}

/** Writes every decision's receipts anew from all that was measured, storage until now included. */
export function keepReceipts(
  engine: Engine,
  { marts }: Pick<SavingsParts, 'marts'>,
): readonly Receipt[] {
  const { memory, clock, config, store } = engine;
  const now = clock.now();
  const price = engine.priceNow();
  endWhatFell(engine, marts);
  countStorage(engine, marts);
  compactWork(engine);
  const all = memory.carriedOut.list();
  const allWork = memory.work.list();
  const paired = memory.paired.list();
  const { templates, facts } = store.usage.martUse(
    all.map(({ relation }) => relation),
    {
      fromDay: dayOf(Math.min(now, ...all.map(({ physicalSince }) => physicalSince))),
      untilDay: dayOf(now),
    },
  );
  const receipts = all.flatMap((carriedOut) => {
    const { relation, physicalSince } = carriedOut;
    const until = carriedOut.until ?? now;
    const storage: WorkDone = {
      at: now,
      relation,
      kind: 'storage',
      cpuMs: 0,
      cost: priceStorage({ bytes: carriedOut.storedByteDays ?? 0, days: 1 }, price),
    };
    const earlier = all.filter(
      (other) => other.relation === relation && other.physicalSince < physicalSince,
    );
    const since = Math.max(0, ...earlier.map((other) => other.until ?? other.physicalSince));
    const work = allWork.filter(
      (done) => done.relation === relation && done.at >= since && done.at <= until,
    );
    return writeReceipts({
      carriedOut,
      now,
      reads: attributeReads({
        mart: relation,
        physicalSince,
        until: carriedOut.until,
        lapsedDays: carriedOut.lapsedDays,
        templates,
        facts,
      }),
      paired,
      work: [...work, storage],
      moneyLine: price.line,
      priceOfCpuMs: engine.priceCpu,
      settings: config.savings,
    });
  });
  memory.receipts.replaceAll(
    receipts.map((receipt) => [`${receipt.decision}/${receipt.line}`, receipt]),
  );
  return receipts;
}
