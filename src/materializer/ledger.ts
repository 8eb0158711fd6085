import type { EpochMs } from '../base/clock.ts';
import { canonicalJson } from '../base/digest.ts';
import type { RelationId } from '../base/relation.ts';
import { retry } from '../base/retry.ts';
import type { Connector, Session } from '../connectors/connector.ts';
import type { Mart } from '../marts/mart.ts';
import type { ActionKind } from '../plan/action.ts';
import { numberCell, textCell } from '../prove/cells.ts';
import { isConflict } from './is-conflict.ts';
import type { JournalEntry } from './journal.ts';
import { beginEntry, type EntryEnd, endEntry, readEntries } from './ledger-journal.ts';
import { removeRecord, sqlValue, writeRecord } from './ledger-records.ts';
import { createLedger, type LedgerTables, ledgerState, ledgerTables } from './ledger-tables.ts';
import { type MartRecord, parseMartRecord } from './mart-record.ts';

/** What Goldsmith owns, did, and was told not to do, in tables of its own inside the warehouse (law 13). */
export interface Ledger {
  readonly tables: LedgerTables;
  /** Creates the ledger where there is none; rejects one written by a newer Goldsmith, untouched. */
  ensure(): Promise<void>;
  /** All marts, by name; none where there is no ledger yet. */
  readMarts(): Promise<readonly Mart[]>;
  /** With what the materializer recorded beside each; over the caller's session to read its snapshot. */
  readRecords(session?: Session): Promise<readonly MartRecord[]>;
  readRecord(relation: RelationId, session: Session): Promise<MartRecord | undefined>;
  writeRecord(record: MartRecord, session: Session): Promise<void>;
  removeRecord(relation: RelationId, session: Session): Promise<void>;
  begin(entry: Omit<JournalEntry, 'id'>, session: Session): Promise<number>;
  end(end: EntryEnd, session: Session): Promise<void>;
  /** Entries without an end: what a killed daemon left open. */
  openEntries(session?: Session): Promise<readonly JournalEntry[]>;
  entriesSince(moment: EpochMs, session?: Session): Promise<readonly JournalEntry[]>;
  /** Of one verb, begun since a moment. */
  entriesOf(verb: ActionKind, since: EpochMs, session?: Session): Promise<readonly JournalEntry[]>;
  entriesOfPlan(planDigest: string): Promise<readonly JournalEntry[]>;
  recordRefusal(refusal: Refusal, session: Session): Promise<void>;
  readRefusals(): Promise<readonly Refusal[]>;
}

/** What was refused, by a check, a cap or a person; `digest` names the definition. */
interface Refusal {
  readonly at: EpochMs;
  readonly relation: RelationId;
  readonly digest: string;
  /** `declined` when a person said no; else the check's or cap's id. */
  readonly code: string;
  readonly because: string;
  readonly evidence: Readonly<Record<string, string | number>>;
}

const options = { purpose: 'ledger' } as const;

/** Opens the ledger of a warehouse; touches nothing until asked. `schema` lies in the connection's own database. */
export function openLedger(connector: Connector, { schema }: { readonly schema: string }): Ledger {
  const { names } = connector.wording;
  const tables = ledgerTables(schema, names);
  let isPresent = false;
  const isAbsent = async (session: Session) => {
    isPresent ||= (await ledgerState(session, tables)) === 'present';
    return !isPresent;
  };

  async function readRecords(session: Session = connector): Promise<readonly MartRecord[]> {
    if (await isAbsent(session)) {
      return [];
    }
    const { rows } = await session.query(
      `select record from ${tables.marts} order by relation`,
      options,
    );
    return rows.map(([record]) => parseMartRecord(textCell(record) ?? ''));
  }

  return {
    tables,
    ensure: () =>
      retry(() => createLedger(connector, tables), {
        clock: { sleep: async () => {} },
        attempts: 3,
        firstDelayMs: 0,
        isRetryable: isConflict,
      }),
    readMarts: async () => (await readRecords()).map(({ mart }) => mart),
    readRecords,
    async readRecord(relation, session) {
      const { rows } = await session.query(
        `select record from ${tables.marts} where relation = ${names.text(relation)}`,
        options,
      );
      const json = textCell(rows[0]?.[0]);
      return json === undefined ? undefined : parseMartRecord(json);
    },
    writeRecord: (record, session) => writeRecord(session, { tables, record }),
    removeRecord: (relation, session) => removeRecord(session, { tables, relation }),
    begin: (entry, session) => beginEntry(session, { tables, ...entry }),
    end: (end, session) => endEntry(session, { tables, ...end }),
    openEntries: async (session = connector) =>
      (await isAbsent(session)) ? [] : await readEntries(session, { tables, open: true }),
    entriesSince: async (since, session = connector) =>
      (await isAbsent(session)) ? [] : await readEntries(session, { tables, since }),
    entriesOf: async (verb, since, session = connector) =>
      (await isAbsent(session)) ? [] : await readEntries(session, { tables, verb, since }),
    entriesOfPlan: async (planDigest) =>
      (await isAbsent(connector)) ? [] : await readEntries(connector, { tables, planDigest }),
    async recordRefusal({ at, relation, digest, code, because, evidence }, session) {
      const values = [at, relation, digest, code, because, canonicalJson(evidence)].map((value) =>
        sqlValue(value, names),
      );
      await session.execute(
        `insert into ${tables.refusals} values (${values.join(', ')})`,
        options,
      );
    },
    readRefusals: async () =>
      (await isAbsent(connector)) ? [] : await readRefusals(connector, tables),
  };
}

async function readRefusals(session: Session, tables: LedgerTables): Promise<readonly Refusal[]> {
  const { rows } = await session.query(
    `select refused_at, relation, digest, code, because, evidence from ${tables.refusals}
order by refused_at`,
    options,
  );
  return rows.map(([at, relation, digest, code, because, evidence]) => ({
    at: numberCell(at),
    relation: (textCell(relation) ?? '') as RelationId,
    digest: textCell(digest) ?? '',
    code: textCell(code) ?? '',
    because: textCell(because) ?? '',
    evidence: JSON.parse(textCell(evidence) ?? '{}') as Refusal['evidence'],
  }));
}
