import { GoldsmithError } from '../base/goldsmith-error.ts';
import { relationId } from '../base/relation.ts';
import type { Connector, Session } from '../connectors/connector.ts';
import { numberCell, onlyRow } from '../prove/cells.ts';
import { quoteName, quoteRelation, quoteText } from '../prove/quote.ts';

/** Raised when a table of the ledger changes shape; an older Goldsmith refuses a newer ledger. */
const LEDGER_VERSION = 1;

/** The ledger's tables as SQL text, each quoted with its schema. */
export interface LedgerTables {
  readonly schema: string;
  readonly meta: string;
  readonly marts: string;
  readonly journal: string;
  readonly lease: string;
  readonly leaseExpiry: string;
  readonly refusals: string;
}

export function ledgerTables(schema: string): LedgerTables {
  const table = (name: string) => quoteRelation(relationId({ schema, name }));
  return {
    schema,
    meta: table('meta'),
    marts: table('marts'),
    journal: table('journal'),
    lease: table('lease'),
    leaseExpiry: table('lease_expiry'),
    refusals: table('refusals'),
  };
}

/** `absent`: nothing was ever owned here. Rejects a ledger written by a newer Goldsmith. */
export async function ledgerState(
  session: Session,
  tables: LedgerTables,
): Promise<'absent' | 'present'> {
  const options = { purpose: 'ledger' } as const;
  const found = await session.query(
    `select count(*) from information_schema.tables
where table_schema = ${quoteText(tables.schema)} and table_name = 'meta'
  and table_catalog = current_database()`,
    options,
  );
  if (numberCell(onlyRow(found)[0]) === 0) {
    return 'absent';
  }
  const version = numberCell(
    onlyRow(await session.query(`select max(ledger_version) from ${tables.meta}`, options))[0],
  );
  if (version > LEDGER_VERSION) {
    throw new GoldsmithError(
      'LEDGER_NEWER',
      `the ledger in schema ${tables.schema} has version ${version}, this Goldsmith knows ${LEDGER_VERSION}: nothing was touched; start the newer Goldsmith`,
      { details: { found: version, known: LEDGER_VERSION } },
    );
  }
  return 'present';
}

/** Creates what is missing, once, in one transaction. No keys: the one hand and the lease row keep rows single. */
export async function createLedger(connector: Connector, tables: LedgerTables): Promise<void> {
  await connector.transaction(
    async (session) => {
      if ((await ledgerState(session, tables)) === 'present') {
        return;
      }
      for (const statement of createStatements(tables)) {
        await session.execute(statement, { purpose: 'ledger' });
      }
    },
    { readOnly: false, purpose: 'ledger' },
  );
}

function createStatements(tables: LedgerTables): readonly string[] {
  return [
    `create schema if not exists ${quoteName(tables.schema)}`,
    `create table ${tables.meta} (ledger_version bigint)`,
    `insert into ${tables.meta} values (${LEDGER_VERSION})`,
    `create table ${tables.marts} (
  relation varchar, origin varchar, stage varchar, definition_digest varchar,
  original_sql varchar, created_at bigint, record varchar
)`,
    `create table ${tables.journal} (
  id bigint, plan_digest varchar, step bigint, verb varchar, relation varchar, action varchar,
  fencing_token bigint, started_at bigint, ended_at bigint, outcome varchar, detail varchar
)`,
    `create table ${tables.lease} (token bigint, holder varchar)`,
    `insert into ${tables.lease} values (0, '')`,
    `create table ${tables.leaseExpiry} (token bigint, expires_at bigint)`,
    `insert into ${tables.leaseExpiry} values (0, 0)`,
    `create table ${tables.refusals} (
  refused_at bigint, relation varchar, digest varchar, code varchar, because varchar, evidence varchar
)`,
  ];
}
