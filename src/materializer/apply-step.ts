import { DAY_MS, dayNumber } from '../base/clock.ts';
import { digestOf } from '../base/digest.ts';
import { noMoney } from '../base/usd.ts';
import type { Action } from '../plan/action.ts';
import type { Plan } from '../plan/plan.ts';
import type { StepWork } from './action-handler.ts';
import type { ApplyEvent, ApplyParts, StepOutcome } from './apply-parts.ts';
import { buildsSince } from './builds-since.ts';
import { reasonOf } from './cap.ts';
import { refusedByCaps } from './caps.ts';
import type { FaultPoint } from './faults.ts';
import { resumeAction, runAction } from './handlers.ts';
import { requireNothingRuns } from './nothing-runs.ts';
import { quarantine } from './quarantine.ts';
import { sentenceOf } from './sentence-of.ts';
import { ForeignChange, StepRefused } from './step-refused.ts';
import { type Work, writing } from './work.ts';

interface Step {
  readonly plan: Plan;
  readonly step: number;
  readonly action: Action;
}

/** One step: caps, intent, the work, outcome. A failure is undone and told; it never rejects but for faults of the ledger itself. */
export async function applyStep(of: Step, parts: ApplyParts): Promise<StepOutcome> {
  const { plan, step, action } = of;
  const startedAt = parts.clock.now();
  const tell = (kind: ApplyEvent['kind'], detail: string) =>
    parts.onEvent({ kind, step, action, detail });
  const capped = await refusedNow(of, parts);
  if (capped !== undefined) {
    tell('step-failed', capped.detail);
    return capped;
  }
  const work = workOf(of, parts);
  let entryId: number;
  try {
    await parts.lease.renew(startedAt);
    entryId = await writing(work, {
      purpose: 'ledger',
      run: (session) =>
        parts.ledger.begin(
          { planDigest: plan.digest, step, action, fencingToken: parts.lease.token, startedAt },
          session,
        ),
    });
  } catch (error) {
    const { code, text } = sentenceOf(error);
    tell('step-failed', text);
    return { action, outcome: 'refused', code, detail: text, evidence: {} };
  }
  tell('step-started', action.kind);
  await at(parts, { verb: action.kind, moment: 'before', nth: 0 });
  try {
    const done = await runAction(action, {
      ...work,
      finish: (session, detail) =>
        parts.ledger.end(
          { id: entryId, endedAt: parts.clock.now(), outcome: 'done', detail },
          session,
        ),
    } satisfies StepWork);
    await at(parts, { verb: action.kind, moment: 'after', nth: 0 });
    tell('step-done', done.detail);
    const endedAt = parts.clock.now();
    return { action, outcome: 'done', code: 'DONE', startedAt, endedAt, ...done };
  } catch (error) {
    const failure = await fail({ action, entryId, error, startedAt }, { work, parts });
    tell(failure.outcome === 'done' ? 'step-done' : 'step-failed', failure.detail);
    if (error instanceof ForeignChange) {
      tell('quarantined', error.message);
    }
    return failure;
  }
}

async function refusedNow(
  { plan, step, action }: Step,
  parts: ApplyParts,
): Promise<StepOutcome | undefined> {
  if (parts.signal?.aborted === true) {
    const detail = 'cancelled before it began: nothing has changed';
    return { action, outcome: 'refused', code: 'CANCELLED', detail, evidence: {} };
  }
  const waiting = parts.waiting?.get(action.mart);
  if (waiting !== undefined) {
    const { code, because: detail } = waiting;
    return { action, outcome: 'refused', code, detail, evidence: {} };
  }
  const now = parts.clock.now();
  const refusal = refusedByCaps({
    action,
    caps: parts.caps,
    now,
    killSwitch: parts.killSwitch(),
    marts: addsSomething(action) ? await parts.ledger.readMarts() : [],
    buildsToday:
      reasonOf(action) === undefined
        ? []
        : await buildsSince(dayNumber(now) * DAY_MS, parts.ledger),
    money: {
      spent: parts.spentOnBuilds(),
      expected: plan.steps[step]?.predicted?.cost ?? noMoney,
    },
    adoptable: parts.adoptable,
  });
  return refusal === undefined
    ? undefined
    : {
        action,
        outcome: 'refused',
        code: `CAP_${refusal.cap.toUpperCase().replaceAll('-', '_')}`,
        detail: refusal.because,
        evidence: refusal.evidence,
      };
}

