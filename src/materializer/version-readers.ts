import type { RelationId } from '../base/relation.ts';
import type { Session } from '../connectors/connector.ts';
import type { Grant } from '../connectors/wording.ts';
import { eyesBy, type Looked } from './eyes.ts';
import { readersOf, type Standing, type Standings, standingsOf } from './standings.ts';
import { type Objects, objectsOf, type VersionObject } from './version-objects.ts';
import { findObject } from './warehouse-objects.ts';

const options = { purpose: 'publish' } as const;

/** Gives a version's objects exactly the readers the view has; asked where they may see what it holds. */
export async function letReadersRead(
  session: Session,
  { view, version }: { readonly view: RelationId; readonly version: Objects },
): Promise<void> {
  const objects = objectsOf(version);
  const standings = await standingsOf(session, [view, ...objects.map(({ relation }) => relation)]);
  const readers = readersOf(standings, view);
  for (const object of objects) {
    await take(session, { object, standings, readers });
    await give(session, { object, standings, readers });
  }
}

/**
 * What a mart's versions are granted follows its view and its sources between two flips: whoever may no longer read one of them loses it,
 * first of all, and on what is hidden, too; and whoever may is let read what answers now. One statement where nothing changed.
 *
 * Gives what is to be said of those who may read the view and not its sources: a version must not answer then.
 */
export async function followReaders(
  session: Session,
  {
    current,
    hidden,
    ...looked
  }: Looked & { readonly current: Objects | undefined; readonly hidden: readonly Objects[] },
): Promise<string | undefined> {
  const versions = current === undefined ? hidden : [current, ...hidden];
  if (session.wording.access?.readsAsReader !== true || versions.length === 0) {
    return undefined;
  }
  const { relation: view, sources } = looked.definition;
  const objects = versions.flatMap((version) => objectsOf(version));
  const asked = [view, ...sources, ...objects.map(({ relation }) => relation)];
  const standings = await standingsOf(session, asked);
  // Before anything is asked that could go wrong: who may not even read the view.
  for (const object of objects) {
    await take(session, { object, standings, readers: readersOf(standings, view) });
  }
  const { readers, wider } = await eyesBy(standings, { session, looked });
  const admitted = new Set([...readers].filter((reader) => !wider.has(reader)));
  for (const object of wider.size === 0 ? [] : objects) {
    await take(session, { object, standings, readers: admitted, of: wider });
  }
  for (const object of current === undefined || wider.size > 0 ? [] : objectsOf(current)) {
    await give(session, { object, standings, readers });
  }
  const [first] = wider.values();
  return first;
}

interface Handed {
  readonly object: VersionObject;
  readonly standings: Standings;
  readonly readers: ReadonlySet<string>;
}

/** Who is no reader loses what he was granted on the object itself; of `of` alone, where that is said. */
async function take(
  session: Session,
  {
    object: { kind, relation },
    standings,
    readers,
    of,
  }: Handed & { readonly of?: ReadonlyMap<string, string> },
): Promise<void> {
  const { access } = session.wording;
  for (const grant of ownGrants(session, standings.get(relation))) {
    const { grantee = '' } = grant;
    if (access !== undefined && !readers.has(grantee) && of?.has(grantee) !== false) {
      await session.execute(access.revoke({ ...grant, on: kind }, relation), options);
    }
  }
}

async function give(
  session: Session,
  { object: { kind, relation }, standings, readers }: Handed,
): Promise<void> {
  const { access } = session.wording;
  const has = new Set(ownGrants(session, standings.get(relation)).map(({ grantee }) => grantee));
  const missing = [...readers].filter((reader) => !has.has(reader));
  // What a version is made of need not all be there.
  const isThere = missing.length > 0 && (await findObject(session, relation)) !== undefined;
  for (const grantee of isThere && access !== undefined ? missing : []) {
    const grant = { grantee, privilege: readingOf(session), grantable: false, column: undefined };
    await session.execute(access?.grant({ ...grant, on: kind }, relation) ?? '', options);
  }
}

function ownGrants(session: Session, standing: readonly Standing[] = []): readonly Grant[] {
  return standing
    .filter(({ isOwn, privilege }) => isOwn && privilege === readingOf(session))
    .map(({ grantee, privilege }) => ({ grantee, privilege, grantable: false, column: undefined }));
}

function readingOf({ wording }: Session): string {
  return wording.access?.reading ?? 'SELECT';
}
