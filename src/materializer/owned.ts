import type { RelationId } from '../base/relation.ts';
import type { Session } from '../connectors/connector.ts';
import type { MartVersion } from '../marts/mart.ts';
import { type ContentFingerprint, fingerprintContent } from '../prove/content-fingerprint.ts';
import { columnsDiffer, describeQuery } from '../prove/describe-query.ts';
import { hashCanary } from '../prove/hash-canary.ts';
import { quoteRelation } from '../prove/quote.ts';
import type { Ledger } from './ledger.ts';
import { versionMarker } from './marker.ts';
import type { MartRecord, TableMark } from './mart-record.ts';
import { ForeignChange, StepRefused } from './step-refused.ts';
import { sameViewText } from './view-text.ts';
import { findObject, storedViewText } from './warehouse-objects.ts';

/** The ledger's record of a mart a step may touch: known, not quarantined, its stable view exactly as we left it. */
export async function ownedMart(
  { ledger, session }: { readonly ledger: Ledger; readonly session: Session },
  relation: RelationId,
): Promise<MartRecord> {
  const record = await ledger.readRecord(relation, session);
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
  return sameViewText(found, record.viewText)
    ? undefined
    : `the view ${relation} was redefined by somebody else`;
}

/** `foreign`: somebody else did it. `unreadable`: nobody can tell, because the engine hashes otherwise than when it was built. */
export interface TableChange {
  readonly kind: 'foreign' | 'unreadable';
  readonly because: string;
}

/** Says how a version's table differs from what we built (gone, not ours, written to); nothing when it does not. */
export async function tableChanged(
  { record, version }: { readonly record: MartRecord; readonly version: MartVersion },
  session: Session,
): Promise<TableChange | undefined> {
  const { table } = version;
  const found = await findObject(session, table);
  if (found?.kind !== 'table') {
    return foreign(`the table ${table} is gone`);
  }
  const { definition, definitionDigest } = record.mart;
  if (found.comment !== versionMarker(definition.relation, version.version, definitionDigest)) {
    return foreign(`the table ${table} no longer carries our marker`);
  }
  const sql = `select * from ${quoteRelation(table)}`;
  const columns = await describeQuery(session, { sql, purpose: 'verify' });
  const differing = columnsDiffer(definition.columns, columns);
  if (differing !== undefined) {
    return foreign(`the table ${table} was altered: ${differing}`);
  }
  const content = await fingerprintContent(session, { sql, columns, purpose: 'verify' });
  return contentChanged(table, {
    expected: record.marks[table],
    found: markOf(content, await hashCanary(session, { purpose: 'verify' })),
  });
}

/** The mark a table's content leaves in the ledger. */
export function markOf({ rows, whole }: ContentFingerprint, hashedBy: string): TableMark {
  return { rows, checksum: whole, hashedBy };
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
