import type { RelationId } from '../base/relation.ts';
import type { Session } from '../connectors/connector.ts';
import { nativeWordingOf } from '../connectors/native-wording-of.ts';
import type { Mart } from '../marts/mart.ts';
import { answerFromDefinition } from './answer-from-definition.ts';
import { letNativeGo } from './let-native-go.ts';
import { authorsText } from './logical-view.ts';
import type { MartRecord } from './mart-record.ts';
import { ownedMart, type TableChange, tableChanged, viewChanged } from './owned.ts';
import { restNative } from './rest-native.ts';
import type { ResumeReport } from './resume.ts';
import { arrived, keepRecord, settleIntent } from './settle-intent.ts';
import { concernsOneMart, type Unsettled, unsettledBy } from './unsettled.ts';
import { followReaders } from './version-readers.ts';
import { nativeText, nativeTrouble } from './warehouse-objects.ts';
import { type Work, writing } from './work.ts';

export interface Quarantined {
  readonly relation: RelationId;
  readonly because: string;
  /** The stable view answers from its original definition again; false where the view itself is somebody else's now, or the definition answers nobody either. */
  readonly restored: boolean;
}

/**
 * Stops a mart after somebody else changed it (law 6). As long as the view is ours, readers get the logical definition
 * back; a view that somebody redefined is theirs and stays as it is. Tables stay for people to look at.
 */
export function quarantine(
  work: Work,
  { relation, because }: { readonly relation: RelationId; readonly because: string },
): Promise<Quarantined> {
  return writing(work, {
    purpose: 'publish',
    async run(session): Promise<Quarantined> {
      const { ledger } = work;
      const known = await ledger.readRecord(relation, session);
      const record = known && (await settleIntent(known, { ledger, session })).record;
      if (record === undefined || record.mart.stage === 'quarantined') {
        return { relation, because, restored: false };
      }
      const { mart } = record;
      const now = work.clock.now();
      const isOurs = (await viewChanged(record, session)) === undefined;
      const to = { kind: 'quarantined', note: because } as const;
      if (isOurs && mart.stage === 'physical') {
        await answerFromDefinition({ session, work }, { record, to });
      } else {
        const after = arrived(record, { to, viewText: record.viewText, at: now });
        await keepRecord(relation, { after, ledger, session });
      }
      await work.ledger.recordRefusal(
        {
          at: now,
          relation,
          digest: mart.definitionDigest,
          code: 'FOREIGN_CHANGE',
          because,
          evidence: {},
        },
        session,
      );
      return { relation, because, restored: isOurs };
    },
  });
}

/** A mart that goes on from its definition, because nobody can tell any more whether its table is what was built. */
function withdraw(
  work: Work,
  { relation, because }: { readonly relation: RelationId; readonly because: string },
): Promise<Quarantined> {
  return writing(work, {
    purpose: 'publish',
    async run(session) {
      const record = await ownedMart({ ledger: work.ledger, session }, relation);
      await refill(session, record.mart);
      await answerFromDefinition({ session, work }, { record, to: { kind: 'logical' } });
      return { relation, because, restored: true };
    },
  });
}

/** As it was, where readers cannot be given the definition now: one mart must not end the look at all, and the next cycle tries again. */
async function orAsItWas(
  { relation, because }: Pick<Quarantined, 'relation' | 'because'>,
  restore: () => Promise<Quarantined>,
): Promise<Quarantined> {
  try {
    return await restore();
  } catch (error) {
    if (!concernsOneMart(error)) {
      throw error;
    }
    const why = `${because}; its readers cannot be given its definition now: ${error.message}`;
    return { relation, because: why, restored: false };
  }
}

/** Whoever reads what was emptied gets an error, and so would we, who look at the view once more before it is replaced. */
async function refill(session: Session, { current }: Mart): Promise<void> {
  const kept = nativeWordingOf(session.wording, current?.native?.kind);
  if (current === undefined || kept?.refill === undefined) {
    return;
  }
  const { kind } = kept;
  const sql = kept.refill(current.table);
  if ((await nativeText(session, { kind, relation: current.table })) === undefined) {
    await session.execute(sql, { purpose: 'publish' });
  }
}

export interface Guarded {
  /** Changed by somebody else, and stopped. */
  readonly quarantined: readonly Quarantined[];
  /** Answer from their definitions until they are built anew. */
  readonly withdrawn: readonly Quarantined[];
  /** Could not be looked at, or not be settled: the next cycle tries again. */
  readonly unsettled: ReadonlyMap<RelationId, Unsettled>;
}

