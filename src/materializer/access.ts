import type { RelationId } from '../base/relation.ts';
import type { Cell, Session } from '../connectors/connector.ts';
import type { Grant } from '../connectors/wording.ts';
import type { MartDefinition } from '../marts/mart.ts';
import { textCell } from '../prove/cells.ts';
import { lookAtEyes } from './eyes.ts';
import { requireNoLentDependents } from './lent.ts';
import { StepRefused } from './step-refused.ts';
import { type Objects, objectsOf } from './version-objects.ts';
import { letReadersRead } from './version-readers.ts';

/** Who owns a relation, who may do what with it, and the options that say with whose rights it reads. */
export interface Access {
  readonly owner: string;
  readonly grants: readonly Grant[];
  readonly options: readonly string[];
}

const options = { purpose: 'publish' } as const;

/** On the session's snapshot; nothing where relations have no owners, or nothing has this name. */
export async function readAccess(
  session: Session,
  relation: RelationId,
): Promise<Access | undefined> {
  const { access } = session.wording;
  if (access === undefined) {
    return undefined;
  }
  const owner = await ownerOf(session, relation);
  if (owner === undefined) {
    return undefined;
  }
  const { rows } = await session.query(access.options(relation), options);
  return {
    owner,
    grants: await grantsOn(session, relation),
    options: rows.map(([option]) => textCell(option) ?? ''),
  };
}

async function ownerOf(session: Session, relation: RelationId): Promise<string | undefined> {
  const sql = session.wording.access?.owner(relation);
  return sql === undefined ? undefined : textCell((await session.query(sql, options)).rows[0]?.[0]);
}

async function grantsOn(session: Session, relation: RelationId): Promise<readonly Grant[]> {
  const sql = session.wording.access?.grants(relation);
  return sql === undefined ? [] : (await session.query(sql, options)).rows.map(grantOf);
}

/**
 * Gives an object made anew under an old name the owner and exactly the grants the old one had; does nothing where it has them. Gives
 * its access as it stands then.
 */
export async function restoreAccess(
  session: Session,
  { relation, kind }: { readonly relation: RelationId; readonly kind: 'table' | 'view' },
  before: Access | undefined,
): Promise<Access | undefined> {
  const { access } = session.wording;
  const made = await readAccess(session, relation);
  if (access === undefined || before === undefined || made === undefined) {
    return made;
  }
  if (accessLost(before, made) === undefined) {
    return made;
  }
  // The owner first: what was granted to us while we owned it would go to the next owner with it.
  if (made.owner !== before.owner) {
    await session.execute(access.giveTo(before.owner, { kind, relation }), options);
  }
  const now = made.owner === before.owner ? made : ((await readAccess(session, relation)) ?? made);
  const kept = new Set(now.grants.map(textOf));
  const wanted = new Set(before.grants.map(textOf));
  // What we make anew gets our own default grants, which the old one may not have had.
  for (const grant of now.grants.filter((one) => !wanted.has(textOf(one)))) {
    await session.execute(access.revoke({ ...grant, on: kind }, relation), options);
  }
  for (const grant of before.grants.filter((one) => !kept.has(textOf(one)))) {
    await session.execute(access.grant({ ...grant, on: kind }, relation), options);
  }
  return await readAccess(session, relation);
}

/** Says in words what is no longer as it was; nothing where all is. */
export function accessLost(
  before: Access | undefined,
  after: Access | undefined,
): string | undefined {
  if (before === undefined || after === undefined) {
    return undefined;
  }
  if (before.owner !== after.owner) {
    return `belong to ${after.owner} and no longer to ${before.owner}`;
  }
  const grants = (access: Access) => access.grants.map(textOf).toSorted().join('; ');
  if (grants(before) !== grants(after)) {
    return `change who may read it: ${grants(before) || 'nobody'} before, ${grants(after) || 'nobody'} after`;
  }
  const [had, has] = [before.options.join(', '), after.options.join(', ')];
  return had === has
    ? undefined
    : `lose the options it has (${had || 'none'}, then ${has || 'none'})`;
}

