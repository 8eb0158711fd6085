import type { DuckDBInstance } from '@duckdb/node-api';
import type { Clock } from '../base/clock.ts';
import { GoldsmithError } from '../base/goldsmith-error.ts';
import type { RelationId } from '../base/relation.ts';
import type { Config } from '../config/config.ts';
import { recordCycle } from '../decide/recording.ts';
import type { GoldsmithService, Status } from '../http/service.ts';
import type { ApplyOutcome } from '../materializer/apply-parts.ts';
import type { Metrics } from '../metrics/registry.ts';
import { whyStale } from '../plan/is-stale.ts';
import type { Plan } from '../plan/plan.ts';
import { applyUnderLease, tendMarts } from './apply.ts';
import { attributesReport } from './attributes-report.ts';
import { readCapsUsed } from './caps-used.ts';
import { type CycleResult, runCycle } from './cycle.ts';
import { applyReport, cycleReport, planReport } from './cycle-report.ts';
import { runDoctor } from './doctor.ts';
import { type Engine, openEngine } from './engine.ts';
import { explain, graphReport } from './explain.ts';
import { openFirstUse } from './first-use.ts';
import { goldUseOf } from './gold-use-of.ts';
import { keepRecording } from './keep-recording.ts';
import { keepCarriedOut, keepReceipts } from './keep-savings.ts';
import { liveSettings, type ReloadReport } from './live-settings.ts';
import { type Logger, quietLogger } from './logger.ts';
import { observe } from './observe.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { predictedMsPerDay } from './predicted-time.ts';
import { receiptsReport } from './receipts-report.ts';
import { recordBrakes, recordMetrics } from './record-metrics.ts';
import { relationNamed } from './relation-named.ts';
import { KEPT_ATTRIBUTE, prunedAttribute, restorePlan } from './restore.ts';
import { DECLINED, rollbackPlan } from './rollback.ts';
import { openRouteService } from './route-service.ts';
import { makeRouteWorld, type RouteWorld } from './route-world.ts';
import { systemClock } from './system-clock.ts';
import { tellPeople, tellProposal } from './tell-people.ts';

export interface StartParts {
  readonly config: Config;
  /** Embedded: the application's own DuckDB instance; it stays the application's to close. */
  readonly instance?: DuckDBInstance;
  /** The real time by default. */
  readonly clock?: Clock;
  readonly log?: Logger;
  /** Told what a cycle is doing, for a person who waits. */
  readonly progress?: (text: string) => void;
}

export interface Goldsmith extends GoldsmithService {
  readonly metrics: Metrics;
  /** One cycle, with all it saw and decided. */
  cycle(signal?: AbortSignal): Promise<CycleResult>;
  /** Reads the settings again; those of `LIVE_SECTIONS` take effect at once, a bad config changes nothing. */
  reload(read: () => Config): ReloadReport;
  /** The last cycle's whole input as text: decided again anywhere, it gives the same plan digest. */
  recording(): string | undefined;
  close(): Promise<void>;
}

/**
 * Starts a Goldsmith in this process: opens the state, the warehouse and the history, and finishes or undoes what an
 * earlier one left open. Nothing is decided until a cycle is asked for.
 */
