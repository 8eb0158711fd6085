import { existsSync } from 'node:fs';
import { dayOf, type EpochMs } from '../base/clock.ts';
import type { Facts } from '../marts/facts.ts';
import type { SourceState } from '../marts/mart.ts';
import { isSameMeasure } from '../marts/same-measure.ts';
import type { ApplyOutcome } from '../materializer/apply-parts.ts';
import { applyPlan, publishesNothing } from '../materializer/apply-plan.ts';
import { acquireLease, type Lease } from '../materializer/lease.ts';
import { pruneLedger } from '../materializer/prune-ledger.ts';
import { guardMarts } from '../materializer/quarantine.ts';
import { resumeInterrupted } from '../materializer/resume.ts';
import type { ReplayPorts, Work } from '../materializer/work.ts';
import { moneyOfBuilds } from '../materializer/work-done.ts';
import type { Action } from '../plan/action.ts';
import type { Plan } from '../plan/plan.ts';
import { nameOfAdoptable } from './adoptables.ts';
import { endSettled } from './drift/settled-incidents.ts';
import type { Engine } from './engine.ts';
import { endInterruptedRuns, recordRuns, sendRuns } from './lineage/open-lineage.ts';
import type { ObservedSchema } from './observe-schema.ts';
import { relationNamed } from './relation-named.ts';
import { makeReplayPorts } from './replay-ports.ts';
import { keepProved } from './route/first-use.ts';
import { noticesOf, tellPeople } from './tell-people.ts';
import {
  handInOutcome,
  handInQuarantined,
  handInUntold,
  noteUntold,
  showsInChat,
} from './untold.ts';
import { usedColumnsBy } from './used-columns.ts';