/**
 * A view reads with its owner's rights, so the owner of the stable view may read a version's objects, and nobody else: what readers
 * may read is still said by the view. Where views read with their readers' rights, exactly these readers may.
 */
export async function letOwnerRead(
  session: Session,
  { view, version }: { readonly view: RelationId; readonly version: Objects },
): Promise<void> {
  const { access } = session.wording;
  if (access?.readsAsReader === true) {
    await letReadersRead(session, { view, version });
    return;
  }
  const owner = await ownerOf(session, view);
  if (access === undefined || owner === undefined) {
    return;
  }
  const privilege = access.reading ?? READ;
  for (const { kind, relation } of objectsOf(version)) {
    const standing = await ownerOf(session, relation);
    if (standing === undefined || standing === owner) {
      continue;
    }
    const grants = await grantsOn(session, relation);
    if (!grants.some((each) => each.privilege === privilege && each.grantee === owner)) {
      const grant = { grantee: owner, privilege, grantable: false, column: undefined, on: kind };
      await session.execute(access.grant(grant, relation), options);
    }
  }
}

/**
 * Who may read a mart of ours may read everything it is made of (law 8). Of a view that was taken over its author decided who sees what,
 * where it read with its owner's rights; and whoever read a table that was taken over had its rows. A view that reads with its readers'
 * rights showed nothing to those who may only name it: `text` is what it reads as its author wrote it.
 */
export async function requireNoWiderEyes(
  session: Session,
  definition: MartDefinition,
  { text = definition.sql }: { readonly text?: string | undefined } = {},
): Promise<void> {
  const { access } = session.wording;
  if (access?.readsAsReader === true) {
    const { readers, wider } = await lookAtEyes(session, { definition, text });
    const [first] = wider.values();
    if (first !== undefined) {
      throw new StepRefused('WIDER_EYES', first);
    }
    await requireNoLentDependents(session, { mart: definition.relation, readers });
    return;
  }
  const { relation: mart, sources, origin } = definition;
  if (access === undefined || origin === 'adopted') {
    return;
  }
  for (const grantee of await readersOf(session, mart)) {
    for (const source of sources) {
      const { rows } = await session.query(access.mayRead(grantee, source), options);
      if (rows[0]?.[0] !== true) {
        throw new StepRefused(
          'WIDER_EYES',
          `${grantee ?? 'everybody'} may read ${mart} but not ${source}, which it is made of; revoke the one, or grant the other with the use of what it lies in`,
        );
      }
    }
  }
}

async function readersOf(
  session: Session,
  relation: RelationId,
): Promise<ReadonlySet<string | undefined>> {
  const sql = session.wording.access?.readers?.(relation);
  if (sql !== undefined) {
    const { rows } = await session.query(sql, options);
    return new Set(rows.map(([grantee]) => textCell(grantee)));
  }
  const grants = await grantsOn(session, relation);
  const reads = session.wording.access?.reading ?? READ;
  const reading = grants.filter(({ privilege }) => privilege === reads);
  return new Set(reading.map(({ grantee }) => grantee));
}

/** Readers wait behind us while we wait for a lock, so we give up soon and try again. */
export async function waitBriefly(session: Session): Promise<void> {
  const { access } = session.wording;
  if (access?.waitBriefly !== undefined) {
    await session.execute(access.waitBriefly, options);
  }
}

const READ = 'SELECT';

function grantOf([grantee, privilege, grantable, column]: readonly Cell[]): Grant {
  return {
    grantee: textCell(grantee),
    privilege: textCell(privilege) ?? '',
    grantable: grantable === true,
    column: textCell(column),
  };
}

function textOf({ grantee = 'everybody', privilege, grantable, column }: Grant): string {
  const what = column === undefined ? privilege : `${privilege} (${column})`;
  return `${what} to ${grantee}${grantable ? ' to pass on' : ''}`;
}
