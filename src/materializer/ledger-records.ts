import { canonicalJson } from '../base/digest.ts';
import type { RelationId } from '../base/relation.ts';
import type { Session } from '../connectors/connector.ts';
import type { NameWording } from '../connectors/wording.ts';
import type { LedgerTables } from './ledger-tables.ts';
import type { MartRecord } from './mart-record.ts';
import { viewRule } from './warehouse-objects.ts';

const options = { purpose: 'ledger' } as const;

const MART_COLUMNS = [
  'relation',
  'origin',
  'stage',
  'definition_digest',
  'original_sql',
  'created_at',
  'record',
] as const;

/** Writes the row of a mart, in the place of the one before it. */
export async function writeRecord(
  session: Session,
  {
    tables,
    record: { viewRule: _before, ...left },
  }: { readonly tables: LedgerTables; readonly record: MartRecord },
): Promise<void> {
  const { mart } = left;
  const { names, staged, types } = session.wording;
  const rule = await viewRule(session, mart.definition.relation);
  const record = rule === undefined ? left : { ...left, viewRule: rule };
  const values = [
    mart.definition.relation,
    mart.definition.origin,
    mart.stage,
    mart.definitionDigest,
    mart.originalSql,
    mart.createdAt,
    canonicalJson(record),
  ].map((value) => sqlValue(value, names));
  if (staged === undefined) {
    await removeRecord(session, { tables, relation: mart.definition.relation });
    await session.execute(`insert into ${tables.marts} values (${values.join(', ')})`, options);
    return;
  }
  // One statement, so that no moment is without the row.
  const none = `cast(null as ${types.text})`;
  const named = MART_COLUMNS.map((column, at) => {
    const value = values[at] ?? none;
    return `${value === 'null' ? none : value} as ${column}`;
  });
  await session.execute(
    `merge into ${tables.marts} as t
using (select ${named.join(', ')}) as s on t.relation = s.relation
when matched then update set ${MART_COLUMNS.slice(1)
      .map((column) => `${column} = s.${column}`)
      .join(', ')}
when not matched then insert (${MART_COLUMNS.join(', ')}) values (${MART_COLUMNS.map((column) => `s.${column}`).join(', ')})`,
    options,
  );
}

/** Takes the row of a mart away. */
export async function removeRecord(
  session: Session,
  { tables, relation }: { readonly tables: LedgerTables; readonly relation: RelationId },
): Promise<void> {
  await session.execute(
    `delete from ${tables.marts} where relation = ${session.wording.names.text(relation)}`,
    options,
  );
}

/** A value as the ledger's statements write it. */
export function sqlValue(
  value: string | number | undefined,
  names: Pick<NameWording, 'text'>,
): string {
  if (value === undefined) {
    return 'null';
  }
  return typeof value === 'number' ? String(value) : names.text(value);
}