/**
 * Looks at every mart for foreign changes, to the view and to the table readers use, and quarantines what it finds.
 * A whole read of each current table: it is what readers would get wrong answers from. Those of which something of ours may still run
 * are left to the next look: what that does would be taken for somebody else's.
 */
export async function guardMarts(
  work: Work,
  { waiting }: Partial<Pick<ResumeReport, 'waiting'>> = {},
): Promise<Guarded> {
  const found = {
    quarantined: [] as Quarantined[],
    withdrawn: [] as Quarantined[],
    unsettled: new Map<RelationId, Unsettled>(),
  };
  for (const record of await work.ledger.readRecords()) {
    const { relation } = record.mart.definition;
    if (waiting?.has(relation) !== true) {
      const why = await unsettledBy(() => guard(record, { work, found }));
      if (why !== undefined) {
        found.unsettled.set(relation, why);
      }
    }
  }
  return found;
}

async function guard(
  known: MartRecord,
  {
    work,
    found,
  }: {
    readonly work: Work;
    readonly found: { readonly quarantined: Quarantined[]; readonly withdrawn: Quarantined[] };
  },
): Promise<void> {
  const { relation } = known.mart.definition;
  const record = known.intent === undefined ? known : await settled(known, work);
  if (record === undefined) {
    return;
  }
  const change = record.mart.stage === 'quarantined' ? undefined : await changeOf(record, work);
  const changed = { relation, because: change?.because ?? '' };
  if (change?.kind === 'foreign') {
    found.quarantined.push(await orAsItWas(changed, () => quarantine(work, changed)));
  } else if (change !== undefined) {
    found.withdrawn.push(await orAsItWas(changed, () => withdraw(work, changed)));
  } else {
    const wider = await readersFollowed(record, work);
    if (wider !== undefined) {
      const because = `${wider}; until then it answers from its definition`;
      const seen = { relation, because };
      found.withdrawn.push(await orAsItWas(seen, () => withdraw(work, seen)));
      return;
    }
    await restNative(record, work);
    await lookAfterNative(record, work);
  }
}

/** Between two flips grants change, too; who would see more than he may is told of a mart that answers from a version. */
async function readersFollowed(record: MartRecord, work: Work): Promise<string | undefined> {
  const { current, hidden, definition, stage } = record.mart;
  if (work.connector.wording.access?.readsAsReader !== true) {
    return undefined;
  }
  const text = authorsText(record) ?? definition.sql;
  const versions = { current, hidden: hidden.map(({ version }) => version) };
  const wider = await writing(work, {
    purpose: 'publish',
    run: (session) => followReaders(session, { definition, text, ...versions }),
  });
  return stage === 'physical' ? wider : undefined;
}

/**
 * What the warehouse says of a version it refreshes by itself: where it does so no longer, the mart is a table from its next refresh
 * on. Until then it holds what was proved, as long as its bound allows.
 */
async function lookAfterNative({ mart }: MartRecord, work: Work): Promise<void> {
  const { current, notNative, definition } = mart;
  const isKept = mart.stage === 'physical' && mart.held === undefined && notNative === undefined;
  if (!isKept || current?.native === undefined || current.native.isFormer === true) {
    return;
  }
  const { kind } = current.native;
  const trouble = await nativeTrouble(work.connector, { kind, relation: current.table });
  if (trouble !== undefined) {
    const because = `the warehouse no longer refreshes ${current.table} by itself: ${trouble}`;
    await letNativeGo(work, { relation: definition.relation, because, isSeen: false });
  }
}

function settled(record: MartRecord, work: Work): Promise<MartRecord | undefined> {
  return writing(work, {
    purpose: 'publish',
    run: async (session) => (await settleIntent(record, { ledger: work.ledger, session })).record,
  });
}

function changeOf(record: MartRecord, work: Work): Promise<TableChange | undefined> {
  const { current } = record.mart;
  return work.connector.transaction(
    async (session) => {
      const because = await viewChanged(record, session);
      if (because !== undefined) {
        return { kind: 'foreign', because };
      }
      return current === undefined
        ? undefined
        : await tableChanged({ record, version: current }, session);
    },
    {
      readOnly: true,
      purpose: 'verify',
      about: record.mart.definition.relation,
      signal: work.signal,
    },
  );
}