export async function startGoldsmith(parts: StartParts): Promise<Goldsmith> {
  const { config, clock = systemClock, progress } = parts;
  const log = parts.log ?? quietLogger(config.log.level);
  const withdrawn = new Set<RelationId>();
  const opened = await openEngine({ config, clock, log, instance: parts.instance });
  const live = liveSettings({ ...opened, config });
  const engine: Engine = {
    ...opened,
    get config() {
      return live.config();
    },
    get notifier() {
      return live.notifier();
    },
    onWithdraw: (mart) => withdrawn.add(mart),
  };
  const turn = oneAtATime();
  const closing = new AbortController();
  let last: CycleResult | undefined;
  let lastError: string | undefined;
  let lastAt: number | undefined;
  let world: RouteWorld | undefined;

  const refreshWorld = async () => {
    const marts = await engine.ledger.readMarts();
    const schema = await observe(engine, { marts, signal: closing.signal });
    const { connector, names, parsers } = engine;
    world = await makeRouteWorld({
      schema: schema.index,
      names,
      dialect: connector.dialect,
      marts,
      parse: parsers.parse,
    });
    withdrawn.clear();
    return { marts, schema };
  };
  const signalOf = (signal: AbortSignal | undefined) =>
    signal === undefined ? closing.signal : AbortSignal.any([closing.signal, signal]);

  async function cycle(act: boolean, signal?: AbortSignal): Promise<CycleResult> {
    return turn(async () => {
      const startedAt = performance.now();
      try {
        const result = await runCycle(engine, {
          act,
          signal: signalOf(signal),
          onProgress: progress && ((what) => progress(`${what}\n`)),
        });
        forgetApplied(result.applied);
        await refreshWorld();
        last = result;
        if (config.state.recordings !== undefined) {
          keepRecording(config.state.recordings, result);
        }
        lastError = undefined;
        lastAt = clock.now();
        recordMetrics(engine, {
          result,
          seconds: (performance.now() - startedAt) / 1000,
          caps: await readCapsUsed(engine, result.marts),
        });
        // Also what an earlier cycle could not tell.
        await tellPeople(engine, [], signalOf(signal));
        if (act && result.decision.plan.steps.length > 0) {
          await tellProposal(engine, { plan: result.decision.plan, signal: signalOf(signal) });
        }
        return result;
      } catch (error) {
        lastError =
          error instanceof GoldsmithError ? error.message : 'an unexpected fault; the log has it';
        engine.metrics.add('goldsmith_cycles_total', { outcome: 'failed' });
        throw error;
      }
    });
  }

  const route = openRouteService({
    parse: engine.parsers.parse,
    clock,
    asks: engine.store.routeAsks,
    holdOutShare: config.savings.holdOutShare,
    world: () => world && { ...world, withdrawn },
    firstUse: openFirstUse({
      connector: engine.connector,
      documents: engine.store.documents,
      clock,
      timeoutMs: config.caps.replayStatementTimeout,
      priceCpu: engine.priceCpu,
      onWork: (work) =>
        engine.memory.work.put(`${work.at}/${work.relation}/first-use/${work.cpuMs}`, work),
    }),
  });

  async function applyKept(digest: string | undefined) {
    const plan = engine.memory.plans.get('latest');
    if (plan === undefined) {
      throw new GoldsmithError(
        'NO_PLAN',
        'there is no plan to apply: make one with `goldsmith plan`',
      );
    }
    if (digest !== undefined && !plan.digest.startsWith(digest)) {
      throw new GoldsmithError(
        'PLAN_REPLACED',
        `the last plan is ${plan.digest}, not ${digest}: look at it with \`goldsmith plan\` and apply that one`,
      );
    }
    return turn(async () => {
      await requireFits(plan);
      return applyNow(plan);
    });
  }

  /** A plan that was begun is gone on with; one that was not must still fit the world it was made for. */
  async function requireFits(plan: Plan): Promise<void> {
    const { ledger } = engine;
    if ((await ledger.entriesOfPlan(plan.digest)).length > 0) {
      return;
    }
    const why = whyStale(plan, { now: clock.now(), marts: await ledger.readMarts() });
    if (why !== undefined) {
      throw new GoldsmithError(
        'PLAN_STALE',
        `plan ${plan.digest} no longer fits: ${why}. Look at a new one with \`goldsmith plan\``,
      );
    }
  }

  async function applyNow(plan: Plan) {
    const marts = await engine.ledger.readMarts();
    const schema = await observe(engine, { marts, signal: closing.signal });
    const outcome = await applyUnderLease(engine, {
      plan,
      schema,
      facts: last?.input.facts ?? {
        source: 'none',
        verifiedAt: 0,
        uniqueKeys: [],
        inclusions: [],
        notNull: [],
        rowCounts: [],
      },
      sourceStates: [],
      measuredAt: clock.now(),
      approved: true,
      signal: closing.signal,
    });
    keepCarriedOut(engine, {
      plan,
      outcome,
      predictedMs: (mart) =>
        last === undefined
          ? 0
          : predictedMsPerDay(mart, { decision: last.decision, usage: last.input.usage }),
    });
    forgetApplied(outcome);
    keepReceipts(engine, await refreshWorld());
    return applyReport(outcome);
  }

  /** A plan that was carried out is spent: asked for again, its journal would call it done whatever happened since. */
  function forgetApplied(outcome: ApplyOutcome | undefined): void {
    const { plans } = engine.memory;
    if (outcome?.kind === 'applied' && plans.get('latest')?.digest === outcome.planDigest) {
      plans.remove('latest');
    }
  }

  /** In the warehouse: a state file that is lost must not forget what a person said. */
  function rememberNo(relation: RelationId): Promise<void> {
    const because = 'a person asked for a view';
    return rememberWord({ relation, digest: relation, code: DECLINED, because });
  }

  async function rememberWord(word: {
    readonly relation: RelationId;
    readonly digest: string;
    readonly code: string;
    readonly because: string;
  }): Promise<void> {
    await engine.connector.transaction(
      (session) => engine.ledger.recordRefusal({ at: clock.now(), evidence: {}, ...word }, session),
      { readOnly: false, purpose: 'ledger' },
    );
  }

  async function keepAttribute(relation: string, attribute: string): Promise<RelationId> {
    const marts = await engine.ledger.readMarts();
    const schema = await observe(engine, { marts, signal: closing.signal });
    const id = relationNamed(relation, { schema, names: engine.names });
    const name = prunedAttribute({ relation: id, attribute }, marts);
    await rememberWord({
      relation: id,
      digest: name,
      code: KEPT_ATTRIBUTE,
      because: 'a person asked for it back',
    });
    return id;
  }

  async function currentStatus(): Promise<Status> {
    const ready = world !== undefined && lastError === undefined;
    return {
      ready,
      because: ready ? '' : (lastError ?? 'it has not looked at the warehouse yet'),
      mode: engine.config.mode,
      warehouse: engine.connector.name,
      ...(lastAt === undefined ? {} : { lastCycleAt: new Date(lastAt).toISOString() }),
      ...(lastError === undefined ? {} : { lastCycleError: lastError }),
    };
  }

  try {
    await tendMarts(engine);
    await refreshWorld();
    recordBrakes(engine);
  } catch (error) {
    await engine.close();
    throw error;
  }

  return {
    metrics: {
      ...engine.metrics,
      // A kill switch or a freeze window is seen at once, not only after the next cycle.
      text() {
        recordBrakes(engine);
        return engine.metrics.text();
      },
    },
    cycle: (signal) => cycle(true, signal),
    reload(read) {
      const report = live.reload(read);
      if (report.kind === 'taken') {
        if (report.changed.includes('log.level')) {
          log.level = engine.config.log.level;
        }
        recordBrakes(engine);
      }
      return report;
    },
    recording: () => (last === undefined ? undefined : recordCycle(last.input)),
    status: currentStatus,
    once: async () => cycleReport(await cycle(true)),
    async plan() {
      const { decision } = await cycle(false);
      engine.memory.plans.put('latest', decision.plan);
      return planReport(decision);
    },
    apply: applyKept,
    explain: async (relation) => {
      const result = last ?? (await cycle(false));
      return explain(
        result,
        relation === undefined
          ? undefined
          : relationNamed(relation, { schema: result.schema, names: engine.names }),
      );
    },
    graph: async (format) =>
      graphReport((last ?? (await cycle(false))).input, {
        format,
        halfLifeDays: config.usage.halfLifeDays,
      }),
    async route(request) {
      const startedAt = performance.now();
      const answer = await route(request);
      engine.metrics.observe(
        'goldsmith_route_duration_seconds',
        (performance.now() - startedAt) / 1000,
      );
      engine.metrics.add('goldsmith_route_requests_total', {
        answer: answer.answer === 'base' && answer.heldOut ? 'hold-out' : answer.answer,
      });
      return answer;
    },
    receipts: async () => receiptsReport(engine.memory.receipts.list()),
    rollback: (relation) =>
      turn(async () => {
        const marts = await engine.ledger.readMarts();
        const schema = await observe(engine, { marts, signal: closing.signal });
        const id = relationNamed(relation, { schema, names: engine.names });
        const plan = rollbackPlan(id, { marts, now: clock.now(), policy: engine.config.decide });
        const report = await applyNow(plan);
        if (report.ok) {
          await rememberNo(id);
        }
        return report;
      }),
    attributes: async (relation) => {
      const result = last ?? (await cycle(false));
      const { decision, input, schema, marts } = result;
      return attributesReport({
        relation: relationNamed(relation, { schema, names: engine.names }),
        gold: input.prune?.gold ?? goldUseOf(engine, { schema, marts }),
        standings: decision.attributes,
        marts: await engine.ledger.readMarts(),
      });
    },
    async restore(relation, attribute) {
      const id = await turn(() => keepAttribute(relation, attribute));
      const { decision } = await cycle(false);
      return turn(() => applyNow(restorePlan(decision.plan, { relation: id, now: clock.now() })));
    },
    doctor: () =>
      runDoctor(engine, {
        isAtWork: turn.isTaken,
        settings: live,
        usage: () => last?.input.usage,
        lastError: () => lastError,
      }),
    async close() {
      closing.abort();
      await turn(async () => {});
      await engine.close();
    },
  };
}
