import type { EpochMs } from '../base/clock.ts';
import type { Session } from '../connectors/connector.ts';
import type { MartVersion } from '../marts/mart.ts';
import { accessLost, restoreAccess } from './access.ts';
import type { FlipTarget } from './intended-flip.ts';
import type { Ledger } from './ledger.ts';
import type { MartRecord } from './mart-record.ts';
import { StepRefused } from './step-refused.ts';
import { versionOf } from './version-of.ts';
import { sameViewText } from './view-text.ts';
import { storedViewText } from './warehouse-objects.ts';

/** The record of a mart whose flip happened; nothing where the mart is no longer ours then. */
export function arrived(
  record: MartRecord,
  {
    to,
    viewText,
    at,
  }: { readonly to: FlipTarget; readonly viewText: string; readonly at: EpochMs },
): MartRecord | undefined {
  const { intent: _done, ...rest } = record;
  switch (to.kind) {
    case 'released':
      return undefined;
    case 'logical':
      return { ...withdrawn(rest, at), viewText };
    case 'quarantined': {
      const left = withdrawn(rest, at);
      return { ...left, viewText, note: to.note, mart: { ...left.mart, stage: 'quarantined' } };
    }
    case 'held': {
      const { freshUntil: _endless, ...open } = rest;
      const held = { since: record.mart.held?.since ?? at, because: to.because };
      return { ...open, viewText, mart: { ...record.mart, held } };
    }
    case 'followed': {
      const { freshUntil: _before, originalViewText: _written, ...left } = rest;
      const bound = to.freshUntil === undefined ? {} : { freshUntil: to.freshUntil };
      return { ...left, ...bound, viewText, mart: to.mart };
    }
    case 'version':
      return { ...answering(rest, { to, version: versionOf(record, to.version), at }), viewText };
  }
}

/** The record of a mart no version of which is read any more. */
export function withdrawn(record: MartRecord, at: EpochMs): MartRecord {
  const { freshUntil: _ended, ...rest } = record;
  const { current, held: _over, ...mart } = record.mart;
  const left = current === undefined ? [] : [{ version: current, hiddenAt: at }];
  return { ...rest, mart: { ...mart, stage: 'logical', hidden: [...mart.hidden, ...left] } };
}

function answering(
  record: MartRecord,
  {
    to: { freshUntil, verifiedFreshAt },
    version,
    at,
  }: {
    readonly to: Extract<FlipTarget, { readonly kind: 'version' }>;
    readonly version: MartVersion;
    readonly at: EpochMs;
  },
): MartRecord {
  const { current: before, held: _ended, ...mart } = record.mart;
  const isRenewal = before?.version === version.version;
  const left = before === undefined || isRenewal ? [] : [{ version: before, hiddenAt: at }];
  return {
    ...record,
    freshUntil,
    mart: {
      ...mart,
      stage: 'physical',
      current: { ...version, verifiedFreshAt },
      hidden: [
        ...mart.hidden.filter((hidden) => hidden.version.version !== version.version),
        ...left,
      ],
    },
  };
}

export interface Settled {
  /** As the ledger has it now; nothing where the mart is no longer ours. */
  readonly record: MartRecord | undefined;
  /** A flip was found to have happened, and the ledger is told. */
  readonly happened: boolean;
}

/** Brings a record up to a flip that happened without it. Safe to call any number of times; needs the lease. */
export async function settleIntent(
  record: MartRecord,
  { ledger, session }: { readonly ledger: Ledger; readonly session: Session },
): Promise<Settled> {
  const { intent } = record;
  const { relation } = record.mart.definition;
  if (intent === undefined) {
    return { record, happened: false };
  }
  const viewText = await storedViewText(session, relation);
  const isAsBefore = sameViewText(viewText, record.viewText);
  if (viewText === undefined || isAsBefore || !sameViewText(viewText, intent.select)) {
    return { record, happened: false };
  }
  const access = await restoreAccess(session, { relation, kind: 'view' }, intent.access);
  const lost = accessLost(intent.access, access);
  if (lost !== undefined) {
    throw new StepRefused('ACCESS_CHANGES', `${relation} would ${lost}`);
  }
  const after = arrived(record, { to: intent.to, viewText, at: intent.at });
  await keepRecord(relation, { after, ledger, session });
  return { record: after, happened: true };
}

/** Writes the record, or takes it away where the mart is no longer ours. */
export async function keepRecord(
  relation: MartRecord['mart']['definition']['relation'],
  {
    after,
    ledger,
    session,
  }: {
    readonly after: MartRecord | undefined;
    readonly ledger: Ledger;
    readonly session: Session;
  },
): Promise<void> {
  await (after === undefined
    ? ledger.removeRecord(relation, session)
    : ledger.writeRecord(after, session));
}
