import { type RelationId, relationParts } from '../base/relation.ts';
import type { Borrower, Session } from '../connectors/connector.ts';
import type { Grant } from '../connectors/wording.ts';
import type { MartDefinition } from '../marts/mart.ts';
import { textCell } from '../prove/cells.ts';
import { sameRelation } from './same-relation.ts';
import { StepRefused } from './step-refused.ts';
import { type Objects, objectsOf, type VersionObject } from './version-objects.ts';
import { dependentViews, findObject, readingsOf } from './warehouse-objects.ts';

const options = { purpose: 'publish' } as const;

/** That somebody may read a relation, by a grant on it or on what it lies in. */
interface Standing {
  readonly grantee: string;
  readonly privilege: string;
  /** On the relation itself, so that it can be taken there. */
  readonly isOwn: boolean;
  /** It is known to read rows; any other is taken to read a mart, and no source. */
  readonly isKnown: boolean;
}

type Standings = ReadonlyMap<RelationId, readonly Standing[]>;

/** Who reads a mart whose view reads with its readers' rights, and who of them would see more than they may. */
export interface Eyes {
  readonly readers: ReadonlySet<string>;
  /** Each with what they may not read, and what to do, in words. */
  readonly wider: ReadonlyMap<string, string>;
}

interface Looked {
  readonly definition: Pick<MartDefinition, 'relation' | 'sources' | 'origin'>;
  /** What the view reads as its author wrote it, where it was taken over. */
  readonly text: string;
}

/** One statement, where every reader may read every source. */
export async function lookAtEyes(session: Session, looked: Looked): Promise<Eyes> {
  const { relation, sources } = looked.definition;
  return await eyesBy(await standingsOf(session, [relation, ...sources]), { session, looked });
}

/**
 * Views that read the mart whoever asks them have readers of their own, who could not read its versions: no version answers then.
 *
 * @throws StepRefused `LENT_DEPENDENTS`
 */
export async function requireNoLentDependents(
  session: Session,
  { mart, readers }: { readonly mart: RelationId; readonly readers: ReadonlySet<string> },
): Promise<void> {
  const borrowers = (await session.lentTo?.(mart, options)) ?? [];
  if (borrowers.length === 0) {
    return;
  }
  const lent = (await dependentViews(session, mart)).filter((to) =>
    borrowers.some((one) => isLent(one, { to, isWhole: false })),
  );
  const standings = await standingsOf(session, lent);
  for (const view of lent) {
    const left = [...readersOf(standings, view)].find((reader) => !readers.has(reader));
    if (left !== undefined) {
      throw new StepRefused(
        'LENT_DEPENDENTS',
        `${left} reads ${mart} through ${view}, which is authorized to read it for them, and could not read a stored version; let ${left} read ${mart}, or take the authorization off`,
      );
    }
  }
}

/**
 * A view of ours in a schema that is authorized to read the sources would show them to whoever may read that schema, from the moment it is there.
 *
 * @throws StepRefused `WIDER_EYES`
 */
export async function requireNothingLent(
  session: Session,
  definition: MartDefinition,
): Promise<void> {
  const { relation, sources, sql } = definition;
  const { wider } = await lookAtEyes(session, { definition, text: sql });
  const [first] = wider.values();
  for (const source of first === undefined ? [] : sources) {
    const borrowers = (await session.lentTo?.(source, options)) ?? [];
    if (borrowers.some((one) => isLent(one, { to: relation, isWhole: false }))) {
      throw new StepRefused('WIDER_EYES', first ?? '');
    }
  }
}

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

async function standingsOf(session: Session, relations: readonly RelationId[]): Promise<Standings> {
  const sql = relations.length === 0 ? undefined : session.wording.access?.standing?.(relations);
  const found = new Map(relations.map((relation) => [relation, [] as Standing[]]));
  for (const [place, grantee, privilege, isOwn, isKnown] of sql === undefined
    ? []
    : (await session.query(sql, options)).rows) {
    found.get(relations[Number(place)] as RelationId)?.push({
      grantee: textCell(grantee) ?? '',
      privilege: textCell(privilege) ?? '',
      isOwn: isOwn === true,
      isKnown: isKnown === true,
    });
  }
  return found;
}

function readersOf(standings: Standings, view: RelationId): ReadonlySet<string> {
  return new Set((standings.get(view) ?? []).map(({ grantee }) => grantee));
}

function mayRead(standings: Standings, grantee: string, relation: RelationId): boolean {
  return (standings.get(relation) ?? []).some((each) => each.isKnown && each.grantee === grantee);
}

async function eyesBy(
  standings: Standings,
  { session, looked }: { readonly session: Session; readonly looked: Looked },
): Promise<Eyes> {
  const { relation: mart, sources, origin } = looked.definition;
  const readers = readersOf(standings, mart);
  const lacks = (reader: string) => sources.find((one) => !mayRead(standings, reader, one));
  const lacking = [...readers].filter((reader) => lacks(reader) !== undefined);
  const wider = new Map<string, string>();
  if (lacking.length > 0 && origin !== 'adopted') {
    for (const reader of lacking) {
      const said = `${reader} may read ${mart} but not ${lacks(reader) ?? ''}, which it is made of`;
      wider.set(reader, `${said}; revoke the one or grant the other`);
    }
  }
  if (lacking.length > 0 && origin === 'adopted') {
    const asked = await askedOfReaders(session, looked);
    const theirs = await standingsOf(session, asked);
    for (const reader of lacking) {
      const hidden = asked.find((one) => !mayRead(theirs, reader, one));
      if (hidden !== undefined) {
        wider.set(reader, saidOf(reader, { mart, hidden }));
      }
    }
  }
  return { readers, wider };
}

function saidOf(
  reader: string,
  { mart, hidden }: { readonly mart: RelationId; readonly hidden: RelationId },
): string {
  const [ours = '', theirs = ''] = [mart, hidden].map((one) => relationParts(one).schema);
  return `${reader} may name ${mart} but not read ${hidden}, so it answers them nothing today and would answer them once it is stored; grant them ${hidden}, take ${mart} from them, or authorize all of ${ours} on ${theirs} (${mart} alone would not do: that ends when the view is replaced)`;
}

/**
 * What whoever reads this view must be let read by themselves: on the ways from it to its sources, all but what the view before it may
 * read whoever asks it. That this very view is let read something does not count, for that ends with the first flip, and there would be
 * no way back. What no way was found to counts as asked.
 */
async function askedOfReaders(
  session: Session,
  { definition: { relation: view, sources }, text }: Looked,
): Promise<readonly RelationId[]> {
  const readings = await readingsOf(session, { view, text, tables: sources });
  const asked = new Set(sources.filter((source) => !readings.some(({ read }) => read === source)));
  const lent = new Map<string, readonly Borrower[]>();
  for (const { by, read } of readings) {
    const { database = '', schema = '' } = relationParts(read);
    const place = `${database}.${schema}`;
    const borrowers = lent.get(place) ?? (await session.lentTo?.(read, options)) ?? [];
    lent.set(place, borrowers);
    const isWhole = sameRelation(by, view);
    if (!borrowers.some((one) => isLent(one, { to: by, isWhole }))) {
      asked.add(read);
    }
  }
  return [...asked];
}

function isLent(
  { database, schema, name }: Borrower,
  { to, isWhole }: { readonly to: RelationId; readonly isWhole: boolean },
): boolean {
  const parts = relationParts(to);
  const isThere = parts.database === database && parts.schema === schema;
  return isThere && (name === undefined || (!isWhole && name === parts.name));
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
