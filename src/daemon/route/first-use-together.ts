import { type Clock, DAY_MS, type EpochMs } from '../../base/clock.ts';
import type { Connector, Session } from '../../connectors/connector.ts';
import type { CertificateEntry, OneMoment } from '../../marts/certificate.ts';
import type { MartVersion } from '../../marts/mart.ts';
import { compareResults } from '../../prove/compare-results.ts';
import { columnsDiffer, describeQuery } from '../../prove/describe-query.ts';
import { meterSession } from '../../prove/metered.ts';
import { pairedRuns } from '../../prove/paired-runs.ts';
import type { DocumentStore } from '../../store/document-store.ts';
import { logicalTwinOfAll } from '../stand-in.ts';
import type { RewriteUse } from './first-use.ts';
import { type Moment, openMoments } from './route-moment.ts';
import { servedTogether, type TogetherTexts } from './route-together.ts';

/** A statement over several marts, or over marts and base tables, as it may be given out. */
export type TogetherOutcome =
  | {
      readonly kind: 'proved';
      readonly sql: string;
      readonly asOf: EpochMs;
      readonly entry: CertificateEntry;
    }
  | { readonly kind: 'unproved'; readonly code: TogetherCode; readonly because: string };

export type TogetherCode = 'FIRST_USE_UNPROVED' | 'MIXES_SNAPSHOTS' | 'NOT_CHEAPER';

export interface TogetherUse extends RewriteUse {
  readonly oneMoment: OneMoment;
  /** The statement itself, fit to stand in a FROM clause. */
  readonly asked: string;
  /** Told what our own statements take. */
  readonly onCpu: (cpuMs: number) => void;
}

export interface TogetherParts {
  readonly connector: Connector;
  readonly documents: DocumentStore;
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** An answer that looks at its sources first must be cheaper than base by this share of its CPU time. */
  readonly minimumGain: number;
}

/** Kind of the kept documents. */
const COMPARED = 'first-use-together';

/** What did not pay is measured again after so long. */
const MEASURED_AGAIN_MS = 7 * DAY_MS;

type Compared =
  | { readonly kind: 'equal'; readonly gain: number; readonly at: EpochMs }
  | { readonly kind: 'different'; readonly because: string };

/**
 * Discharges `Certificate.oneMoment`. Several marts answer from versions that were seen equal to their definitions on one
 * snapshot, and only until the first of their bounds runs out; marts beside base tables answer only where the statement itself
 * finds that what they were made of is unchanged, on its own snapshot. Otherwise the same text answers as it was asked.
 */
export function openTogether(parts: TogetherParts): (use: TogetherUse) => Promise<TogetherOutcome> {
  const { connector, documents, minimumGain } = parts;
  const { capabilities } = connector;
  const momentOf = openMoments(parts);

  return async (use) => {
    const { oneMoment } = use;
    if (capabilities.oneStatementOneSnapshot !== true) {
      return mixes('this warehouse does not promise that one statement reads one moment');
    }
    if (capabilities.hasGrants) {
      return mixes('it would read versions of marts, on which readers have no rights');
    }
    const marts = use.marts.flatMap(({ mart, query, columns }) =>
      mart.current === undefined ? [] : [{ mart, query, columns, version: mart.current }],
    );
    const before = comparedOf(documents.get(COMPARED, keyOf(use)));
    const refused = before && refusalOf(before, { minimumGain, oneMoment });
    if (refused !== undefined && !isOld(before, parts.clock.now())) {
      return refused;
    }
    const known = refused === undefined ? before : undefined;
    const moment = await momentOf({ ...use, marts });
    if (moment.kind === 'moved') {
      return mixes(moment.because);
    }
    const { wording } = connector;
    const texts = servedTogether({
      ...use,
      moment,
      wording,
      carriesExpiry: carriesExpiry(parts),
    });
    if (texts === undefined) {
      return unproved('its text over the versions of the marts cannot be written');
    }
    const compared = known ?? (await compare(use, { texts, parts }));
    documents.put(COMPARED, keyOf(use), compared);
    return (
      refusalOf(compared, { minimumGain, oneMoment }) ?? {
        kind: 'proved',
        sql: texts.served,
        asOf: moment.at,
        entry: entryOf(oneMoment, { moment, versions: marts.map(({ version }) => version) }),
      }
    );
  };
}

/** A text can say until when it is good where the warehouse's clock is ours. */
function carriesExpiry({ connector, clock }: TogetherParts): boolean {
  return connector.capabilities.foldsNowInViews && clock.kind === 'system';
}

function keyOf({ marts, fingerprint, oneMoment }: TogetherUse): string {
  return `${marts.map(({ mart }) => mart.definitionDigest).join('+')}/${fingerprint}/${oneMoment}`;
}

