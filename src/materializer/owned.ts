import type { RelationId } from '../base/relation.ts';
import type { Session } from '../connectors/connector.ts';
import type { MartColumn, MartVersion } from '../marts/mart.ts';
import { onlyRow, textCell } from '../prove/cells.ts';
import { contentMark } from '../prove/content-fingerprint.ts';
import { columnsDiffer, describeQuery } from '../prove/describe-query.ts';
import { hashCanary } from '../prove/hash-canary.ts';
import type { Ledger } from './ledger.ts';
import { versionMarker } from './marker.ts';
import type { MartRecord, TableMark } from './mart-record.ts';
import { settleIntent } from './settle-intent.ts';
import { ForeignChange, StepRefused } from './step-refused.ts';
import { type Objects, objectsOf, tablesOf, type VersionObject } from './version-objects.ts';
import { sameViewText } from './view-text.ts';
import { findObject, nativeText, storedViewText, viewRule } from './warehouse-objects.ts';

/** The ledger's record of a mart a step may touch: known, not quarantined, its stable view exactly as we left it. */
export async function ownedMart(
  { ledger, session }: { readonly ledger: Ledger; readonly session: Session },
  relation: RelationId,
): Promise<MartRecord> {
  const known = await ledger.readRecord(relation, session);
  const record = known && (await settleIntent(known, { ledger, session })).record;
  if (record === undefined) {
    throw new StepRefused(
      'NOT_OURS',
      `${relation} is not in the ledger, so it is not ours to touch`,
    );
  }
  if (record.mart.stage === 'quarantined') {
    throw new StepRefused(
      'QUARANTINED',
      `${relation} is quarantined (${record.note ?? 'no reason kept'}); release it before anything else`,
    );
  }
  const changed = await viewChanged(record, session);
  if (changed !== undefined) {
    throw new ForeignChange(changed);
  }
  return record;
}

/** Says how the stable view differs from what we left; nothing when it does not. */
export async function viewChanged(
  record: MartRecord,
  session: Session,
): Promise<string | undefined> {
  const { relation } = record.mart.definition;
  const found = await storedViewText(session, relation);
  if (found === undefined) {
    return `the view ${relation} was dropped or replaced by somebody else`;
  }
  if (sameViewText(found, record.viewText)) {
    return undefined;
  }
  if (record.viewRule !== undefined && record.viewRule === (await viewRule(session, relation))) {
    return undefined;
  }
  // Where views hold on to what they read, renaming that changes their text too; ledgers of before say no more than the text.
  const orRenamed =
    record.viewRule !== undefined || session.wording.objects.rebinding === undefined
      ? ''
      : ', or something it reads was renamed';
  return `the view ${relation} was redefined by somebody else${orRenamed}`;
}

/** `foreign`: somebody else did it. `unreadable`: nobody can tell, because the engine hashes or tells it otherwise than when it was built. */
export interface TableChange {
  readonly kind: 'foreign' | 'unreadable';
  readonly because: string;
}

/** Says how a version's tables differ from what we built (gone, not ours, written to); nothing when they do not. */
export async function tableChanged(
  { record, version }: { readonly record: MartRecord; readonly version: MartVersion },
  session: Session,
): Promise<TableChange | undefined> {
  for (const object of objectsOf(version)) {
    const change = await objectChanged({ record, version, object }, session);
    if (change !== undefined) {
      return change;
    }
  }
  return undefined;
}

async function objectChanged(
  {
    record,
    version,
    object: { kind, relation },
  }: {
    readonly record: MartRecord;
    readonly version: MartVersion;
    readonly object: VersionObject;
  },
  session: Session,
): Promise<TableChange | undefined> {
  const found = await findObject(session, relation);
  if (found?.kind !== kind) {
    return foreign(`the ${kind} ${relation} is gone`);
  }
  const { definition } = record.mart;
  if (!isMarked(found.comment, { mart: record.mart, version })) {
    return foreign(`the ${kind} ${relation} no longer carries our marker`);
  }
  const expected = record.marks[relation];
  if (kind === 'view') {
    return sameViewText((await storedViewText(session, relation)) ?? '', expected?.checksum)
      ? undefined
      : foreign(`the view ${relation} was redefined by somebody else`);
  }
  if (kind !== 'table') {
    // What the warehouse keeps itself holds what it says, and nobody else writes to it. How it says that may change with its release.
    const told = await nativeText(session, { kind, relation }, definition.sources);
    if (sameViewText(told ?? '', expected?.checksum)) {
      return undefined;
    }
    const because =
      told === undefined
        ? 'carries our marker, but answers nobody: it was emptied, or a table it is made of was made anew; it is built anew'
        : 'carries our marker, but is not told as it was built: somebody altered it, or the warehouse tells it otherwise now; it is built anew';
    return { kind: 'unreadable', because: `the ${kind} ${relation} ${because}` };
  }
  const { mark, columns } = await readMark(relation, session);
  const differing =
    version.slim === undefined ? columnsDiffer(definition.columns, columns) : undefined;
  return differing === undefined
    ? contentChanged(relation, { expected, found: mark })
    : foreign(`the table ${relation} was altered: ${differing}`);
}

