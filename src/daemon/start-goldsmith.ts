import type { DuckDBInstance } from '@duckdb/node-api';
import type { Clock } from '../base/clock.ts';
import { GoldsmithError } from '../base/goldsmith-error.ts';
import type { RelationId } from '../base/relation.ts';
import { toDollars } from '../base/usd.ts';
import type { Config } from '../config/config.ts';
import { recordCycle } from '../decide/recording.ts';
import type { GoldsmithService, Status } from '../http/service.ts';
import type { Metrics } from '../metrics/registry.ts';
import { tendMarts } from './apply.ts';
import { forgetApplied } from './apply-kept.ts';
import { attributesReport } from './attributes-report.ts';
import { readCapsUsed } from './caps-used.ts';
import { type CycleResult, runCycle } from './cycle.ts';
import { cycleReport, planReport } from './cycle-report.ts';
import { dbtBeside } from './dbt/dbt-beside.ts';
import { dbtLineage } from './dbt/dbt-lineage.ts';
import { modelStandings } from './dbt/dbt-standings.ts';
import { runDoctor } from './doctor/doctor.ts';
import { driftReport, driftState } from './drift/drift-report.ts';
import { schemaEvents } from './drift/watch-schema.ts';
import { type Engine, openEngine } from './engine.ts';
import { explain, graphReport } from './explain.ts';
import { goldUseOf } from './gold-use-of.ts';
import { keepRecording } from './keep-recording.ts';
import { keptWrites } from './lineage/kept-writes.ts';
import { lineageReport } from './lineage/lineage-report.ts';
import { sendRuns } from './lineage/open-lineage.ts';
import { liveSettings, type ReloadReport } from './live-settings.ts';
import { type Logger, quietLogger } from './logger.ts';
import { observe } from './observe.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { personVerbs } from './proposals/person-verbs.ts';
import { type ProposalVerbs, proposalVerbs } from './proposals/proposal-verbs.ts';
import { withProposals, withWaiting } from './proposals/proposals-report.ts';
import { slackInteractions } from './proposals/slack-interactions.ts';
import { receiptsReport } from './receipts-report.ts';
import { recordBrakes, recordMetrics } from './record-metrics.ts';
import { relationNamed } from './relation-named.ts';
import { openRoute } from './route/open-route.ts';
import { makeRouteWorld, type RouteWorld } from './route/route-world.ts';
import { systemClock } from './system-clock.ts';
import { tellPeople, tellProposal } from './tell-people.ts';
import { chooseWord } from './words/word-choices.ts';
import { reportWords } from './words/words-report.ts';

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

export interface Goldsmith extends GoldsmithService, Pick<ProposalVerbs, 'carryOut' | 'hear'> {
  /** What people press in a Slack app of yours. */
  readonly interact: ReturnType<typeof slackInteractions>;
  readonly metrics: Metrics;
  /** One cycle, with all it saw and decided. */
  cycle(signal?: AbortSignal): Promise<CycleResult>;
  /** Tells people what an earlier cycle could not; nothing while a cycle runs, which does so itself. */
  tellWaiting(signal?: AbortSignal): Promise<void>;
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
  const opened = await openEngine({
    config,
    clock,
    log,
    instance: parts.instance,
    tell: progress && ((words) => progress(`${words}\n`)),
  });
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

  const refreshWorld = async (sizes?: { readonly withoutSizes: true }) => {
    const marts = await engine.ledger.readMarts();
    const schema = await observe(engine, { marts, signal: closing.signal, ...sizes });
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
        forgetApplied(engine, result.applied);
        await refreshWorld({ withoutSizes: true });
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
        await sendRuns(engine, signalOf(signal));
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

  const route = openRoute(engine, () => world && { ...world, withdrawn });

  const forVerbs = {
    engine,
    turn,
    signal: closing.signal,
    last: () => last,
    look: () => cycle(false),
    refreshWorld: () => refreshWorld(),
  };
  const verbs = personVerbs(forVerbs);
  const proposals = proposalVerbs({ ...forVerbs, verbs });

  async function currentStatus(): Promise<Status> {
    const ready = world !== undefined && lastError === undefined;
    return {
      ready,
      because: ready ? '' : (lastError ?? 'it has not looked at the warehouse yet'),
      mode: engine.config.mode,
      warehouse: engine.connector.name,
      ...(lastAt === undefined ? {} : { lastCycleAt: new Date(lastAt).toISOString() }),
      ...(lastError === undefined ? {} : { lastCycleError: lastError }),
      ...(last === undefined ? {} : { historyCostUsd: toDollars(last.historyCost) }),
    };
  }

  try {
    await tendMarts(engine);
    await refreshWorld({ withoutSizes: true });
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
    async tellWaiting(signal) {
      if (!turn.isTaken()) {
        await turn(async () => {
          await tellPeople(engine, [], signalOf(signal));
          await sendRuns(engine, signalOf(signal));
        });
      }
    },
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
    ...verbs,
    ...proposals,
    interact: slackInteractions(engine, { verbs: proposals, signal: closing.signal }),
    once: async () => withWaiting(cycleReport(await cycle(true)), engine),
    async plan() {
      const { decision } = await cycle(false);
      engine.memory.plans.put('latest', decision.plan);
      return planReport(decision);
    },
    explain: async (relation) => {
      const result = last ?? (await cycle(false));
      const named =
        relation === undefined
          ? undefined
          : relationNamed(relation, { schema: result.schema, names: engine.names });
      return withProposals(explain(result, named), { engine, relation: named });
    },
    graph: async (format) =>
      graphReport((last ?? (await cycle(false))).input, {
        format,
        halfLifeDays: config.usage.halfLifeDays,
      }),
    route,
    receipts: async () => receiptsReport(engine.memory.receipts.list()),
    attributes: async (relation) => {
      const result = last ?? (await cycle(false));
      const { decision, input, schema, marts } = result;
      return attributesReport({
        relation: relationNamed(relation, { schema, names: engine.names }),
        gold: input.prune?.gold ?? goldUseOf(engine, { schema, marts }),
        standings: [
          ...decision.attributes,
          ...(await modelStandings(engine, { input, schema, signal: closing.signal })),
        ],
        marts: await engine.ledger.readMarts(),
      });
    },
    lineage: async (what, direction) => {
      const { schema } = last ?? (await cycle(false));
      return lineageReport({
        what,
        direction,
        schema,
        names: engine.names,
        dialect: engine.connector.dialect,
        writes: keptWrites(engine),
        dbt: dbtLineage(await dbtBeside(engine, { schema, signal: closing.signal })),
        log: engine.store.usage,
        days: engine.config.usage.columnRetentionDays,
        now: clock.now(),
      });
    },
    words: async (word) => {
      const { schema, input } = last ?? (await cycle(false));
      return reportWords(engine, { word, schema, facts: input.facts, signal: closing.signal });
    },
    async chooseWord(choice) {
      const { schema, input } = last ?? (await cycle(false));
      const parts = { ...choice, schema, facts: input.facts, signal: closing.signal };
      return turn(() => chooseWord(engine, parts));
    },
    drift: async () => driftReport(schemaEvents(engine.store), await driftState(engine)),
    doctor: (asked) =>
      runDoctor(engine, {
        dryRunStatements: asked?.dryRunStatements,
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
