import { GoldsmithError } from '../base/goldsmith-error.ts';
import { relationId } from '../base/relation.ts';
import type { Connector, Session } from '../connectors/connector.ts';
import type { NameWording, TypeWording } from '../connectors/wording.ts';
import { numberCell, onlyRow } from '../prove/cells.ts';
import { ensureSchema } from './ensure-schema.ts';
import { findObject } from './warehouse-objects.ts';

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

export function ledgerTables(schema: string, names: NameWording): LedgerTables {
  const table = (name: string) => names.relation(relationId({ schema, name }));
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
  const meta = relationId({ schema: tables.schema, name: 'meta' });
  if ((await findObject(session, meta)) === undefined) {
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

/**
 * Creates what is missing, once: in one transaction, or, where each statement commits by itself, each table with its row at once
 * and last the one that says the ledger is there. No keys: the one hand and the lease row keep rows single.
 */
export async function createLedger(connector: Connector, tables: LedgerTables): Promise<void> {
  await connector.transaction(
    async (session) => {
      if ((await ledgerState(session, tables)) === 'present') {
        return;
      }
      await ensureSchema(session, { schema: tables.schema, purpose: 'ledger' });
      for (const statement of createStatements(tables, session.wording.types)) {
        await session.execute(statement, { purpose: 'ledger' });
      }
    },
    {
      readOnly: false,
      purpose: 'ledger',
      ...(connector.capabilities.transactionalDdl ? {} : { commits: 'each' }),
    },
  );
}

/** The ledger's own tables, once its schema is there. */
export function createStatements(
  tables: LedgerTables,
  { text, integer }: TypeWording,
): readonly string[] {
  const create = 'create table if not exists';
  const row = (table: string, values: string) => `${create} ${table} as select ${values}`;
  return [
    `${create} ${tables.marts} (
  relation ${text}, origin ${text}, stage ${text}, definition_digest ${text},
  original_sql ${text}, created_at ${integer}, record ${text}
)`,
    `${create} ${tables.journal} (
  id ${integer}, plan_digest ${text}, step ${integer}, verb ${text}, relation ${text}, action ${text},
  fencing_token ${integer}, started_at ${integer}, ended_at ${integer}, outcome ${text}, detail ${text}
)`,
    row(tables.lease, `cast(0 as ${integer}) as token, cast('' as ${text}) as holder`),
    row(tables.leaseExpiry, `cast(0 as ${integer}) as token, cast(0 as ${integer}) as expires_at`),
    `${create} ${tables.refusals} (
  refused_at ${integer}, relation ${text}, digest ${text}, code ${text}, because ${text}, evidence ${text}
)`,
    row(tables.meta, `cast(${LEDGER_VERSION} as ${integer}) as ledger_version`),
  ];
}
