import type { RelationId } from '../base/relation.ts';
import type { CallOptions, Session } from '../connectors/connector.ts';
import type { MartVersion } from '../marts/mart.ts';
import { dropTable, dropView } from './statements.ts';
import { findObject } from './warehouse-objects.ts';

/** What a version is made of: one table, or a view over the tables of a slim one. */
export interface VersionObject {
  readonly kind: 'table' | 'view';
  readonly relation: RelationId;
}

type Objects = Pick<MartVersion, 'table' | 'slim'>;

/** In the order in which they can be dropped. */
export function objectsOf({ table, slim }: Objects): readonly VersionObject[] {
  return slim === undefined
    ? [{ kind: 'table', relation: table }]
    : [{ kind: 'view', relation: table }, ...tablesOf({ table, slim })];
}

/** The tables that hold its data. */
export function tablesOf({ table, slim }: Objects): readonly VersionObject[] {
  const tables =
    slim === undefined ? [table] : [slim.rows, ...slim.packs.map((pack) => pack.table)];
  return tables.map((relation) => ({ kind: 'table', relation }));
}

/** Says on every object whose it is; `undefined` takes that off again. */
export async function markObjects(
  session: Session,
  {
    version,
    comment,
    ...options
  }: CallOptions & { readonly version: Objects; readonly comment: string | undefined },
): Promise<void> {
  for (const { kind, relation } of objectsOf(version)) {
    await session.execute(
      session.wording.statements.commentOn(kind, { relation, comment }),
      options,
    );
  }
}

/** Drops those objects that are there and that the caller may drop. */
export async function dropObjects(
  session: Session,
  {
    version,
    mayDrop,
    ...options
  }: CallOptions & {
    readonly version: Objects;
    readonly mayDrop: (comment: string | undefined) => boolean;
  },
): Promise<readonly RelationId[]> {
  const dropped: RelationId[] = [];
  for (const { kind, relation } of objectsOf(version)) {
    const found = await findObject(session, relation);
    const dropping = kind === 'view' ? dropView : dropTable;
    if (found?.kind === kind && mayDrop(found.comment)) {
      await session.execute(dropping(relation, session.wording), options);
      dropped.push(relation);
    }
  }
  return dropped;
}
