import { z } from 'zod';
import type { RelationId } from '../base/relation.ts';
import type { ApplyOutcome } from '../materializer/apply-parts.ts';
import type { JournalEntry } from '../materializer/journal.ts';
import type { MartRecord } from '../materializer/mart-record.ts';
import { failureNotice, type Notice, noticeOf, quarantineNotice } from '../notify/notice.ts';
import type { Plan } from '../plan/plan.ts';
import { sortSteps } from '../propose/asked-of.ts';
import type { Engine } from './engine.ts';
import { notice as keptNotice } from './kept-outbox.ts';
import { handIn } from './tell-people.ts';

const UNTOLD = 'untold-plan';
const QUARANTINED = 'told-quarantine';

/** What is to be told of a plan once its steps are done: kept before the first of them is begun. */
const untoldPlan = z.object({
  at: z.number(),
  steps: z.array(
    z.object({
      step: z.number(),
      notice: keptNotice,
      /** The kind of proposal that shows it in a chat, where one may. */
      shownAs: z.string().exactOptional(),
    }),
  ),
});

type Parts = Pick<Engine, 'store' | 'clock' | 'notifier' | 'outbox' | 'channels'>;

interface Request {
  readonly plan: Plan;
  /** Its proposals are brought up to date after it, and shown. */
  readonly isShown: boolean;
}

/** Whether what was done on the way of proposals is shown in a chat, where it would be told a second time by a notice. */
export function showsInChat(
  { channels }: Pick<Engine, 'channels'>,
  { agreed }: { readonly agreed: boolean },
): boolean {
  return agreed && channels.some(({ isChat }) => isChat === true);
}

/** Notes what a plan will have to tell, before anything of it is done. */
export function noteUntold({ store, clock }: Parts, { plan, isShown }: Request): void {
  const kinds = new Map(
    sortSteps(plan.steps).asked.flatMap(({ kind, steps }) => steps.map((step) => [step, kind])),
  );
  const steps = plan.steps.flatMap((step, at) => {
    const told = noticeOf(step, plan.digest);
    const kind = isShown ? kinds.get(step) : undefined;
    return told === undefined
      ? []
      : [{ step: at, notice: told, ...(kind === undefined ? {} : { shownAs: kind }) }];
  });
  store.documents.put(UNTOLD, plan.digest, { at: clock.now(), steps });
}

/** Hands in what is to be told of a plan; from now on the outbox knows it. */
export function handInOutcome(
  engine: Parts,
  {
    plan,
    outcome,
    isShown,
    notices,
  }: Request & {
    readonly outcome: ApplyOutcome;
    readonly notices: readonly (Notice | undefined)[];
  },
): readonly Notice[] {
  const shown = isShown ? stepsShown(plan, outcome) : new Set<number>();
  const told = notices.flatMap((one, at) => (one === undefined || shown.has(at) ? [] : [one]));
  engine.store.documents.transaction(() => {
    handIn(engine, told);
    engine.store.documents.remove(UNTOLD, plan.digest);
  });
  return told;
}

/** Steps of questions that were carried out in full: each is a proposal that says so. */
function stepsShown(plan: Plan, outcome: ApplyOutcome): ReadonlySet<number> {
  const isDone = (at: number) => outcome.steps[at]?.outcome === 'done';
  const places = new Map(plan.steps.map((step, at) => [step, at]));
  return new Set(
    sortSteps(plan.steps).asked.flatMap(({ steps }) => {
      const its = steps.map((step) => places.get(step) ?? -1);
      return its.every(isDone) ? its : [];
    }),
  );
}

/**
 * Hands in what a killed daemon did and had no time to tell: by the journal, which knows how each step ended. Something may be told
 * twice that way, never not at all.
 */
export async function handInUntold(
  engine: Parts & Pick<Engine, 'ledger' | 'memory' | 'log'>,
): Promise<void> {
  const { store, ledger, memory, log } = engine;
  const { documents } = store;
  for (const { key: planDigest, value } of documents.list(UNTOLD)) {
    const untold = untoldPlan.safeParse(value).data;
    const entries = (await ledger.entriesOfPlan(planDigest)).filter(
      ({ startedAt }) => startedAt >= (untold?.at ?? 0),
    );
    if (entries.some(({ outcome }) => outcome === undefined)) {
      continue;
    }
    const isShown = (kind: string | undefined, { action }: JournalEntry) =>
      kind !== undefined &&
      memory.proposals
        .list()
        .some(
          (one) =>
            one.kind === kind &&
            one.relation === action.mart &&
            (one.state === 'approved' || one.state === 'applied'),
        );
    const notices = entries.flatMap((entry): readonly Notice[] => {
      const { action, detail = '', outcome, step } = entry;
      if (outcome === 'failed') {
        const failed = failureNotice({ action }, { detail, planDigest });
        return failed === undefined ? [] : [failed];
      }
      const known = untold?.steps.find((one) => one.step === step);
      return outcome !== 'done' || known === undefined || isShown(known.shownAs, entry)
        ? []
        : [known.notice];
    });
    documents.transaction(() => {
      handIn(engine, notices);
      documents.remove(UNTOLD, planDigest);
    });
    if (notices.length > 0) {
      const titles = notices.map(({ title }) => title);
      log.info({ titles }, 'told after an interruption');
    }
  }
}

/** Hands in, once, each mart that Goldsmith stopped touching: whoever stopped it, and whatever was killed after. */
export function handInQuarantined(engine: Parts, records: readonly MartRecord[]): void {
  const { documents } = engine.store;
  const stopped = new Map<RelationId, string>(
    records
      .filter(({ mart }) => mart.stage === 'quarantined')
      .map(({ mart, note = 'no reason is kept' }) => [mart.definition.relation, note]),
  );
  documents.transaction(() => {
    for (const { key } of documents.list(QUARANTINED)) {
      if (!stopped.has(key as RelationId)) {
        documents.remove(QUARANTINED, key);
      }
    }
    for (const [relation, because] of stopped) {
      if (documents.get(QUARANTINED, relation) !== because) {
        documents.put(QUARANTINED, relation, because);
        handIn(engine, [quarantineNotice(relation, because)]);
      }
    }
  });
}
