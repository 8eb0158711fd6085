import type { Capabilities, Session } from '../connectors/connector.ts';
import { offerOf } from '../connectors/native-offer.ts';
import { nativeWordingOf } from '../connectors/native-wording-of.ts';
import type { Mart, MartVersion } from '../marts/mart.ts';
import type { VersionNative } from '../marts/native-shape.ts';
import { versionMarker } from './marker.ts';
import type { MartRecord } from './mart-record.ts';
import { findObject } from './warehouse-objects.ts';
import { type Work, writing } from './work.ts';

type Native = MartVersion & { readonly native: VersionNative };

/**
 * Tells the warehouse to refresh by itself no more what nobody is led to, or what would be computed by another definition than the
 * mart's: hidden versions, one that is held, one whose sources were followed since. Each such refresh would be paid for.
 */
export async function restNative(known: MartRecord, work: Work): Promise<void> {
  const { capabilities, wording } = work.connector;
  const idleIn = (mart: Mart) =>
    idleVersions(mart, capabilities).filter(
      ({ native }) => nativeWordingOf(wording, native.kind)?.rest !== undefined,
    );
  if (idleIn(known.mart).length === 0) {
    return;
  }
  await writing(work, {
    purpose: 'publish',
    async run(session) {
      const record = await work.ledger.readRecord(known.mart.definition.relation, session);
      if (record === undefined) {
        return;
      }
      const rested = new Set<number>();
      for (const version of idleIn(record.mart)) {
        const sql = nativeWordingOf(wording, version.native.kind)?.rest?.(version.table);
        if (sql !== undefined && (await isOurs(session, { record, version }))) {
          await session.execute(sql, { purpose: 'publish', signal: work.signal });
          rested.add(version.version);
        }
      }
      const mart = eachNative(record.mart, (version) =>
        rested.has(version.version)
          ? { ...version, native: { ...version.native, isAtRest: true } }
          : version,
      );
      await (rested.size === 0 ? undefined : work.ledger.writeRecord({ ...record, mart }, session));
    },
  });
}

/** The record of a mart whose version may be refreshed by the warehouse again, because readers are about to be led to it. */
export async function wakeNative(
  session: Session,
  {
    record,
    version,
    work,
  }: { readonly record: MartRecord; readonly version: MartVersion; readonly work: Work },
): Promise<MartRecord> {
  const { version: number, native, table } = version;
  const sql = nativeWordingOf(session.wording, native?.kind)?.wake?.(table);
  // A live one that is at rest answers nobody.
  const isLive = offerOf(work.connector.capabilities, native?.kind)?.live === true;
  if (
    sql === undefined ||
    !isNative(version) ||
    native?.isAtRest !== true ||
    (native.isFormer === true && !isLive) ||
    !(await isOurs(session, { record, version }))
  ) {
    return record;
  }
  await session.execute(sql, { purpose: 'publish', signal: work.signal });
  const mart = eachNative(record.mart, (each) => {
    const { isAtRest: _over, ...awake } = each.native;
    return each.version === number ? { ...each, native: awake } : each;
  });
  const woken = { ...record, mart };
  await work.ledger.writeRecord(woken, session);
  return woken;
}

/** What readers are led to answers them even where it is not to be refreshed, unless it is live: then it would answer nobody. */
function idleVersions(
  { current, hidden, held }: Mart,
  capabilities: Capabilities,
): readonly Native[] {
  const isLive = offerOf(capabilities, current?.native?.kind)?.live === true;
  const isAside = !isLive && (held !== undefined || current?.native?.isFormer === true);
  const idle = [
    ...(current !== undefined && isAside ? [current] : []),
    ...hidden.map(({ version }) => version),
  ];
  return idle.filter(isNative).filter(({ native }) => native.isAtRest !== true);
}

function isNative(version: MartVersion): version is Native {
  return version.native !== undefined;
}

/** By this definition, or one it had before its sources were followed. */
async function isOurs(
  session: Session,
  { record, version }: { readonly record: MartRecord; readonly version: Native },
): Promise<boolean> {
  const { definition, definitionDigest, former = [] } = record.mart;
  const found = await findObject(session, version.table);
  return (
    found?.kind === version.native.kind &&
    [definitionDigest, ...former.map(({ digest }) => digest)].some(
      (digest) => found.comment === versionMarker(definition.relation, version.version, digest),
    )
  );
}

function eachNative(mart: Mart, change: (version: Native) => MartVersion): Mart {
  const changed = (version: MartVersion) => (isNative(version) ? change(version) : version);
  const { current } = mart;
  return {
    ...mart,
    ...(current === undefined ? {} : { current: changed(current) }),
    hidden: mart.hidden.map((each) => ({ ...each, version: changed(each.version) })),
  };
}
