import { digestOf } from '../base/digest.ts';
import type { ApplyOutcome } from '../materializer/apply-parts.ts';
import { failureNotice, type Notice, noticeOf, proposalNotice } from '../notify/notice.ts';
import { withNotices } from '../notify/outbox.ts';
import type { Plan } from '../plan/plan.ts';
import type { Engine } from './engine.ts';

/** The notice of each step that was carried out, or was begun and did not hold; logged whether or not somebody is told. */
export function noticesOf(
  engine: Pick<Engine, 'log'>,
  { plan, outcome }: { readonly plan: Plan; readonly outcome: ApplyOutcome },
): readonly (Notice | undefined)[] {
  return plan.steps.map((step, at) => {
    const ending = outcome.steps[at];
    if (ending === undefined || ending.code === 'DONE_BEFORE') {
      return undefined;
    }
    const { detail } = ending;
    const isDone = ending.outcome === 'done';
    const notice = isDone
      ? noticeOf(step, plan.digest)
      : ending.outcome === 'failed'
        ? failureNotice(step, { detail, planDigest: plan.digest })
        : undefined;
    if (notice !== undefined) {
      engine.log.info({ ...notice }, isDone ? 'decision carried out' : 'decision did not hold');
    }
    return notice;
  });
}

/** Keeps notices until they are told. Within a transaction of the state they tell of, so that a kill forgets neither. */
export function handIn(
  { notifier, outbox, clock }: Pick<Engine, 'notifier' | 'outbox' | 'clock'>,
  notices: readonly Notice[],
): void {
  if (notifier !== undefined && notices.length > 0) {
    outbox.write(withNotices(outbox.read(), { notices, now: clock.now() }));
  }
}

/**
 * Tells people, together with what could not be told before. A notice that cannot be delivered is counted, logged and kept for
 * the next time; what was decided stands.
 */
export async function tellPeople(
  { notifier, log, metrics }: Pick<Engine, 'notifier' | 'log' | 'metrics'>,
  notices: readonly Notice[],
  signal?: AbortSignal,
): Promise<void> {
  if (notifier === undefined) {
    return;
  }
  try {
    const { told, held } = await notifier.tell(notices, signal);
    metrics.add('goldsmith_notifications_total', { outcome: 'sent' }, told);
    if (held > 0) {
      metrics.add('goldsmith_notifications_total', { outcome: 'held' }, notices.length);
      log.debug({ held }, 'notices wait');
    }
  } catch (err) {
    signal?.throwIfAborted();
    metrics.add('goldsmith_notifications_total', { outcome: 'failed' });
    log.warn({ err, titles: notices.map(({ title }) => title) }, 'nobody was told');
  }
}

const TOLD_PLAN = 'told-plan';

/** In mode propose: says once that a plan waits, and again only when another one does. A plan of mere upkeep is not told. */
export async function tellProposal(
  engine: Engine,
  { plan, signal }: { readonly plan: Plan; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const { store, log } = engine;
  const steps = plan.steps.flatMap((step) =>
    // Steps of a long build are not told when they are done, but somebody has to say yes to them.
    noticeOf(step, plan.digest) === undefined && step.action.kind !== 'fill-version'
      ? []
      : [[step.action.kind, step.action.mart]],
  );
  const told = digestOf(steps);
  if (engine.config.mode !== 'propose' || store.documents.get(TOLD_PLAN, 'latest') === told) {
    return;
  }
  const notice = proposalNotice(plan);
  // Where each proposal has a message of its own, the plan of them all needs none.
  const isTold = steps.length > 0 && !engine.channels.some(({ isChat }) => isChat === true);
  store.documents.transaction(() => {
    store.documents.put(TOLD_PLAN, 'latest', told);
    handIn(engine, isTold ? [notice] : []);
  });
  if (steps.length > 0) {
    log.info({ ...notice }, 'a plan waits');
  }
  if (isTold) {
    await tellPeople(engine, [notice], signal);
  }
}