/** By this definition, or by one it had before its sources were followed: a version built under that one is marked anew after the ledger is. */
function isMarked(
  comment: string | undefined,
  { mart, version }: Pick<MartRecord, 'mart'> & { readonly version: MartVersion },
): boolean {
  const { definition, definitionDigest, former = [] } = mart;
  const digests = [definitionDigest, ...former.map(({ digest }) => digest)];
  return digests.some(
    (digest) => comment === versionMarker(definition.relation, version.version, digest),
  );
}

/** The marks a version's objects leave in the ledger: of tables their content, of its view the text. Asked by who filled them last. */
export async function marksOf(
  version: Objects,
  session: Session,
): Promise<Readonly<Record<string, TableMark>>> {
  const marks: Record<string, TableMark> = {};
  const { visibility } = session.wording.versions;
  const filledBy =
    visibility === undefined
      ? {}
      : {
          filledBy: textCell(
            onlyRow(await session.query(visibility.transaction, { purpose: 'verify' }))[0],
          ),
        };
  for (const { kind, relation } of objectsOf(version)) {
    marks[relation] = await markOf({ kind, relation }, { session, filledBy });
  }
  return marks;
}

/** The same once this transaction has filled a version again in its place: it is what it was, and who filled it last is another. */
export async function marksRefilled(
  version: Objects,
  { marks, session }: Pick<MartRecord, 'marks'> & { readonly session: Session },
): Promise<MartRecord['marks']> {
  const filled = Object.entries(await marksOf(version, session)).map(
    ([relation, mark]) =>
      [relation, { ...mark, checksum: marks[relation]?.checksum ?? mark.checksum }] as const,
  );
  return { ...marks, ...Object.fromEntries(filled) };
}

async function markOf(
  { kind, relation }: VersionObject,
  { session, filledBy }: { session: Session; filledBy: Pick<TableMark, 'filledBy'> },
): Promise<TableMark> {
  switch (kind) {
    case 'table':
      return { ...(await readMark(relation, session)).mark, ...filledBy };
    case 'view':
      return { rows: 0, checksum: (await storedViewText(session, relation)) ?? '' };
    case 'materialized view':
    case 'dynamic table':
      return {
        rows: 0,
        checksum: (await nativeText(session, { kind, relation })) ?? '',
        ...filledBy,
      };
  }
}

/** The transactions that filled a version's tables, each once; none where every snapshot sees what a view leads to. */
export function filledBy(
  { marks }: Pick<MartRecord, 'marks'>,
  version: Objects,
): readonly string[] {
  const transactions = tablesOf(version).flatMap(({ relation }) => marks[relation]?.filledBy ?? []);
  return [...new Set(transactions)];
}

async function readMark(
  table: RelationId,
  session: Session,
): Promise<{ readonly mark: TableMark; readonly columns: readonly MartColumn[] }> {
  const sql = `select * from ${session.wording.names.relation(table)}`;
  const columns = await describeQuery(session, { sql, purpose: 'verify' });
  const { rows, whole } = await contentMark(session, { sql, columns, purpose: 'verify' });
  const hashedBy = await hashCanary(session, { purpose: 'verify' });
  return { mark: { rows, checksum: whole, hashedBy }, columns };
}

function contentChanged(
  table: RelationId,
  { expected, found }: { readonly expected: TableMark | undefined; readonly found: TableMark },
): TableChange | undefined {
  if (found.rows !== expected?.rows) {
    return foreign(
      `somebody wrote to ${table}: ${expected?.rows ?? 0} rows were built, ${found.rows} are there`,
    );
  }
  if (expected.hashedBy !== undefined && expected.hashedBy !== found.hashedBy) {
    return {
      kind: 'unreadable',
      because: `the engine hashes otherwise than when ${table} was built, so nobody can tell whether its ${found.rows} rows are still what was built; it is built anew`,
    };
  }
  return found.checksum === expected.checksum
    ? undefined
    : foreign(
        `somebody wrote to ${table}: the same ${found.rows} rows in number, but not in content`,
      );
}

function foreign(because: string): TableChange {
  return { kind: 'foreign', because };
}
