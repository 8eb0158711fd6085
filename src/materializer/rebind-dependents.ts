import type { RelationId } from '../base/relation.ts';
import type { Session } from '../connectors/connector.ts';
import { numberCell } from '../prove/cells.ts';
import { type Access, accessLost, readAccess, restoreAccess } from './access.ts';
import { dropView } from './statements.ts';
import { StepRefused } from './step-refused.ts';
import {
  type ColumnComment,
  columnComments,
  dependentsInOrder,
  findObject,
  storedViewText,
} from './warehouse-objects.ts';

/** A view as it stood, to be made again. */
export interface TakenDown {
  readonly view: RelationId;
  readonly text: string;
  readonly comment: string | undefined;
  readonly columnComments: readonly ColumnComment[];
  readonly access: Access | undefined;
}

const options = { purpose: 'publish' } as const;

/**
 * Where the warehouse lets nothing be dropped that views read: drops those views, the last reader first, and tells how each
 * stood. None elsewhere. One that could not be made again as it was (materialized, with triggers, with options) refuses.
 */
export async function takeDownDependents(
  session: Session,
  relation: RelationId,
): Promise<readonly TakenDown[]> {
  const { rebinding } = session.wording.objects;
  if (rebinding === undefined) {
    return [];
  }
  const taken: TakenDown[] = [];
  for (const view of (await dependentsInOrder(session, relation)).toReversed()) {
    const found = await findObject(session, view);
    const text = await storedViewText(session, view);
    if (found?.kind !== 'view' || text === undefined) {
      throw cannot(view, 'is not a plain view');
    }
    for (const { what, sql } of rebinding.keptOnly(view)) {
      const { rows } = await session.query(sql, { purpose: 'catalog' });
      if (numberCell(rows[0]?.[0]) > 0) {
        throw cannot(view, `has ${what}`);
      }
    }
    const access = await readAccess(session, view);
    const onColumns = await columnComments(session, view);
    taken.push({ view, text, comment: found.comment, columnComments: onColumns, access });
    await session.execute(dropView(view, session.wording), options);
  }
  return taken;
}

/** Makes the views again as they stood: text, comments, owner and grants. */
export async function putBackDependents(
  session: Session,
  taken: readonly TakenDown[],
): Promise<void> {
  const { names, statements } = session.wording;
  for (const { view, text, comment, columnComments: onColumns, access } of taken.toReversed()) {
    await session.execute(`create view ${names.relation(view)} as\n${text}`, options);
    if (comment !== undefined) {
      await session.execute(statements.commentOn('view', { relation: view, comment }), options);
    }
    for (const each of onColumns) {
      await session.execute(statements.commentOnColumn(view, each), options);
    }
    const now = await restoreAccess(session, { relation: view, kind: 'view' }, access);
    const lost = accessLost(access, now);
    if (lost !== undefined) {
      throw new StepRefused('ACCESS_CHANGES', `${view} would ${lost}`);
    }
  }
}

function cannot(view: RelationId, because: string): StepRefused {
  return new StepRefused(
    'CANNOT_REBIND',
    `${view} reads it and ${because}, so it could not be made again as it is`,
  );
}
