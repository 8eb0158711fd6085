import type { Session } from '../../connectors/connector.ts';
import { rangeCount, type Unfinished } from '../../marts/ranges.ts';
import { meterConnector } from '../../prove/metered.ts';
import { sourcesMoved } from '../../prove/source-state.ts';
import type { ActionHandler, ActionOf, Done, StepWork } from '../action-handler.ts';
import { addRange } from '../add-range.ts';
import { ensureSchemaOf } from '../ensure-schema.ts';
import { versionMarker } from '../marker.ts';
import type { MartRecord } from '../mart-record.ts';
import { ownedMart } from '../owned.ts';
import { boundsFor, otherSources, sourceRanges } from '../ranges-of.ts';
import { requireFreeNames } from '../require-free-names.ts';
import { whileSourcesStand } from '../sources-stand.ts';
import { createEmptyVersion } from '../statements.ts';
import { StepRefused } from '../step-refused.ts';
import { dropUnfinished, giveUpUnfinished, isThere } from '../unfinished.ts';
import { markObjects } from '../version-objects.ts';
import { type Work, writing } from '../work.ts';

type Fill = ActionOf<'fill-version'>;

/**
 * Fills a hidden table range by range. Each range is one transaction that adds its rows, and to the ledger what its source was on
 * that snapshot: killed at any line, the next start finds whole ranges and goes on. Where each statement commits by itself, the ledger
 * knows the table before it is there, the first range makes it, and rows of a range that the ledger does not tell of are taken out before
 * they are added again. Between ranges the machine is the readers'.
 */
export const fillVersion: ActionHandler<'fill-version'> = {
  async run(action, plainWork) {
    const spent = { cpuMs: 0, durationMs: 0 };
    const connector = meterConnector(plainWork.connector, (_purpose, cost) => {
      spent.cpuMs += cost.cpuMs;
      spent.durationMs += cost.durationMs;
    });
    const work: StepWork = { ...plainWork, connector };
    const step = { action, work, spent };
    let unfinished = await begin(step);
    const already = unfinished.filled.length;
    const ranges = rangeCount(unfinished.bounds);
    let isOver = false;
    while (unfinished.filled.length < ranges && !isOver) {
      await work.inside();
      const startedAt = spent.durationMs;
      unfinished = await fillNext(step, { sinceRange: already });
      isOver = spent.durationMs >= work.caps.steps.perCycle;
      if (unfinished.filled.length < ranges && !isOver) {
        const pause = (spent.durationMs - startedAt) * work.caps.steps.restShare;
        await work.clock.sleep(Math.ceil(Math.min(pause, LONGEST_REST_MS)), work.signal);
      }
    }
    await work.inside();
    return await end(step, { unfinished, already });
  },

  async resume({ mart: relation, table, version }, work) {
    const marts = await work.ledger.readMarts();
    const unfinished = marts.find(({ definition }) => definition.relation === relation)?.unfinished;
    return {
      outcome: 'undone',
      detail:
        unfinished?.table === table
          ? `interrupted between two steps: ${progress(unfinished)} of ${relation} v${version} are filled and kept`
          : 'interrupted before its first step was committed: nothing had changed',
    };
  },
};

interface Step {
  readonly action: Fill;
  readonly work: StepWork;
  readonly spent: { readonly cpuMs: number; readonly durationMs: number };
}

/** What is filled so far; begun, or begun again where the table is gone or another source changed. */
function begin({ action, work }: Step): Promise<Unfinished> {
  const { mart: relation, table, version, by } = action;
  const now = work.clock.now();
  return writing(work, {
    purpose: 'build',
    async run(session) {
      const record = await ownedMart({ ledger: work.ledger, session }, relation);
      const { definition } = record.mart;
      const before = record.mart.unfinished;
      const others = await otherSources({ session, work, definition }, by);
      if (before !== undefined) {
        const isSame =
          before.table === table &&
          before.by.onSource === by.onSource &&
          before.by.column === by.column;
        const isNotMade = session.wording.staged !== undefined && before.filled.length === 0;
        const isUsable = isSame && (isNotMade || (await isThere(session, record, before)));
        if (isUsable && sourcesMoved(before.others, others) === undefined) {
          return before;
        }
      }
      const cleared = await dropUnfinished(session, { record, work });
      await work.inside();
      await makeRoom(session, { action, work, record: cleared });
      const unfinished: Unfinished = {
        version,
        table,
        by,
        bounds: await boundsFor(
          { session, work, definition },
          { by, rowsPerRange: action.rowsPerStep },
        ),
        filled: [],
        others,
        begunAt: now,
        touchedAt: now,
        restarts: before === undefined ? 0 : before.restarts + 1,
        cpuMs: before?.cpuMs ?? 0,
      };
      await keep(session, { work, record: cleared, unfinished });
      return unfinished;
    },
  });
}