export interface ApplyRequest {
  readonly plan: Plan;
  readonly schema: ObservedSchema;
  readonly facts: Facts;
  /** Measured earlier in this cycle. */
  readonly sourceStates: readonly SourceState[];
  /** A moment before the first of them was measured: they are no younger. */
  readonly measuredAt: EpochMs;
  readonly approved: boolean;
  /** People agreed to it before, or are not asked: allowed in mode propose, within a cycle's limits. */
  readonly agreed?: boolean;
  /** A message that people see says so when it is done: no notice is told beside it. */
  readonly isSaid?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Applies a plan under the lease, keeps what it cost, and then tells people. Another holder means nothing is begun. */
export async function applyUnderLease(
  engine: Engine,
  request: ApplyRequest,
): Promise<ApplyOutcome> {
  const { plan, signal, agreed = false } = request;
  const isShown = showsInChat(engine, { agreed });
  const outcome = await applyHeld(engine, { ...request, isShown });
  const all = noticesOf(engine, { plan, outcome }).map((notice, at) =>
    request.isSaid === true && outcome.steps[at]?.outcome === 'done' ? undefined : notice,
  );
  const notices = handInOutcome(engine, { plan, outcome, isShown, notices: all });
  const ended = endSettled(engine, outcome);
  if (notices.length + ended > 0) {
    await tellPeople(engine, notices, signal);
  }
  await sendRuns(engine, signal);
  return outcome;
}

async function applyHeld(
  engine: Engine,
  request: ApplyRequest & { readonly isShown: boolean },
): Promise<ApplyOutcome> {
  const { connector, ledger, clock, config, log, metrics, memory } = engine;
  const { plan, signal, approved, agreed = false } = request;
  if (config.mode === 'observe' || plan.steps.length === 0) {
    return notBegun(
      plan,
      config.mode === 'observe'
        ? 'mode observe: Goldsmith looks and tells, and changes nothing'
        : 'the plan is empty',
    );
  }
  const refusal = publishesNothing(connector);
  if (refusal !== undefined) {
    return notBegun(plan, refusal);
  }
  await ledger.ensure();
  const answer = await acquireLease(
    { connector, ledger },
    { holder: engine.holder, ttlMs: config.caps.leaseTtl, now: clock.now() },
  );
  if (answer.kind === 'busy') {
    return notBegun(
      plan,
      `another Goldsmith (${answer.holder}) holds the lease until ${new Date(answer.until).toISOString()}: nothing was begun`,
    );
  }
  const { lease } = answer;
  try {
    const replay = makeReplayPorts({
      source: engine.source,
      parse: engine.parsers.parse,
      dialect: connector.dialect,
      schema: request.schema.index,
      names: engine.names,
      facts: request.facts,
      onProved: (fingerprints, definition) =>
        keepProved(engine.store.documents, { fingerprints, definition }),
    });
    const freshness: Work['freshness'] = {
      usedColumns: usedColumnsBy({
        parse: engine.parsers.parse,
        dialect: connector.dialect,
        schema: request.schema.index,
        names: engine.names,
      }),
      observed: (measure) => {
        const state = request.sourceStates.find((each) => isSameMeasure(each, measure));
        return state === undefined ? undefined : { state, at: request.measuredAt };
      },
    };
    const resumed = await resumeInterrupted(workOf(engine, { lease, replay, freshness, signal }));
    endInterruptedRuns(engine, resumed);
    await handInUntold(engine);
    noteUntold(engine, request);
    const runs = await recordRuns(engine, { plan, schema: request.schema });
    const outcome = await applyPlan(plan, {
      connector,
      ledger,
      lease,
      clock,
      // Asked at each step: a cap that was tightened meanwhile holds from the next step on.
      get caps() {
        const { caps } = engine.config;
        return approved ? { ...caps, steps: { ...caps.steps, perCycle: Infinity } } : caps;
      },
      adoptable: new Set(
        config.marts.adoptable.map((one) =>
          relationNamed(nameOfAdoptable(one), { schema: request.schema, names: engine.names }),
        ),
      ),
      spentOnBuilds: () =>
        moneyOfBuilds(memory.work.list().filter(({ at }) => dayOf(at) === dayOf(clock.now()))),
      mode: config.mode,
      approved: approved || agreed,
      killSwitch: () => isKilled(engine),
      waiting: resumed.waiting,
      replay,
      freshness,
      priceCpu: engine.priceCpu,
      onEvent: (event) => {
        const { kind, action, detail } = event;
        runs.onEvent(event);
        if (kind === 'quarantined' || withdraws(action)) {
          engine.onWithdraw?.(action.mart);
        }
        log[kind === 'step-failed' || kind === 'quarantined' ? 'warn' : 'info'](
          { verb: action.kind, mart: action.mart, detail },
          kind,
        );
      },
      signal,
    });
    for (const work of outcome.work) {
      memory.work.put(`${work.at}/${work.relation}/${work.kind}/${plan.digest}`, work);
    }
    for (const { action, outcome: ending } of outcome.steps) {
      metrics.add('goldsmith_actions_total', { kind: action.kind, outcome: ending });
    }
    return outcome;
  } finally {
    await lease.release();
  }
}

/**
 * Finishes or undoes what a killed daemon left open, then looks whether somebody else wrote to what is ours: such a mart is
 * quarantined and told (law 6). Does nothing where there is no ledger or somebody else acts.
 */
export async function tendMarts(engine: Engine, signal?: AbortSignal): Promise<void> {
  await tend(engine, signal);
  await handInUntold(engine);
}

async function tend(engine: Engine, signal: AbortSignal | undefined): Promise<void> {
  const { connector, ledger, clock, config, log } = engine;
  if (
    config.mode === 'observe' ||
    (await ledger.readRecords()).length + (await ledger.openEntries()).length === 0
  ) {
    return;
  }
  const answer = await acquireLease(
    { connector, ledger },
    { holder: engine.holder, ttlMs: config.caps.leaseTtl, now: clock.now() },
  );
  if (answer.kind === 'busy') {
    log.warn({ holder: answer.holder }, 'another goldsmith holds the lease');
    return;
  }
  try {
    const work = workOf(engine, { lease: answer.lease, replay: noReplay, freshness: {}, signal });
    const report = await resumeInterrupted(work);
    endInterruptedRuns(engine, report);
    for (const { verb, relation, outcome, detail } of report.steps) {
      log.warn({ verb, mart: relation, outcome, detail }, 'interrupted step resumed');
    }
    for (const [mart, why] of report.waiting) {
      log.warn({ mart, ...why }, 'interrupted step not settled yet');
    }
    const { quarantined, withdrawn, unsettled } = await guardMarts(work, report);
    for (const [mart, why] of unsettled) {
      log.warn({ mart, ...why }, 'mart could not be looked at');
    }
    for (const { relation, because, restored } of withdrawn) {
      engine.onWithdraw?.(relation);
      const what = restored
        ? 'mart answers from its definition again'
        : 'mart cannot be given its definition back';
      log.warn({ mart: relation, because }, what);
    }
    for (const { relation, because } of quarantined) {
      engine.onWithdraw?.(relation);
      log.error({ mart: relation, because }, 'mart quarantined');
    }
    handInQuarantined(engine, await ledger.readRecords());
    await pruneOnceADay(engine, work);
  } finally {
    await answer.lease.release();
  }
}

const LEDGER_PRUNED = 'ledger-pruned';

async function pruneOnceADay({ store, clock, config }: Engine, work: Work): Promise<void> {
  const now = clock.now();
  const today = dayOf(now);
  if (store.documents.get(LEDGER_PRUNED, 'day') !== today) {
    await pruneLedger(work, { now, retentionMs: config.caps.ledgerRetention });
    store.documents.put(LEDGER_PRUNED, 'day', today);
  }
}

/** A resumed step is finished or undone from the ledger; it never replays. */
const noReplay: ReplayPorts = {
  fetchTexts: async () => new Map(),
  isSafeToReplay: () => ({ safe: false, because: 'nothing is replayed while resuming' }),
  rewriteForReplay: async () => undefined,
};

function workOf(
  { connector, ledger, clock, config }: Engine,
  parts: {
    readonly lease: Lease;
    readonly replay: ReplayPorts;
    readonly freshness: Work['freshness'];
    readonly signal: AbortSignal | undefined;
  },
): Work {
  return {
    connector,
    ledger,
    clock,
    caps: config.caps,
    ...parts,
    inside: () => parts.lease.renew(clock.now()),
  };
}

function withdraws(action: Action): boolean {
  return action.kind === 'repoint-view' && action.to.kind === 'logical';
}

export function isKilled({ config }: Pick<Engine, 'config'>): boolean {
  const { killSwitchFile } = config.caps;
  return killSwitchFile !== undefined && existsSync(killSwitchFile);
}

function notBegun(plan: Plan, because: string): ApplyOutcome {
  return {
    planDigest: plan.digest,
    kind: 'refused',
    because,
    steps: plan.steps.map(({ action }) => ({
      action,
      outcome: 'skipped',
      code: 'NOT_BEGUN',
      detail: because,
      evidence: {},
    })),
    work: [],
  };
}
