import { counted } from '../base/counted.ts';
import { type RelationId, relationId, relationParts } from '../base/relation.ts';
import type { Cell, Session } from '../connectors/connector.ts';
import { nativeWordingOf } from '../connectors/native-wording-of.ts';
import type { NativeWording, ObjectKind } from '../connectors/wording.ts';
import { textCell } from '../prove/cells.ts';
import { listedDependents } from './listed-dependents.ts';
import { MARKER_PREFIX } from './marker.ts';
import { isUnwilling } from './shape-refused.ts';
import { StepRefused } from './step-refused.ts';

const options = { purpose: 'catalog' } as const;

export interface FoundObject {
  readonly kind: ObjectKind;
  readonly comment?: string | undefined;
}

/** What stands under this name on the session's snapshot, the session's own uncommitted work included. */
export async function findObject(
  session: Session,
  relation: RelationId,
): Promise<FoundObject | undefined> {
  const { rows } = await session.query(session.wording.objects.find(relation), options);
  const [found] = rows;
  if (found === undefined) {
    return undefined;
  }
  return {
    kind: kindOf(found[0]),
    comment: textCell(found[1]),
  };
}

/** A view's text as the warehouse stores it, without a head that is ours to choose: equal texts, unchanged view. */
export async function storedViewText(
  session: Session,
  view: RelationId,
): Promise<string | undefined> {
  const { objects } = session.wording;
  const { rows } = await session.query(objects.viewText(view), options);
  const text = textCell(rows[0]?.[0]);
  return text === undefined ? undefined : (objects.selectOf?.(text) ?? text);
}

/** A mark of the view as it was made, where its text changes with what it reads; absent elsewhere, and where there is no view. */
export async function viewRule(session: Session, view: RelationId): Promise<string | undefined> {
  const sql = session.wording.objects.viewRule?.(view);
  if (sql === undefined) {
    return undefined;
  }
  const { rows } = await session.query(sql, options);
  return textCell(rows[0]?.[0]);
}

/** What the warehouse itself keeps under a name. */
export interface KeptObject {
  readonly kind: ObjectKind;
  readonly relation: RelationId;
}

/**
 * A text that changes where somebody redefines what the warehouse itself keeps; absent where no such thing has that name, or it answers nobody. Our own marker,
 * which may stand in it, changes with the definition.
 */
export async function nativeText(
  session: Session,
  { kind, relation }: KeptObject,
  sources: readonly RelationId[] = [],
): Promise<string | undefined> {
  const wording = nativeOf(session, kind);
  if (wording === undefined || !(await answers(session, wording.answers?.(relation)))) {
    return undefined;
  }
  const found = await session.query(wording.text(relation, sources), options);
  return textCell(found.rows[0]?.[0])?.replaceAll(MARKER, '');
}

async function answers(session: Session, asked: string | undefined): Promise<boolean> {
  if (asked === undefined) {
    return true;
  }
  try {
    await session.query(asked, options);
    return true;
  } catch (error) {
    if (isUnwilling(error)) {
      return false;
    }
    throw error;
  }
}

function nativeOf({ wording }: Session, kind: ObjectKind): NativeWording | undefined {
  return kind === 'table' || kind === 'view' ? undefined : nativeWordingOf(wording, kind);
}

const MARKER = new RegExp(`${MARKER_PREFIX}version [^'"]*`, 'g');

/** Why the warehouse no longer refreshes by itself what it should; absent where it does, and where it is told each time. */
export async function nativeTrouble(
  session: Session,
  { kind, relation }: KeptObject,
): Promise<string | undefined> {
  const sql = nativeOf(session, kind)?.trouble?.(relation);
  return sql === undefined ? undefined : textCell((await session.query(sql, options)).rows[0]?.[0]);
}

export interface ColumnComment {
  readonly column: string;
  readonly comment: string;
}

/** Comments on a relation's columns, in column order; columns without one are left out. */
export async function columnComments(
  session: Session,
  relation: RelationId,
): Promise<readonly ColumnComment[]> {
  const { rows } = await session.query(session.wording.objects.columnComments(relation), options);
  return rows.map(([column, comment]) => ({
    column: textCell(column) ?? '',
    comment: textCell(comment) ?? '',
  }));
}

/**
 * Views that read the relation, directly or through other views: as the warehouse knows them, else every view whose text
 * mentions its name as a word, and theirs, and what the warehouse lists of other databases and of views whose text is kept from us. That may
 * name one too many (a column of the same name), never one too few. Views of our own versions are none: what they read is ours to keep.
 *
 * @throws StepRefused where a view's text is kept from us, and so is the list that would say what it reads; unless what is told is enough.
 */
export async function dependentViews(
  session: Session,
  relation: RelationId,
  { asFarAsTold = false }: { readonly asFarAsTold?: boolean | undefined } = {},
): Promise<readonly RelationId[]> {
  const { objects } = session.wording;
  if (objects.dependents !== undefined) {
    return (await dependentsInOrder(session, relation)).toSorted();
  }
  const own = new Set(
    (await objectsMarked(session, `${MARKER_PREFIX}version `)).map(({ relation: id }) => id),
  );
  const { rows } = await session.query(objects.views, options);
  const views = rows.map((row) => ({ id: idOf(row), body: bodyOf(textCell(row[3]) ?? '') }));
  const { name, schema } = relationParts(relation);
  const isSelf = (id: RelationId) => {
    const parts = relationParts(id);
    return parts.name === name && (schema === undefined || parts.schema === schema);
  };
  const shown = new Set(views.filter(({ body }) => body !== '').map(({ id }) => id));
  // A text is of now, the list of some time ago.
  const listed = (await listedBeside(session, { relation, views, asFarAsTold })).filter(
    (id) => !shown.has(id),
  );
  const found = new Set(listed.filter((id) => !own.has(id) && !isSelf(id)));
  const names = [name, ...[...found].map((id) => relationParts(id).name)];
  for (const wanted of names) {
    for (const { id, body } of views) {
      if (!found.has(id) && !own.has(id) && !isSelf(id) && mentions(body, wanted)) {
        found.add(id);
        names.push(relationParts(id).name);
      }
    }
  }
  return [...found].toSorted();
}