/** The schema, and the table without rows; where its first rows make it, its name is only looked after. */
async function makeRoom(
  session: Session,
  {
    action,
    work,
    record,
  }: { readonly action: Fill; readonly work: Work; readonly record: MartRecord },
): Promise<void> {
  const { mart: relation, table, version } = action;
  const { definition, definitionDigest, current, hidden } = record.mart;
  await requireFreeNames(session, action);
  const known = [current, ...hidden.map((each) => each.version)];
  if (known.some((other) => other !== undefined && other.version >= version)) {
    throw new StepRefused(
      'VERSION_TAKEN',
      `version ${version} of ${relation} is not newer than those the ledger knows`,
    );
  }
  const options = { purpose: 'build', signal: work.signal } as const;
  await ensureSchemaOf(session, { relation: table, ...options });
  const { wideIntegerOption } = work.connector.capabilities;
  const { wording } = session;
  if (wording.staged !== undefined) {
    return;
  }
  for (const sql of createEmptyVersion(table, { definition, wideIntegerOption, wording })) {
    await session.execute(sql, options);
  }
  const comment = versionMarker(relation, version, definitionDigest);
  await markObjects(session, { version: action, comment, ...options });
}

/** The next range's rows, and the state of its source on the same snapshot: one transaction, or one state of the sources. */
async function fillNext(
  step: Step,
  { sinceRange }: { readonly sinceRange: number },
): Promise<Unfinished> {
  const { action, work, spent } = step;
  const { mart: relation, table, budget } = action;
  const before = spent.cpuMs;
  const filled = await writing(work, {
    purpose: 'build',
    async run(session) {
      const record = await ownedMart({ ledger: work.ledger, session }, relation);
      const { definition, unfinished } = record.mart;
      if (unfinished?.table !== table) {
        throw new StepRefused(
          'NOT_BEGUN',
          `the ledger knows no unfinished version of ${relation} in ${table}`,
        );
      }
      const { by, bounds } = unfinished;
      const range = unfinished.filled.length;
      const state = await whileSourcesStand(session, {
        sources: definition.sources,
        doing: `filling of ${relation} v${action.version}`,
        async run() {
          await addRange(session, {
            action,
            work,
            record,
            unfinished,
            mayBeThere: range === sinceRange,
          });
          await work.inside();
          const ranges = { session, work, definition };
          return (await sourceRanges(ranges, { by, bounds, only: [range] }))[range];
        },
      });
      const next: Unfinished = {
        ...unfinished,
        filled: [...unfinished.filled, ...(state === undefined ? [] : [state])],
        touchedAt: work.clock.now(),
        cpuMs: unfinished.cpuMs + (spent.cpuMs - before),
      };
      await keep(session, { work, record, unfinished: next });
      return next;
    },
  });
  if (filled.cpuMs > budget.cpuMs) {
    await giveUpUnfinished(work, action);
    throw new StepRefused(
      'OVER_BUDGET',
      `filling ${progress(filled)} of ${relation} took ${Math.round(filled.cpuMs)} ms of cpu time, ${budget.cpuMs} ms were allowed for all; what was filled is dropped`,
      { cpuMs: Math.round(filled.cpuMs), cpuMsAllowed: budget.cpuMs, ranges: filled.filled.length },
    );
  }
  return filled;
}

function keep(
  session: Session,
  {
    work,
    record,
    unfinished,
  }: { readonly work: Work; readonly record: MartRecord; readonly unfinished: Unfinished },
): Promise<void> {
  return work.ledger.writeRecord({ ...record, mart: { ...record.mart, unfinished } }, session);
}

async function end(
  { action, work, spent }: Step,
  { unfinished, already }: { readonly unfinished: Unfinished; readonly already: number },
): Promise<Done> {
  const { mart: relation, version } = action;
  const ranges = rangeCount(unfinished.bounds);
  const now = unfinished.filled.length - already;
  const isFull = unfinished.filled.length === ranges;
  const next = isFull ? 'the next cycle proves it' : 'the next cycle goes on';
  const detail = `${relation} v${version}: ${progress(unfinished)} of its ranges by ${unfinished.by.column} are filled, ${now} of them now; ${next}`;
  await writing(work, { purpose: 'ledger', run: (session) => work.finish(session, detail) });
  return {
    detail,
    evidence: {
      ranges,
      filled: unfinished.filled.length,
      filledNow: now,
      restarts: unfinished.restarts,
      cpuMs: Math.round(spent.cpuMs),
    },
  };
}

function progress({ filled, bounds }: Unfinished): string {
  return `${filled.length} of ${rangeCount(bounds)}`;
}

/** The lease is renewed between steps and must not run out in a rest. */
const LONGEST_REST_MS = 30_000;
