import type { RelationId } from '../base/relation.ts';
import type { CallOptions, Session } from '../connectors/connector.ts';
import type { ObjectKind } from '../connectors/wording.ts';
import type { MartVersion } from '../marts/mart.ts';
import type { NativeShape } from '../marts/native-shape.ts';
import { dropObject } from './statements.ts';
import { findObject } from './warehouse-objects.ts';

/** What a version is made of: one table, what the warehouse has of its own in its place, or a view over the tables of a slim one. */
export interface VersionObject {
  readonly kind: ObjectKind;
  readonly relation: RelationId;
}

/** As a version or the build of one says it. */
export type Objects = Pick<MartVersion, 'table' | 'slim'> & {
  readonly native?: NativeShape | undefined;
};

/** In the order in which they can be dropped. */
export function objectsOf({ table, slim, native }: Objects): readonly VersionObject[] {
  return slim === undefined
    ? tablesOf({ table, native })
    : [{ kind: 'view', relation: table }, ...tablesOf({ table, slim })];
}

/** Those that hold its data. */
export function tablesOf({ table, slim, native }: Objects): readonly VersionObject[] {
  if (slim === undefined) {
    return [{ kind: native?.kind ?? 'table', relation: table }];
  }
  const beside = [...slim.packs, ...(slim.sides ?? [])];
  const tables = [slim.rows, ...beside.map((each) => each.table)];
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
    // A native version that was refused was built as a table, under the same marker.
    const isExpected = (found?.kind === 'view') === (kind === 'view');
    if (found !== undefined && isExpected && mayDrop(found.comment)) {
      await session.execute(dropObject(found.kind, relation, session.wording), options);
      dropped.push(relation);
    }
  }
  return dropped;
}