function comparedOf(value: unknown): Compared | undefined {
  return typeof value === 'object' && value !== null && 'kind' in value
    ? (value as Compared)
    : undefined;
}

function isOld(compared: Compared | undefined, now: EpochMs): boolean {
  return compared?.kind === 'equal' && now - compared.at > MEASURED_AGAIN_MS;
}

function refusalOf(
  compared: Compared,
  { minimumGain, oneMoment }: { readonly minimumGain: number; readonly oneMoment: OneMoment },
): Extract<TogetherOutcome, { kind: 'unproved' }> | undefined {
  if (compared.kind === 'different') {
    return unproved(compared.because);
  }
  return oneMoment === 'marts-agree' || compared.gain >= minimumGain
    ? undefined
    : {
        kind: 'unproved',
        code: 'NOT_CHEAPER',
        because: `with a look at what its marts are made of it takes ${percent(1 - compared.gain)} of the CPU time base takes; at most ${percent(1 - minimumGain)} would do`,
      };
}

/** Once per template and definitions, on one snapshot. */
async function compare(
  use: TogetherUse,
  { texts, parts }: { readonly texts: TogetherTexts; readonly parts: TogetherParts },
): Promise<Compared> {
  const { connector, timeoutMs } = parts;
  const sides = { use, texts, timeoutMs, at: parts.clock.now() };
  return connector.transaction(
    (session) => {
      const metered = meterSession(session, (_purpose, { cpuMs }) => use.onCpu(cpuMs));
      return use.oneMoment === 'marts-agree'
        ? compareTwin(metered, sides)
        : compareSides(metered, sides);
    },
    { readOnly: true, purpose: 'replay', timeoutMs },
  );
}

interface Sides {
  readonly use: TogetherUse;
  readonly texts: TogetherTexts;
  readonly timeoutMs: number;
  readonly at: EpochMs;
}

/** The marts' own rows may be older than this snapshot: their definitions stand for them, and the served text must bind alike. */
async function compareTwin(
  session: Session,
  { use, texts, timeoutMs, at }: Sides,
): Promise<Compared> {
  const call = { purpose: 'replay', timeoutMs } as const;
  const twin = logicalTwinOfAll(use.rewritten, {
    marts: use.marts.map(({ mart: { definition } }) => ({
      mart: definition.relation,
      definitionSql: definition.sql,
    })),
    dialect: use.dialect,
  });
  if (twin === undefined) {
    return { kind: 'different', because: 'its rewrite over the definitions cannot be printed' };
  }
  const comparison = await compareResults(session, { left: use.asked, right: twin, ...call });
  if (comparison.kind === 'different') {
    return { kind: 'different', because: comparison.because };
  }
  const served = await describeQuery(session, { sql: texts.served, ...call });
  const because = columnsDiffer(comparison.columns, served);
  return because === undefined ? { kind: 'equal', gain: 0, at } : { kind: 'different', because };
}

/** Both sides of the served text against the statement, and what the text costs while its marts may answer. */
async function compareSides(
  session: Session,
  { use, texts, timeoutMs, at }: Sides,
): Promise<Compared> {
  const call = { purpose: 'replay', timeoutMs } as const;
  const moved = await compareResults(session, { left: use.asked, right: texts.asIfMoved, ...call });
  if (moved.kind === 'different') {
    return { kind: 'different', because: moved.because };
  }
  const { comparison, baseCpuMs, servedCpuMs } = await pairedRuns(session, {
    base: use.asked,
    served: texts.served,
    ...call,
  });
  if (comparison.kind === 'different') {
    return { kind: 'different', because: comparison.because };
  }
  return { kind: 'equal', gain: baseCpuMs <= 0 ? 0 : 1 - servedCpuMs / baseCpuMs, at };
}

function entryOf(
  oneMoment: OneMoment,
  { moment, versions }: { readonly moment: Moment; readonly versions: readonly MartVersion[] },
): CertificateEntry {
  const at = new Date(moment.at).toISOString();
  return {
    step: 'one-moment',
    because:
      oneMoment === 'marts-agree'
        ? 'all marts are read as of one moment, at which each was seen equal to its definition'
        : 'the statement reads the marts only if it finds what they were made of unchanged on its own snapshot, and base otherwise',
    facts: versions.map(({ table }) => `${table} equalled its definition on the snapshot of ${at}`),
  };
}

function mixes(because: string): Extract<TogetherOutcome, { kind: 'unproved' }> {
  return { kind: 'unproved', code: 'MIXES_SNAPSHOTS', because };
}

function unproved(because: string): Extract<TogetherOutcome, { kind: 'unproved' }> {
  return { kind: 'unproved', code: 'FIRST_USE_UNPROVED', because };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