/**
 * Views that this text reads, through others too, by their names in texts: perhaps one too many, never one too few of those that the
 * database tells.
 */
export async function viewsBehind(
  session: Session,
  of: { readonly view: RelationId; readonly text: string },
): Promise<readonly RelationId[]> {
  return [...new Set((await readingsOf(session, { ...of, tables: [] })).map(({ read }) => read))];
}

/** That a view reads a relation, directly. */
export interface Reading {
  readonly by: RelationId;
  readonly read: RelationId;
}

/**
 * What a view of this text reads, and the views behind it, each by its name in the text of the other: views the database tells, and these
 * tables. Perhaps one too many.
 */
export async function readingsOf(
  session: Session,
  {
    view,
    text,
    tables,
  }: {
    readonly view: RelationId;
    readonly text: string;
    readonly tables: readonly RelationId[];
  },
): Promise<readonly Reading[]> {
  const { rows } = await session.query(session.wording.objects.views, options);
  const views = rows.map((row) => ({ id: idOf(row), body: bodyOf(textCell(row[3]) ?? '') }));
  const self = relationParts(view);
  const isSelf = ({ schema, name }: ReturnType<typeof relationParts>) =>
    name === self.name && (self.schema === undefined || schema === self.schema);
  const named = [
    ...views.filter(({ id }) => !isSelf(relationParts(id))),
    ...tables.map((id) => ({ id, body: undefined })),
  ];
  const found = new Set<RelationId>();
  const reading = [{ by: view, body: bodyOf(text) }];
  const readings: Reading[] = [];
  for (const { by, body: read } of reading) {
    for (const { id, body } of named) {
      if (id !== by && mentions(read, relationParts(id).name)) {
        readings.push({ by, read: id });
        if (body !== undefined && !found.has(id)) {
          found.add(id);
          reading.push({ by: id, body });
        }
      }
    }
  }
  return readings;
}

/** By the warehouse's list; where that may not be read, every view's text must be there to be looked at. */
async function listedBeside(
  session: Session,
  {
    relation,
    views,
    asFarAsTold,
  }: {
    readonly relation: RelationId;
    readonly views: readonly { readonly id: RelationId; readonly body: string }[];
    readonly asFarAsTold: boolean;
  },
): Promise<readonly RelationId[]> {
  const listed = await listedDependents(session, relation);
  if (listed !== 'untold') {
    return listed;
  }
  const kept = views.filter(({ body }) => body === '').map(({ id }) => id);
  const [first] = kept;
  if (first === undefined || asFarAsTold) {
    return [];
  }
  const list = session.wording.objects.listed?.name ?? '';
  throw new StepRefused(
    'DEPENDENTS_UNTOLD',
    `what ${first}${kept.length === 1 ? '' : ` and ${counted(kept.length - 1, 'more view')}`} read is told neither by their texts, which only their owners see, nor by ${list}, so they may read ${relation}; grant the writer that list`,
    { views: kept.length },
  );
}

/** The same, what others read first, where the warehouse knows them; none elsewhere. */
export async function dependentsInOrder(
  session: Session,
  relation: RelationId,
): Promise<readonly RelationId[]> {
  const sql = session.wording.objects.dependents?.(relation);
  if (sql === undefined) {
    return [];
  }
  const { rows } = await session.query(sql, options);
  const own = new Set(
    (await objectsMarked(session, `${MARKER_PREFIX}version `)).map(({ relation: id }) => id),
  );
  return rows.map(idOf).filter((id) => !own.has(id));
}

/** Tables and views whose comment starts with a marker, views first: they may be dropped in this order. */
export async function objectsMarked(
  session: Session,
  prefix: string,
): Promise<
  readonly {
    readonly relation: RelationId;
    readonly kind: FoundObject['kind'];
    readonly comment: string;
  }[]
> {
  const { rows } = await session.query(session.wording.objects.marked(prefix), options);
  return rows.map((row) => ({
    relation: idOf(row),
    kind: kindOf(row[4]),
    comment: textCell(row[3]) ?? '',
  }));
}

function idOf([database, schema, name]: readonly Cell[]): RelationId {
  return relationId({
    database: textCell(database),
    schema: textCell(schema),
    name: textCell(name) ?? '',
  });
}

function kindOf(kind: Cell | undefined): FoundObject['kind'] {
  return KINDS.find((known) => known === kind) ?? 'table';
}

const KINDS: readonly ObjectKind[] = ['view', 'materialized view', 'dynamic table'];

/** Some warehouses store the whole CREATE statement, some the SELECT alone: the view's own name must not count. */
function bodyOf(text: string): string {
  const start = /^\s*create\b[\s\S]*?\bas\b/i.exec(text);
  return start === null ? text : text.slice(start[0].length);
}

function mentions(text: string, name: string): boolean {
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`(^|[^A-Za-z0-9_])${escaped}($|[^A-Za-z0-9_])`, 'i').test(text);
}