/** Only these are counted by caps; a renewed expiry must not cost a reading of the whole ledger. */
function addsSomething({ kind }: Action): boolean {
  return (
    kind === 'create-mart' ||
    kind === 'adopt-view' ||
    kind === 'adopt-table' ||
    kind === 'fill-version' ||
    kind === 'build-version'
  );
}

function workOf({ action }: Step, parts: ApplyParts): Work {
  let nth = 0;
  return {
    connector: parts.connector,
    ledger: parts.ledger,
    lease: parts.lease,
    clock: parts.clock,
    caps: parts.caps,
    replay: parts.replay,
    freshness: parts.freshness ?? {},
    signal: parts.signal,
    async inside() {
      parts.signal?.throwIfAborted();
      nth += 1;
      await at(parts, { verb: action.kind, moment: 'inside', nth });
      await parts.lease.renew(parts.clock.now());
    },
  };
}

async function at({ faults }: ApplyParts, point: FaultPoint): Promise<void> {
  await faults?.(point);
}

/** Undoes what is left, journals the failure; where even that fails the entry stays open for the next start. */
async function fail(
  of: {
    readonly action: Action;
    readonly entryId: number;
    readonly error: unknown;
    readonly startedAt: number;
  },
  { work, parts }: { readonly work: Work; readonly parts: ApplyParts },
): Promise<StepOutcome> {
  const { action, entryId, error, startedAt } = of;
  const { signal: _aborted, ...calm } = { ...work, inside: async () => {} };
  const { code, text } =
    parts.signal?.aborted === true
      ? { code: 'CANCELLED', text: `${action.mart} was cancelled and what it began was undone` }
      : sentenceOf(error);
  const evidence = error instanceof StepRefused ? error.evidence : {};
  const outcome = { action, outcome: 'failed', code, detail: text, evidence, startedAt } as const;
  try {
    if (error instanceof ForeignChange) {
      await quarantine(calm, { relation: action.mart, because: error.message });
    }
    if (!(error instanceof StepRefused)) {
      await requireNothingRuns(action, calm);
    }
    const resumed = await resumeAction(action, calm);
    const now = parts.clock.now();
    if (resumed.outcome === 'done' && !(error instanceof StepRefused)) {
      const { detail } = resumed;
      await writing(calm, {
        purpose: 'ledger',
        run: (session) =>
          parts.ledger.end({ id: entryId, endedAt: now, outcome: 'done', detail }, session),
      });
      const code = 'DONE_BY_LOOKING';
      return { action, outcome: 'done', code, detail, evidence: {}, startedAt, endedAt: now };
    }
    await writing(calm, {
      purpose: 'ledger',
      async run(session) {
        const kept = resumed.outcome === 'done' ? 'done' : 'failed';
        const detail = `${code}: ${text}`;
        await parts.ledger.end({ id: entryId, endedAt: now, outcome: kept, detail }, session);
        const digest = digestOf('definition' in action ? action.definition : action.mart);
        const refusal = { at: now, relation: action.mart, digest, code, because: text, evidence };
        await parts.ledger.recordRefusal(refusal, session);
      },
    });
    return { ...outcome, endedAt: now };
  } catch (undoError) {
    const undo = sentenceOf(undoError);
    return {
      ...outcome,
      detail: `${text}; it could not be undone yet (${undo.text}), the next start does`,
      endedAt: parts.clock.now(),
    };
  }
}
